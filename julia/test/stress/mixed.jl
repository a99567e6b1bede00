# Threads, collections, finalizers, traps, exceptions and yields, all at once.

@testset "tasks that do everything at once get the right results" begin
    words = run_worker(2, 2 * SECONDS + 120, "mixed", SECONDS, SEED)
    @test words !== nothing
    if words !== nothing
        passed, failed = map(word -> parse(Int, word), words)
        @test failed == 0
        @test passed > 0
        println("stress: mixed, ", passed, " checks in ", SECONDS, " s, seed ", SEED)
    end
end
