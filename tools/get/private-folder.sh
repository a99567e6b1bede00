# shellcheck shell=bash
# Sourced by the scripts of this folder: their messages, their temporary folders, and the private folder in
# the user's cache that Debian's own program is unpacked into where the machine has none.
#
# A script that calls `private_folder` sets these first:
#   what          the program, as messages call it
#   how_to_get    what the user can do instead

# $0 is the script that sources this file.
say() { printf 'tools/get/%s: %s\n' "$(basename -- "$0")" "$*" >&2; }
die() { say "$@"; exit 1; }

temporaries=()
trap 'rm -rf -- "${temporaries[@]}"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# temporary VARIABLE TEMPLATE: makes a folder that is removed when the script ends, and sets VARIABLE to it.
temporary() {
    local folder
    folder=$(mktemp -d -- "$2")
    temporaries+=("$folder")
    printf -v "$1" %s "$folder"
}

cache_folder() { printf %s "${XDG_CACHE_HOME:-$HOME/.cache}/safewasm"; }

# Ends the script unless packages can be taken from the distribution.
# shellcheck disable=SC2154 # set by the script
need_debian() {
    command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
        die "there is no usable $what here, and this is no Debian to take one from.
$how_to_get"
}

# The name of the distribution's release that this machine runs.
this_release() {
    local release
    # shellcheck source=/dev/null
    release=$(. /etc/os-release && printf %s "${VERSION_CODENAME-}")
    [[ -n $release ]] || die "cannot tell which release of Debian this is.
$how_to_get"
    printf %s "$release"
}

# private_folder NAME PATH: the program at PATH in the folder NAME of the cache. If it is there, prints its
# path and ends the script. Otherwise sets `root` to a new folder, into which the program is to be put;
# `publish` gives that folder its name.
private_folder() {
    home=$(cache_folder)/$1
    program=$home/$2
    if [[ -x $program ]]; then
        printf '%s\n' "$program"
        exit 0
    fi
    mkdir -p -- "$(cache_folder)"
    temporary new "$(cache_folder)/${1%%-*}-new.XXXXXX"
    # shellcheck disable=SC2154 # set by `temporary`
    root=$new/root
}

# Takes what `unpack-debian` takes.
unpack() {
    "$(dirname -- "${BASH_SOURCE[0]}")/unpack-debian" "$@" || die "could not get Debian's $what.
$how_to_get"
}

# Gives the folder its name, once the program in it was tried, and prints the program's path.
publish() {
    # Another run may have been faster; then its folder is used.
    mv -T -- "$root" "$home" 2>/dev/null || [[ -x $program ]] || die "could not make $home"
    printf '%s\n' "$program"
}
