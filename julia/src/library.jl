# Finding and opening the C library, when one of its functions is called first.

# The path of the library that is open, or "".
const OPENED = Ref("")
const OPENING = ReentrantLock()

"""
    SafeWasm.library_path()

The path of the C library that the package uses. Opens the library if that hasn't happened yet.

# Errors
- `ErrorException` if there is no library to open. Its message says where the package looked,
  and how to build or name one.
"""
function library_path()
    API.open_library()
    return OPENED[]
end

# The library is opened once. A failed attempt can be repeated, since the library may have
# been built in the meantime.
#
# Each program runs this before its first call. So it has no closures, which a precompiled package
# doesn't contain in compiled form.
function API.open_library()
    lock(OPENING)
    try
        API.FUNCTIONS.safewasm_abi_version == C_NULL || return nothing
        library, addresses = find_library(library_candidates(package_folder()))
        OPENED[] = dlpath(library)
        # Other threads may see each address at once.
        Threads.atomic_fence()
        return set_functions!(addresses)
    finally
        unlock(OPENING)
    end
end

# Sets all addresses by one copy: a Ctrl-C in between would leave some NULL.
function set_functions!(addresses::Vector{Ptr{Cvoid}})
    table = Ptr{Ptr{Cvoid}}(pointer_from_objref(API.FUNCTIONS))
    GC.@preserve addresses unsafe_copyto!(table, pointer(addresses), fieldcount(API.Functions))
    return nothing
end

# Precompiled images are made by processes in which the library may be open.
function forget_library()
    OPENED[] = ""
    set_functions!(fill(C_NULL, fieldcount(API.Functions)))
    return nothing
end

# The folder of the package, or nothing if its sources aren't there. It is found at run time,
# since it may have moved after precompilation.
function package_folder()
    source = pathof(@__MODULE__)
    return source === nothing ? nothing : dirname(dirname(source))
end

# Opens the first of the candidates that can be opened. Returns it and its functions.
function find_library(candidates)
    Sys.WORD_SIZE == 64 || error("SafeWasm needs a 64-bit Julia")
    problems = String[]
    for candidate in candidates
        library = try
            is_cut_off(candidate) && error("the file is cut off; build or copy it again")
            dlopen(candidate)
        catch e
            push!(problems, "  $candidate: $(opening_problem(candidate, e))")
            continue
        end
        return library, checked_functions(library, candidate)
    end
    return error(missing_library_message(problems))
end

# Whether a file is the beginning of an ELF file only, such as an interrupted copy. Opening such a
# library can end the process with SIGBUS. A whole ELF file contains its table of sections.
function is_cut_off(candidate)
    isfile(candidate) && filesize(candidate) >= 64 || return false
    file = open(candidate)
    try
        read(file, UInt32) == 0x464c457f || return false
        seek(file, 40)
        table = read(file, UInt64)
        seek(file, 58)
        entry_size, entries = read(file, UInt16), read(file, UInt16)
        return filesize(candidate) < table + UInt32(entry_size) * entries
    finally
        close(file)
    end
end

# Why a candidate can't be opened. The system's own message says less if there is no file.
function opening_problem(candidate, e)
    ispath(candidate) && return last(split(strip(sprint(showerror, e)), '\n'))
    return isabspath(candidate) ? "no such file" : "not found on the system"
end

function missing_library_message(problems)
    looked = join(problems, '\n')
    head = "SafeWasm can't find its C library, libsafewasm."
    haskey(ENV, "SAFEWASM_LIBRARY") && !isempty(ENV["SAFEWASM_LIBRARY"]) && return """
    $head The environment variable SAFEWASM_LIBRARY names
    $looked
    Correct it, or unset it to use the package's own library:
      delete!(ENV, "SAFEWASM_LIBRARY")"""
    return """
    $head It looked for
    $looked
    Build the library, then try again in the same session:
      import Pkg; Pkg.build("SafeWasm")
    That needs Rust's cargo and a C compiler. A library that is already built can be named:
      ENV["SAFEWASM_LIBRARY"] = "/path/to/libsafewasm.so\""""
end

# The addresses of the library's functions, in the order of the table. A library that lacks one, or is of another
# version, is closed again, so that it can be replaced and opened by the same path.
function checked_functions(library, path)
    problem = version_problem(library, path)
    addresses = Ptr{Cvoid}[]
    for name in fieldnames(API.Functions)
        problem === nothing || break
        address = dlsym(library, name; throw_error=false)
        if address === nothing
            problem = "the library $path lacks the function $name; build it again, in " *
                "Julia by `import Pkg; Pkg.build(\"SafeWasm\")`"
        else
            push!(addresses, address)
        end
    end
    problem === nothing && return addresses
    dlclose(library)
    return error("SafeWasm: $problem")
end

function version_problem(library, path)
    version = dlsym(library, :safewasm_abi_version; throw_error=false)
    version === nothing && return "$path is not a SafeWasm library"
    found = ccall(version, UInt32, ())
    found == API.SAFEWASM_ABI_VERSION && return nothing
    return "the library $path has ABI number $found, and this package needs " *
           "$(API.SAFEWASM_ABI_VERSION); use the library and the package of one version, or " *
           "build this package's own by `import Pkg; Pkg.build(\"SafeWasm\")`"
end
