# One build at a time.

using Base.Filesystem: JL_O_RDONLY

const LOCK_EX, LOCK_NB = Cint(2), Cint(4)

# Calls `f` while no other process does so with this folder. The system ends the lock of a process
# that is killed. On a file system without locks `f` is called at once.
function alone_in(f, folder)
    mkpath(folder)
    file = Base.Filesystem.open(folder, JL_O_RDONLY)
    try
        is_locked(file) && say("Waiting for another process that builds in $folder")
        while is_locked(file)
            sleep(0.5)
        end
        return f()
    finally
        close(file)
    end
end

# Whether another process has the lock. If not, this one gets it.
function is_locked(file)
    ccall(:flock, Cint, (RawFD, Cint), fd(file), LOCK_EX | LOCK_NB) == 0 && return false
    return Libc.errno() == Libc.EAGAIN
end
