#!/usr/bin/env bash
# examples/libraries/lz4.sh [FILE]
#
# Compiles LZ4, a C library for compression with a BSD licence, to wasm. FILE is the module that `lz4.c` and `lz4.jl`
# use: lz4.wasm by default. The sources are those in the crate `lz4-sys`, which cargo fetches. CLANG is a clang with lld
# and wasi-libc: clang by default. In a checkout, this finds or fetches one:
#   CLANG=$(tools/get/clang-wasm) examples/libraries/lz4.sh
set -euo pipefail

file=${1:-lz4.wasm}
clang=${CLANG:-clang}
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

# `cargo vendor` copies the sources of all dependencies of a package. This package consists of one dependency.
mkdir "$work/src"
touch "$work/src/lib.rs"
cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "lz4-sources"
version = "0.0.0"
edition = "2021"

[dependencies]
lz4-sys = "=1.11.1"
TOML
cargo vendor --quiet --manifest-path "$work/Cargo.toml" "$work/vendor" >"$work/log"

# A module without `main` is a reactor. It exports the functions that are named here and all that they need stays in it:
# of the C library, LZ4 needs the allocator and memcpy, so nothing is imported.
exports=(malloc free LZ4_versionString LZ4_compressBound LZ4_compress_default LZ4_decompress_safe)
"$clang" --target=wasm32-wasi -mexec-model=reactor -O2 "${exports[@]/#/-Wl,--export=}" -Wl,--strip-all \
    -o "$file" "$work/vendor/lz4-sys/liblz4/lib/lz4.c"
