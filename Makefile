# `make demo` runs a small program and `make test` runs every test. Both do all set-up by themselves.

CARGO ?= cargo
BUILD = target/release

# With flags in the environment, cargo ignores those in .cargo/config.toml.
ifdef RUSTFLAGS
export RUSTFLAGS := $(RUSTFLAGS) -Cembed-bitcode=yes
endif

.PHONY: library header julia demo test docs spec fuzz stress bench install uninstall dist clean

library: $(BUILD)/libsafewasm.so.0

# The library under the name that linked programs look for.
$(BUILD)/libsafewasm.so.0: FORCE
	@$(CARGO) rustc --release --locked -p libsafewasm -- -Clto=fat
	@ln -sf libsafewasm.so $@

FORCE:

header:
	@$(CARGO) build --release -p safewasm
	@tools/generated copy

julia:
	@tools/get/julia

demo: library
	@"$$(tools/get/julia)" --project=julia --startup-file=no julia/examples/quickstart.jl

test:
	@tests/run

# The pages as a site, in target/docs.
docs:
	@tools/docs

# The specification's test suite alone, through the C functions.
spec:
	@$(CARGO) run --release --locked -q -p safewasm-spec

# Hostile callers, random modules and random bytes, with new seeds, until a case fails.
fuzz:
	@tools/fuzz

# Five minutes of everything at once in Julia, a million objects of each kind, a program of 69 MB that starts again, and
# 100,000 requests to each server with many tenants.
stress: library
	@tests/tenants/run 100000 100000
	@JULIA_LOAD_PATH=@:@stdlib "$$(tools/get/julia)" --project=julia --startup-file=no \
		julia/test/stress/runtests.jl mixed cycles stores start --seconds 300 --cycles 1000000

# Measures costs beside Wasmtime's own APIs and Julia's arrays.
bench: library
	@tools/bench

# Both take PREFIX, LIBDIR, INCLUDEDIR and DESTDIR. They never build: `install` installs what `library` built.
install:
	@tools/install

uninstall:
	@tools/install uninstall

# A tarball, and a package for Debian, of what `library` built.
dist:
	@tools/dist

clean:
	$(CARGO) clean
