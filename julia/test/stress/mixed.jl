# Threads, collections, finalizers, traps, exceptions and yields, all at once.

@testset "whatever tasks do at once, each gets what it should" begin
    words = run_worker(2, 2 * SECONDS + 120, "mixed", SECONDS, SEED)
    @test words !== nothing
    if words !== nothing
        passed, failed = map(word -> parse(Int, word), words)
        @test failed == 0
        @test passed > 0
        println("stress: mixed, ", passed, " checks in ", SECONDS, " s, seed ", SEED)
    end
end
