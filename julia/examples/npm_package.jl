# The folder of a package of npm, such as `npm_package("xxhash-wasm@1.1.0")`. Fetches the
# package, unless it is in the folder `into` already.
function npm_package(name; into="npm")
    folder = joinpath(into, replace(name, '/' => '+'))
    if !isdir(joinpath(folder, "package"))
        mkpath(folder)
        archive = readlines(Cmd(`npm pack --silent $name`; dir=folder))[end]
        run(Cmd(`tar xzf $archive`; dir=folder))
    end
    return joinpath(folder, "package")
end
