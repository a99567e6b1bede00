# Sends itself SIGINT while the main task waits for programs that would go on for ever.
using SafeWasm

include(joinpath(@__DIR__, "..", "wasi_guests.jl"))
Base.exit_on_sigint(false)

# Ends even without a signal.
command(bytes) = WasiCommand(bytes; timeout=60)

# Compiled before the signals come.
run(`sh -c "true"`)
run(pipeline(command(CAT); stdin=IOBuffer("x"), stdout=IOBuffer()))
success(command(says("")))

function interrupted(f)
    try
        run(`sh -c "(sleep 0.5; kill -INT $(getpid())) &"`)
        f()
        return "not interrupted"
    catch e
        return e isa InterruptException ? "interrupted" : sprint(showerror, e)
    end
end

for (name, f) in (
    "loop" => () -> run(command(LOOPS)),
    "sleep" => () -> read(command(SLEEPS)),
    "read" => () -> run(pipeline(command(CAT); stdin=Base.PipeEndpoint())),
    "write" => () -> run(pipeline(command(YES); stdout=Base.PipeEndpoint())),
    # The signal may come to the task that copies.
    "copy" => () -> run(pipeline(command(YES); stdout=Base.BufferStream())),
    "wait" => () -> wait(run(command(SLEEPS); wait=false)),
)
    println(name, ": ", interrupted(f))
end
success(command(says("")))
println(isempty(SafeWasm.running().guests) ? "no program runs" : "programs run")
