# The library's sources for a package that Pkg installed. Pkg installs the folder `julia` of a
# repository and keeps the repository in a depot. The name of the package's folder is made from
# the hash of its contents, and the commit to build is the one whose folder `julia` has this hash.

import LibGit2
@static if VERSION >= v"1.6"
    import TOML
else
    import Pkg.TOML
end

const UUID = Base.UUID("5d0c2f3a-8f0e-4f43-9d5b-6a1a3b1d7c42")

# A Git repository from which the package may have been installed, and the names of the revisions
# that the user asked for.
struct Origin
    path::String
    revisions::Vector{String}
end

# Writes the sources of the package with this slug into a folder.
function check_out_sources(slug, folder)
    entries = manifest_entries(slug)
    revisions = unique(String[entry["repo-rev"] for entry in entries if haskey(entry, "repo-rev")])
    problems = String[]
    for clone in clones()
        check_out(Origin(clone, revisions), slug, folder, problems) && return nothing
    end
    for url in unique(String[entry["repo-url"] for entry in entries if haskey(entry, "repo-url")])
        say("Fetching the sources from $url")
        mktempdir() do clone
            try
                close(LibGit2.clone(url, clone; isbare=true))
                return check_out(Origin(clone, revisions), slug, folder, problems)
            catch e
                e isa LibGit2.GitError || rethrow()
                push!(problems, "$url: $(e.msg)")
                return false
            end
        end && return nothing
    end
    throw(Problem(missing_sources_message(slug, problems)))
end

function missing_sources_message(slug, problems)
    listed = join(("  $problem\n" for problem in problems))
    return """
    The sources of this version of SafeWasm ($slug) can't be found. Pkg's copies of
    repositories (the folder `clones` of a depot) were searched, and the repositories of the
    projects that use the package:
    $(listed)Add the package again with `Pkg.add(url="REPOSITORY", subdir="julia")`, or name a
    library that is already built in the environment variable SAFEWASM_LIBRARY."""
end

# The repositories that Pkg keeps.
function clones()
    folders = [joinpath(depot, "clones") for depot in DEPOT_PATH]
    return [path for folder in folders if isdir(folder) for path in readdir(folder; join=true)]
end

# The entries of the package in the manifests that Pkg has seen.
function manifest_entries(slug)
    manifests = String[]
    for depot in DEPOT_PATH
        append!(manifests, keys(read_toml(joinpath(depot, "logs", "manifest_usage.toml"))))
    end
    found = Dict{String,Any}[]
    for manifest in manifests
        content = read_toml(manifest)
        # The format since Julia 1.7 has the packages in a table.
        for entry in get(get(content, "deps", content), "SafeWasm", [])
            is_entry_of(entry, slug) && push!(found, entry)
        end
    end
    return found
end

# The content of a file. It is empty if there is no such file, or if it can't be read: manifests
# of other projects may have errors.
function read_toml(path)
    return try
        isfile(path) ? TOML.parsefile(path) : Dict{String,Any}()
    catch
        Dict{String,Any}()
    end
end

function is_entry_of(entry, slug)
    return get(entry, "uuid", "") == string(UUID) && haskey(entry, "git-tree-sha1") &&
           slug_of(entry["git-tree-sha1"], length(slug)) == slug
end

# The name of the folder into which Pkg installs a tree.
slug_of(tree, length) = Base.version_slug(UUID, Base.SHA1(tree), length)

# Writes the sources into a folder, if the repository has them.
function check_out(origin, slug, folder, problems)
    repository = try
        LibGit2.GitRepo(origin.path)
    catch e
        e isa LibGit2.GitError || rethrow()
        return false
    end
    try
        tree = find_tree(repository, origin.revisions, slug)
        if tree === nothing
            push!(problems, "$(origin.path): no commit has this version")
            return false
        end
        remove_sources(folder)
        GC.@preserve folder LibGit2.checkout_tree(
            repository,
            tree;
            options=LibGit2.CheckoutOptions(;
                checkout_strategy=LibGit2.Consts.CHECKOUT_FORCE,
                target_directory=Base.unsafe_convert(Cstring, folder),
            ),
        )
        return true
    finally
        close(repository)
    end
end

# Makes the folder, or removes the sources of an interrupted build, which may be of another commit.
# What was compiled stays.
function remove_sources(folder)
    for name in readdir(mkpath(folder))
        name == "target" || rm(joinpath(folder, name); recursive=true)
    end
    return nothing
end

# The tree of the commit whose folder `julia` the package is: of a revision that the user named,
# else of the newest commit.
function find_tree(repository, revisions, slug)
    for revision in revisions, prefix in ("", "remotes/cache/heads/", "remotes/origin/")
        commit = try
            LibGit2.peel(LibGit2.GitCommit, LibGit2.GitObject(repository, prefix * revision))
        catch e
            e isa LibGit2.GitError || rethrow()
            continue
        end
        tree = tree_of(commit, slug)
        tree === nothing || return tree
    end
    walker = LibGit2.GitRevWalker(repository)
    for name in LibGit2.ref_list(repository)
        commit = try
            LibGit2.peel(LibGit2.GitCommit, LibGit2.GitReference(repository, name))
        catch e
            e isa LibGit2.GitError || rethrow()
            continue
        end
        # In Julia 1.5 this is not the `push!` of Base.
        LibGit2.push!(walker, LibGit2.GitHash(commit))
    end
    sort!(walker; by=LibGit2.Consts.SORT_TIME)
    for hash in walker
        tree = tree_of(LibGit2.GitCommit(repository, hash), slug)
        tree === nothing || return tree
    end
    return nothing
end

# The tree of a commit, if its folder `julia` has the slug.
function tree_of(commit, slug)
    tree = LibGit2.peel(LibGit2.GitTree, commit)
    folder = try
        tree["julia"]
    catch
        return nothing
    end
    hash = string(LibGit2.GitHash(folder))
    return slug_of(hash, length(slug)) == slug ? tree : nothing
end
