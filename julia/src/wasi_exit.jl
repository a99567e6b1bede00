"""
    WasiExit(code)

A program exited with the status `code`, which is not 0: see [`WasiCommand`](@ref).
`program` is its name, or an empty text if it isn't known.

```julia
exits = WasiCommand(wat\"\"\"(module
    (import "wasi_snapshot_preview1" "proc_exit" (func \$exit (param i32)))
    (memory (export "memory") 1)
    (func (export "_start") (call \$exit (i32.const 3))))\"\"\")
try
    run(exits)
catch e
    e isa WasiExit && e.code == 3 || rethrow()
end
```
"""
struct WasiExit <: Exception
    code::Int
    program::String
end

WasiExit(code::Integer) = WasiExit(code, "")

function Base.showerror(io::IO, e::WasiExit)
    program = isempty(e.program) ? "the program" : shortened(e.program)
    return print(io, "WasiExit: ", program, " exited with status ", e.code)
end
