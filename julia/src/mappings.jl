# Stores, modules and views of memories hold memory and address space that Julia's collector
# doesn't see. So the live ones are counted, and whenever there are some hundred more than
# after the last collection, the collector is run: first for young objects; for all objects
# if there are more than twice as many as the last full collection left.
const LIVE_MAPPINGS = Threads.Atomic{Int}(0)
const MAPPINGS_AT_COLLECTION = Threads.Atomic{Int}(0)
const MAPPINGS_AT_FULL_COLLECTION = Threads.Atomic{Int}(0)
const MAPPINGS_PER_COLLECTION = 256

function count_mapping()
    alive = Threads.atomic_add!(LIVE_MAPPINGS, 1) + 1
    if alive - MAPPINGS_AT_COLLECTION[] > MAPPINGS_PER_COLLECTION
        collect_mappings()
    elseif alive < MAPPINGS_AT_COLLECTION[]
        MAPPINGS_AT_COLLECTION[] = alive
    end
    return nothing
end

@noinline function collect_mappings()
    GC.gc(false)
    kept = min(LIVE_MAPPINGS[], MAPPINGS_AT_FULL_COLLECTION[])
    if LIVE_MAPPINGS[] > 2 * (kept + MAPPINGS_PER_COLLECTION)
        GC.gc()
        kept = LIVE_MAPPINGS[]
    end
    MAPPINGS_AT_FULL_COLLECTION[] = kept
    MAPPINGS_AT_COLLECTION[] = LIVE_MAPPINGS[]
    return nothing
end

uncount_mapping() = Threads.atomic_sub!(LIVE_MAPPINGS, 1)
