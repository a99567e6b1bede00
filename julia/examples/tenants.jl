# A server of many tenants, on the loopback interface, with the protocol and the tenants of
# `examples/tenants/server.c`. A request is a line with a number, the name of a tenant and
# an input, which the tenant's program for WASI reads. The answer is a line with the number,
# how the request ended and the length of a text in bytes, and then the text and a newline.
#
#     julia --project=julia --threads=3 julia/examples/tenants.jl FOLDER [PORT [SECONDS]]
#
# The folder has the modules: `examples/tenants`. A client has SECONDS to send a line, and as
# long to receive an answer. The third line that is no request ends its connection. The server
# stops when its standard input ends, after the requests in work.
using SafeWasm
using Sockets

# The number that an argument is, or nothing if it is none in a range.
function parse_number(text, range)
    number = tryparse(Int, text; base=10)
    return number in range ? number : nothing
end

const PORT = length(ARGS) < 2 ? 0 : parse_number(ARGS[2], 0:65535)

# How many seconds a client has.
const PATIENCE = length(ARGS) < 3 ? 10 : parse_number(ARGS[3], 1:86400)

if !(length(ARGS) in 1:3) || PORT === nothing || PATIENCE === nothing
    println(stderr, "usage: tenants.jl FOLDER [PORT [SECONDS]]")
    exit(2)
end

# Wasm that runs keeps its thread. So one thread serves the network, and the others work.
const WORKING = max(1, Threads.nthreads() - 1)

# How many requests wait until one of those in work ends. The last places are for tenants
# that have no request yet.
const WAITING, RESERVED = 12, 4

# How many clients are connected, how many refused ones may still receive why, and the bytes
# of a line.
const CONNECTIONS, REFUSED, LINE = 64, 16, 1000

# How many lines of a connection that are no requests end it.
const WRONG = 3

# The tenants, and how many seconds their requests may take.
const TIMES = [
    "hash" => 10, "exit" => 10, "trap" => 10, "grow" => 10, "print" => 10, "loop" => 0.01,
    "sleep" => 1,
]

# The limits of a request. Those that aren't named have their defaults.
limits(seconds) = Sandbox(
    timeout=seconds, memory_limit=1 << 20, output_limit=4096, instance_limit=1,
)

struct Tenant
    limits::Sandbox
    prepared::WasmInstancePre    # The module, compiled, with its imports.
end

# A pool with a memory for each tenant and thread: a request is faster in a memory that its
# tenant had before.
const POOL = (
    total_memories=length(TIMES) * (Threads.nthreads() + 1),
    max_memory_size=1 << 20,
    linear_memory_keep_resident=1 << 16,
)
const ENGINE = WasmEngine(WasmConfig(sandbox=Sandbox(), pooling=POOL))

const TENANTS = Dict(
    map(TIMES) do (name, seconds)
        mod = WasmModule(ENGINE, joinpath(ARGS[1], name * ".wat"))
        linker = define_wasi!(WasmLinker(ENGINE))
        name => Tenant(limits(seconds), WasmInstancePre(linker, mod))
    end,
)

struct Request
    tenant::Tenant
    input::String
    answer::Channel{Tuple{String,String}}
end

# The requests that are waiting or in work. The thread of the network counts those of each
# tenant.
const REQUESTS = Channel{Request}(WORKING + WAITING)
const COUNTS = Dict(name => 0 for name in keys(TENANTS))

function has_room(name)
    reserved = COUNTS[name] > 0 ? RESERVED : 0
    return sum(values(COUNTS)) < WORKING + WAITING - reserved
end

# Runs a tenant's program in a new store. Returns how it ended, and a text.
function run_tenant(tenant, input)
    output = IOBuffer()
    wasi = WasiConfig(stdin=Vector{UInt8}(input), stdout=output)
    try
        WasmStore(ENGINE; sandbox=tenant.limits, wasi=wasi) do store
            call(instantiate(tenant.prepared, store), "_start")
        end
        return "exit 0", String(take!(output))
    catch e
        e isa WasiExit && return "exit $(e.code)", String(take!(output))
        # Without the backtrace.
        return "error $(reason(e))", String(first(split(sprint(showerror, e), '\n')))
    end
end

reason(e::WasmTrap) = e.code === :interrupt ? "time" : "trap"
reason(e::WasmtimeError) = e.code === :limit ? "limit" : "internal"
reason(e) = "internal"

function work()
    for request in REQUESTS
        put!(request.answer, run_tenant(request.tenant, request.input))
    end
end

# Starts a task on each thread that works, and returns them. `@async` starts a task on the
# thread that runs it.
function start_workers()
    network = Threads.threadid()
    tasks = Vector{Union{Task,Nothing}}(nothing, Threads.nthreads())
    Threads.@threads :static for i in eachindex(tasks)
        if Threads.threadid() != network || length(tasks) == 1
            tasks[i] = @async work()
        end
    end
    return filter(!isnothing, tasks)
end

# Ends a connection, with the reads and writes that wait. `close` alone would wait until the
# client has received everything.
function cut(socket)
    ccall(:shutdown, Cint, (RawFD, Cint), Base._fd(socket), 2)
    return close(socket)
end

# Closes a socket later: to close it at once may drop the answer, if the client has sent
# anything.
function close_later(socket)
    isopen(socket) && ccall(:shutdown, Cint, (RawFD, Cint), Base._fd(socket), 1)
    push!(LEFT, socket)
    return length(LEFT) > REFUSED && close(popfirst!(LEFT))
end

const LEFT = TCPSocket[]

# Calls `f`, and ends the connection if that takes too long.
function in_time(f, socket)
    timer = Timer(_ -> cut(socket), PATIENCE)
    try
        return f()
    finally
        close(timer)
    end
end

function answer(socket, number, how, text)
    return in_time(socket) do
        write(socket, "$number $how $(sizeof(text))\n$text\n")
    end
end

# Reads a line, without its newline, from what was `received` and from the socket. Returns
# nothing at the end, and a text that is too long for a line if there is one.
function read_line(socket, received)
    return in_time(socket) do
        while (at = findfirst(==(UInt8('\n')), received)) === nothing
            length(received) > LINE && return String(copy(received))
            eof(socket) && return nothing
            append!(received, readavailable(socket))
        end
        line = String(received[1:at-1])
        deleteat!(received, 1:at)
        return line
    end
end

const NO_REQUEST = "a request is a number, the name of a tenant and an input"

# Handles a line. Returns whether it was a request.
function handle(socket, line)
    words = split(line, ' '; limit=3)
    number, name, input = (words..., "", "")[1:3]
    if sizeof(line) >= LINE
        answer(socket, "0", "error request", "the line is too long")
        return false
    elseif !(1 <= sizeof(number) <= 20 && all(isdigit, number)) || '\0' in line
        answer(socket, "0", "error request", NO_REQUEST)
        return false
    elseif !haskey(TENANTS, name)
        answer(socket, number, "error tenant", "there is no such tenant")
    elseif !has_room(name)
        answer(socket, number, "error busy", "too many requests")
    else
        answer(socket, number, result(name, input)...)
    end
    return true
end

# Waits for the result of a request.
function result(name, input)
    request = Request(TENANTS[name], input, Channel{Tuple{String,String}}(1))
    COUNTS[name] += 1
    try
        put!(REQUESTS, request)
        return take!(request.answer)
    finally
        COUNTS[name] -= 1
    end
end

# The clients, and those of them that are waited for.
const CLIENTS, IDLE = Set{TCPSocket}(), Set{TCPSocket}()
const ALL_LEFT = Condition()

function serve(server, socket)
    received, wrong = UInt8[], 0
    # A client may end its side after its last request. Before Julia 1.9 that closes a socket
    # that is being read from, so reading stops at each packet there.
    VERSION < v"1.9" && (socket.throttle = 1)
    try
        Sockets.nagle(socket, false)
        while isopen(server)
            push!(IDLE, socket)
            line = read_line(socket, received)
            delete!(IDLE, socket)
            line === nothing && break
            wrong += !handle(socket, line)
            if wrong == WRONG || sizeof(line) >= LINE
                return close_later(socket)
            end
        end
    catch e
        # The client has left, or was too slow.
        e isa Base.IOError || rethrow()
    finally
        socket in LEFT || close(socket)
        delete!(IDLE, socket)
        delete!(CLIENTS, socket)
        isempty(CLIENTS) && notify(ALL_LEFT)
    end
end

function accept_clients(server)
    while isopen(server)
        socket = try
            accept(server)
        catch e
            e isa Base.IOError || rethrow()
            continue    # The server was closed, or the client has left.
        end
        if length(CLIENTS) == CONNECTIONS
            @async begin
                try
                    answer(socket, "0", "error busy", "too many clients")
                catch e
                    e isa Base.IOError || rethrow()    # The client has left.
                finally
                    close_later(socket)
                end
            end
        else
            push!(CLIENTS, socket)
            @async serve(server, socket)
        end
    end
end

function main()
    workers = start_workers()
    server = listen(ip"127.0.0.1", PORT)
    println("port ", getsockname(server)[2])
    flush(stdout)
    @async accept_clients(server)
    while !eof(stdin)
        readavailable(stdin)
    end
    close(server)
    foreach(cut, IDLE)
    isempty(CLIENTS) || wait(ALL_LEFT)
    close(REQUESTS)
    return foreach(wait, workers)
end

main()
