# SQLite in wasm, as the program `sqlite.jl` uses it:
#
#   Database(mod)                    a new database in memory; `mod` is SQLite
#   query(db, sql, parameters...)    the rows of a query
#   load!(db, table, columns)        a table of Julia data
#   register!(f, db, name)           a Julia function for SQL
#
# Each database is an instance of its own, so whatever a query does, it can't touch anything
# else.
using SafeWasm

const MAX_PAGES = 1024    # 64 MiB for a database

struct SQLError <: Exception
    message::String
end
Base.showerror(io::IO, e::SQLError) = print(io, "SQLError: ", e.message)

mutable struct Database
    store::WasmStore
    memory::WasmMemory
    c::Any               # the functions of SQLite
    handle::Int32        # its `sqlite3 *`
    deadline::Float64    # when the query that runs has to end
end

# A new database in memory.
function Database(mod::WasmModule)
    store = WasmStore(mod.engine)
    memory = WasmMemory(store, 128 => MAX_PAGES)
    # SQLite asks for more memory, for the time, for files, and for variables of the
    # environment. There are no files, so a function of files returns the error ENOENT,
    # which is -44. There are no variables either.
    function resize_heap(size)
        more = cld(size % UInt32 - length(memory), 65536)
        fits = pages(memory) + more <= MAX_PAGES
        fits && grow!(memory, more)
        return fits
    end
    function no_variables(count, size)
        write(memory, count, Int32(0))
        write(memory, size, Int32(0))
        return 0
    end
    function local_time(seconds, address)
        t = Libc.TmStruct(seconds)    # the same as C's `struct tm`
        write(memory, address, Int32[getfield(t, i) for i in 1:9])
    end
    names = filter(startswith("__syscall_"), [item.name for item in imports(mod)])
    files = [Symbol(name) => (_...) -> -44 for name in names]
    env = (;
        memory=memory,
        emscripten_resize_heap=resize_heap,
        emscripten_get_heap_max=() -> MAX_PAGES * 65536,
        emscripten_date_now=() -> 1000 * time(),
        emscripten_get_now=() -> time_ns() / 1e6,
        _localtime_js=local_time,
        _tzset_js=(_...) -> nothing,
        files...,
    )
    wasi = (environ_sizes_get=no_variables, environ_get=(_, _) -> 0)
    instance = WasmInstance(store, mod; env=env, wasi_snapshot_preview1=wasi, unknown=:trap)
    c = instance.exports
    c.__wasm_call_ctors()
    db = Database(store, memory, c, 0, Inf)
    db.handle = with_text(db, ":memory:") do name
        output(cell -> c.sqlite3_open(name, cell), db)
    end
    # SQLite calls a progress handler every 1000 steps. If it returns 1, the query ends.
    late = function_pointer(_ -> time() > db.deadline, db, (Int32,) => Int32)
    c.sqlite3_progress_handler(db.handle, 1000, late, 0)
    return db
end

# C's address of a Julia function: its index in the table of functions, which counts from 0.
function function_pointer(f, db, type)
    return grow!(db.c.__indirect_function_table, 1, WasmFunc(f, db.store, type))
end

# Calls `f` with the address of a new block of memory in wasm, which is freed afterwards.
function with_block(f, db, size)
    address = db.c.malloc(size)
    address == 0 && throw(OutOfMemoryError())
    try
        return f(address)
    finally
        isopen(db.store) && db.c.free(address)
    end
end

# Calls `f` with the address of a copy of a text, which ends with a NUL as C's texts do.
function with_text(f, db, text)
    return with_block(db, sizeof(text) + 1) do address
        write(db.memory, address, text; nul=true)
        return f(address)
    end
end

# The handle that a function of SQLite writes to the address that it is given.
function output(f, db)
    return with_block(cell -> (check(db, f(cell)); read(db.memory, Int32, cell)), db, 4)
end

function check(db, status)
    status == 0 && return nothing
    throw(SQLError(read_string(db.memory, db.c.sqlite3_errmsg(db.handle))))
end

# The value at a place: an argument of a function (`value`) or a column of a row (`column`).
function from_sql(db, what, place...)
    get(type) = db.c["sqlite3_$(what)_$type"](place...)
    type = get("type")
    type == 1 && return get("int64")
    type == 2 && return get("double")
    type == 3 && return read_string(db.memory, get("text"), get("bytes"))
    type == 4 && return read(db.memory, get("blob"), get("bytes"))
    return missing
end

# Gives a value to a place: a parameter of a query (`bind`) or the result of a function
# (`result`).
function to_sql(db, x, what, place...)
    put(type, arguments...) = db.c["sqlite3_$(what)_$type"](place..., arguments...)
    x isa Union{Missing,Nothing} && return put("null")
    x isa Integer && return put("int64", x)
    x isa Real && return put("double", x)
    x isa AbstractString || throw(ArgumentError("$(typeof(x)) is no type of SQL"))
    # -1: SQLite makes a copy.
    return with_text(address -> put("text", address, sizeof(x), -1), db, x)
end

# The rows of a query, as named tuples. Each `?` in it stands for a parameter. The progress
# handler ends a query that takes too long, and the database works on. A single step of the
# query may also take too long; then a trap ends it in the middle of SQLite's work, and the
# database is lost.
function query(db::Database, sql, parameters...; seconds=10)
    c = db.c
    statement = with_text(db, sql) do text
        output(cell -> c.sqlite3_prepare_v2(db.handle, text, -1, cell, 0), db)
    end
    statement == 0 && return NamedTuple[]                # a comment, for example
    # If a function of SQL makes a query, the deadline of the query around it holds too.
    deadline = db.deadline
    db.deadline = min(deadline, time() + seconds)
    try
        for (i, x) in enumerate(parameters)
            check(db, to_sql(db, x, "bind", statement, i))
        end
        names = column_names(db, statement)
        rows = NamedTuple[]
        while true
            status = c.sqlite3_step(statement; timeout=2seconds)
            status == 101 && return rows                 # there are no more rows
            status == 100 || check(db, status)           # there is a row
            values = (from_sql(db, "column", statement, i - 1) for i in 1:length(names))
            push!(rows, NamedTuple{names}(Tuple(values)))
        end
    catch e
        e isa Union{WasmTrap,InterruptException} && close(db.store)
        rethrow()
    finally
        db.deadline = deadline
        isopen(db.store) && c.sqlite3_finalize(statement)
    end
end

# The names of a query's columns. One that occurs again gets its number.
function column_names(db, statement)
    names = Symbol[]
    for i in 1:db.c.sqlite3_column_count(statement)
        name = Symbol(read_string(db.memory, db.c.sqlite3_column_name(statement, i - 1)))
        push!(names, name in names ? Symbol(name, :_, i) : name)
    end
    return Tuple(names)
end

# Makes a table of columns, such as `(name=["Earth", "Mars"], moons=[1, 2])`.
function load!(db::Database, table, columns)
    query(db, "CREATE TABLE $table ($(join(keys(columns), ", ")))")
    places = join(("?" for _ in columns), ", ")
    query(db, "BEGIN")
    for row in zip(columns...)
        query(db, "INSERT INTO $table VALUES ($places)", row...)
    end
    query(db, "COMMIT")
end

# Makes a Julia function a function of SQL. An exception that it throws is an error in SQL.
function register!(f, db::Database, name)
    c = db.c
    pointer = function_pointer(db, (Int32, Int32, Int32) => ()) do context, count, values
        try
            places = read(db.memory, Int32, values, count)
            to_sql(db, f((from_sql(db, "value", x) for x in places)...), "result", context)
        catch e
            e isa InterruptException && rethrow()
            message = first(split(sprint(showerror, e), '\n'))
            with_text(text -> c.sqlite3_result_error(context, text, -1), db, message)
        end
    end
    with_text(db, string(name)) do text
        # Any number of arguments; text is UTF-8.
        check(db, c.sqlite3_create_function(db.handle, text, -1, 1, 0, pointer, 0, 0))
    end
end
