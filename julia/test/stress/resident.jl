# How much memory this process has, once its garbage is gone.

const STATM = "/proc/self/statm"

# Only glibc has it, and keeps freed memory without.
const TRIM = try
    cglobal(:malloc_trim)
catch
    C_NULL
end

can_measure() = isfile(STATM)

"""
The bytes that are resident after everything that is garbage was collected; 0 where the
system doesn't say so. Several rounds, as finalizers make garbage in turn: what the library
lets go of in them is dropped in Julia after that.
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
Calls `make(n)` until that made `count` in all, `batch` at most each time; gives the
resident bytes after 10 % of them and at the end. What grows with their number shows in
between, and what a process needs only once doesn't.
"""
function growth(make, count, batch)
    tenth = max(count ÷ 10, 1)
    # What is needed only once: code, and the pages in which a batch and its garbage lie.
    in_batches(make, min(2batch, tenth), batch)
    resident()
    in_batches(make, tenth, batch)
    before = resident()
    in_batches(make, count - tenth, batch)
    return before, resident()
end

# The collector knows little of what lies outside of Julia, so it is told when to run; at
# times on what has become old as well, such as the stores of the batches.
function in_batches(make, count, batch)
    for made in 0:batch:(count - 1)
        make(min(batch, count - made))
        GC.gc(made ÷ batch % 20 == 19)
    end
    return nothing
end
