# Stores that are never closed are all finalized, and take no memory.

for threads in (1, 2)
    @testset "stores that nobody closes are all finalized, with threads: $threads" begin
        words = run_worker(threads, 120 + STORES / 100, "stores", STORES)
        @test words !== nothing
        if words !== nothing
            seconds, before, after, made, gone, left = map(number, words)
            show_figures("$STORES stores, threads: $threads", seconds, before, after)
            @test after - before <= bound(before)
            # The last one of each thread may still be in a register.
            @test made >= STORES
            @test gone >= made - threads
            @test left <= threads
        end
    end
end
