# Fetches a package of PyPI by pip, once, and returns the folder with its files. A package
# that is a wheel is an archive of the kind zip.
function pypi_package(name; into="pypi")
    folder = joinpath(into, name)
    if !isdir(folder)
        mktempdir(mkpath(into)) do temporary
            pip = `python3 -m pip download --quiet --no-deps --disable-pip-version-check`
            run(`$pip --dest $temporary $name`)
            files = joinpath(temporary, "files")
            archive = joinpath(temporary, only(readdir(temporary)))
            run(`python3 -m zipfile -e $archive $files`)
            mv(files, folder)
        end
    end
    return folder
end
