# The tables of deeds, which the hosts in C and in Julia read; `table.h` is the same for C.

struct Deed
    name::String
    guest::String
    limits::Dict{Symbol,Float64}
    ending::String
    words::String
end

function read_deeds(path)
    lines = filter(line -> !isempty(line) && !startswith(line, '#'), readlines(path))
    return map(lines) do line
        columns = strip.(split(line, '|'))
        name, guest, limits, ending = columns
        Deed(name, guest, read_limits(limits), ending, get(columns, 5, ""))
    end
end

function read_limits(column)
    limits = Dict{Symbol,Float64}()
    for limit in split(column)
        name, value = split(limit * "=1", '=')
        number = match(r"^[0-9.]+", value).match
        scale = endswith(value, "MiB") ? 2.0^20 : 1.0
        limits[Symbol(name)] = parse(Float64, number) * scale
    end
    return limits
end

# How a deed ended, as the tables say it.
ending(result::Integer) = "returns $result"
ending(e::WasmTrap) = "trap: " * replace(string(e.code), '_' => ' ')
ending(e::WasmtimeError) = replace(string(e.code), '_' => ' ')
ending(::WasmException) = "exception"
ending(::ErrorException) = "host"

ends_as(deed, end_) = deed.ending == "trap" ? startswith(end_, "trap: ") : end_ == deed.ending

# The descriptors and threads of this process.
function measure_process()
    GC.gc()
    return length(readdir("/proc/self/fd")), length(readdir("/proc/self/task"))
end
