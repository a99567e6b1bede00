# The memory of this process without garbage.

const STATM = "/proc/self/statm"

# Only glibc has `malloc_trim`, and only glibc needs it to return freed memory.
const TRIM = try
    cglobal(:malloc_trim)
catch
    C_NULL
end

can_measure() = isfile(STATM)

"""
The resident bytes after garbage was collected, or 0 if the system doesn't tell. Collects
several times, since finalizers make more garbage: the library releases Julia objects in
them.
"""
function resident()
    for _ in 1:3
        GC.gc()
        SafeWasm.drop_released()
    end
    can_measure() || return 0
    TRIM == C_NULL || ccall(TRIM, Cint, (Csize_t,), 0)
    pages = parse(Int, split(read(STATM, String))[2])
    return pages * Int(ccall(:getpagesize, Cint, ()))
end

"""
Makes `count` objects by `make(n)`, at most `batch` at a time. Returns the resident bytes
after 10 % of them and at the end. Memory that grows with their number is the difference;
memory that a process needs once is in both.
"""
function growth(make, count, batch)
    tenth = max(count ÷ 10, 1)
    # Takes the memory that is needed once: code, and the pages of a batch and its garbage.
    in_batches(make, min(2batch, tenth), batch)
    resident()
    in_batches(make, tenth, batch)
    before = resident()
    in_batches(make, count - tenth, batch)
    return before, resident()
end

# The collector knows little of memory outside of Julia, so it is called here, sometimes also
# for old objects, such as the stores of the batches.
function in_batches(make, count, batch)
    for made in 0:batch:(count - 1)
        make(min(batch, count - made))
        GC.gc(made ÷ batch % 20 == 19)
    end
    return nothing
end
