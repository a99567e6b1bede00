# A repository with the files of the checkout as they are now, committed or not.

git(folder, arguments...) = run(
    pipeline(
        `git -C $folder -c user.name=Test -c user.email=test@example.invalid $arguments`;
        stdout=devnull,
    ),
)

commit_all(folder, message) =
    (git(folder, "add", "--all"); git(folder, "commit", "--quiet", "--message", message))

function copy_checkout(to)
    listed = read(`git -C $CHECKOUT ls-files -z --cached --others --exclude-standard`, String)
    for file in split(listed, '\0'; keepempty=false)
        from = joinpath(CHECKOUT, file)
        ispath(from) || continue
        mkpath(dirname(joinpath(to, file)))
        cp(from, joinpath(to, file))
    end
    return to
end

# Its branch is `main`. A later commit, which `main` doesn't have, changes the library's sources
# and leaves the package as it is.
function make_repository(folder)
    copy_checkout(folder)
    git(folder, "init", "--quiet")
    commit_all(folder, "the sources")
    git(folder, "branch", "--move", "--force", "main")
    git(folder, "checkout", "--quiet", "-b", "later")
    write(joinpath(folder, "later.txt"), "later\n")
    commit_all(folder, "later sources")
    git(folder, "checkout", "--quiet", "main")
    return folder
end

const REPOSITORY = make_repository(joinpath(ROOT, "repository"))

add_package(; url="file://$REPOSITORY", rev="main") = """
    import Pkg
    try
        Pkg.add(Pkg.PackageSpec(; url="$url", rev="$rev", subdir="julia"))
    catch e
        println(sprint(showerror, e))
    end
"""
