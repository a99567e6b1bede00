//! Options of a config: settings that are a number, each with a range and a default.

use super::machine::cpu_features_beyond;
use super::perf;
use crate::error::frame::MAX_FRAMES;
use crate::error::{Error, ErrorKind, Result};
use std::num::NonZeroUsize;
use wasmtime::{Collector, Config, Inlining, RegallocAlgorithm, Strategy};

/// The compiler of an engine, for `SAFEWASM_OPTION_STRATEGY`.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_strategy_t {
    /// Cranelift, which optimizes.
    CRANELIFT = 0,
    /// Winch, which compiles several times faster, to code that is several times slower. It has no
    /// garbage-collected types, typed references to functions, exceptions, tail calls and relaxed SIMD
    /// instructions: these features are off with it.
    WINCH = 1,
}

/// The garbage collector of an engine's stores, for `SAFEWASM_OPTION_COLLECTOR`.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_collector_t {
    /// Counts references. Pauses are short. Objects that refer to each other in a cycle stay until
    /// their store is deleted.
    DRC = 0,
    /// Never collects. Allocation is fastest, and what is allocated stays until the store is deleted.
    NULL = 1,
    /// Copies the objects that are in use, and frees cycles too. It uses half of the heap at a time.
    COPYING = 2,
}

/// How Linux's profiler `perf` is told of compiled functions, for `SAFEWASM_OPTION_PROFILING_STRATEGY`.
/// Names of functions are cut and written without control characters.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_profiling_t {
    /// Not at all.
    NONE = 0,
    /// By `/tmp/perf-PID.map`, where `perf report` finds the functions' names.
    PERF_MAP = 1,
    /// By `jit-PID.dump` in the folder that the environment variable `JITDUMPDIR` names, or else in the
    /// current folder. It has the machine code too. `perf record -k mono` notes where the file is, and
    /// `perf inject --jit` adds it to the recording.
    JIT_DUMP = 2,
}

/// A setting that `safewasm_config_set_option` changes. The description of each says which values it
/// takes and which is the default. A switch is 0 (off) or 1 (on). Sizes are in bytes.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_option_t {
    /// Switch, off by default: wasm computes the same results each time and on each machine. It turns
    /// `SAFEWASM_OPTION_NAN_CANONICALIZATION` and `SAFEWASM_OPTION_RELAXED_SIMD_DETERMINISTIC` on, and
    /// `SAFEWASM_FEATURE_THREADS` off. These still differ: host functions of the program, whether the
    /// system has memory for a `memory.grow`, and how deep a recursion goes before the stack is full.
    /// Time limits and interrupts end a call at any point; fuel ends it always at the same.
    DETERMINISTIC = 0,
    /// Switch, off by default: each NaN that an instruction computes has the same bits. Arithmetic on
    /// floats takes longer.
    NAN_CANONICALIZATION = 1,
    /// Switch, off by default: relaxed SIMD instructions have the same result on each machine. They
    /// may take longer.
    RELAXED_SIMD_DETERMINISTIC = 2,
    /// A `safewasm_strategy_t`: the compiler. The default is Cranelift.
    STRATEGY = 3,
    /// 0 to 4: the CPU features that the code uses. 0, the default, means all that the machine has. 1
    /// to 4 are the levels of x86-64, where 1 is what each such machine has, and 3 includes AVX2: the
    /// code uses no feature beyond that level. On other machines 1 to 4 mean no optional feature.
    CPU_LEVEL = 4,
    /// Switch, off by default: small functions are compiled into their callers within a module. It
    /// takes longer and makes larger code, which may run faster. Backtraces lack the frames of
    /// functions that were compiled into others.
    INLINING = 5,
    /// Switch, off by default: the compiler assigns registers in a single pass. It takes less time,
    /// and less memory for large functions, and the code is slower.
    SINGLE_PASS_REGALLOC = 6,
    /// Switch, on by default: a module is compiled by several threads.
    PARALLEL_COMPILATION = 7,
    /// Switch, off by default: the compiler checks its own work, and an error of the compiler is of
    /// kind `SAFEWASM_ERROR_COMPILER`. It takes longer.
    DEBUG_VERIFIER = 8,
    /// Switch, off by default: the compiler uses the hints on branches in a module.
    BRANCH_HINTING = 9,
    /// Switch, on by default: compiled code has tables (`.eh_frame`) with which debuggers and
    /// profilers walk the stack. Backtraces of this library don't need them. Without them a module
    /// takes less memory, and is made and deleted faster.
    NATIVE_UNWIND_INFO = 10,
    /// Switch, on by default: compiled code has the names of its functions, for debuggers. Without
    /// them a module takes less memory.
    DEBUG_SYMBOLS = 11,
    /// Switch, on by default: compiled code has a table from its addresses to those in the module.
    /// Without it a module takes less memory, and the offsets in backtraces are 0.
    ADDRESS_MAP = 12,
    /// 0 to 100: the number of frames in the backtrace of a trap. The default is 100. With 0, traps
    /// have no backtraces and take less time.
    BACKTRACE_FRAMES = 13,
    /// Up to 2^46: the address space that a memory has at first, and into which it grows without
    /// moving. The default is 4 GiB, with which 32-bit memories need no checks of bounds. Smaller
    /// reservations take less address space, and wasm checks each access.
    MEMORY_RESERVATION = 14,
    /// Up to 2^46: the size of the inaccessible pages after a memory. The default is 32 MiB. With
    /// fewer, wasm checks more accesses. Memory safety doesn't depend on it.
    MEMORY_GUARD_SIZE = 15,
    /// Up to 2^46: the address space that a memory has beyond its size when it has moved. The default
    /// is 2 GiB.
    MEMORY_RESERVATION_FOR_GROWTH = 16,
    /// Switch, on by default: a memory that has no room to grow moves to another address. If off,
    /// growing beyond the reservation fails.
    MEMORY_MAY_MOVE = 17,
    /// Switch, on by default: inaccessible pages lie before each memory too, as many as after it. It
    /// is a second line of defence, which costs address space only.
    GUARD_BEFORE_MEMORY = 18,
    /// Switch, on by default: memories begin as copy-on-write mappings of their module's data. If off,
    /// each instance copies its data. It is off where the process has a limit on the size of files.
    MEMORY_INIT_COW = 19,
    /// Up to 2^32: a module whose data spans up to this size gets such a mapping, however sparse the
    /// data is. The default is 16 MiB.
    MEMORY_IMAGE_SIZE = 20,
    /// Switch, on by default: references to functions are put into tables when they are first used.
    /// If off, instances take longer to make, and indirect calls are a little faster.
    TABLE_LAZY_INIT = 21,
    /// A `safewasm_collector_t`: the garbage collector. The default counts references.
    COLLECTOR = 22,
    /// Up to 2^32: the size of a store's heap of garbage-collected objects when the first is made. The
    /// default is 0: it grows as needed.
    GC_HEAP_INITIAL_SIZE = 23,
    /// As `SAFEWASM_OPTION_MEMORY_RESERVATION`, whose value is the default, for the heaps of
    /// garbage-collected objects.
    GC_HEAP_RESERVATION = 24,
    /// As `SAFEWASM_OPTION_MEMORY_GUARD_SIZE`, whose value is the default, for these heaps.
    GC_HEAP_GUARD_SIZE = 25,
    /// As `SAFEWASM_OPTION_MEMORY_RESERVATION_FOR_GROWTH`, whose value is the default, for these heaps.
    GC_HEAP_RESERVATION_FOR_GROWTH = 26,
    /// As `SAFEWASM_OPTION_MEMORY_MAY_MOVE`, whose value is the default, for these heaps.
    GC_HEAP_MAY_MOVE = 27,
    /// Up to 2^32: the size of the largest core dump. If it isn't 0, the error of a trap has a core
    /// dump, which `safewasm_error_coredump` gets. The default is 0.
    COREDUMP_SIZE = 28,
    /// A `safewasm_profiling_t`. The default is `SAFEWASM_PROFILING_NONE`. If the file can't be written,
    /// `safewasm_engine_new` fails.
    PROFILING_STRATEGY = 29,
}

pub(crate) use safewasm_option_t as Id;

/// The largest size of a part of the address space. Sums of a few such sizes don't overflow.
const MAX_SIZE: u64 = 1 << 46;

/// Each option, in the order of their numbers, with its largest value and its default.
const OPTIONS: [(Id, u64, u64); 30] = [
    (Id::DETERMINISTIC, 1, 0),
    (Id::NAN_CANONICALIZATION, 1, 0),
    (Id::RELAXED_SIMD_DETERMINISTIC, 1, 0),
    (Id::STRATEGY, 1, 0),
    (Id::CPU_LEVEL, 4, 0),
    (Id::INLINING, 1, 0),
    (Id::SINGLE_PASS_REGALLOC, 1, 0),
    (Id::PARALLEL_COMPILATION, 1, 1),
    (Id::DEBUG_VERIFIER, 1, 0),
    (Id::BRANCH_HINTING, 1, 0),
    (Id::NATIVE_UNWIND_INFO, 1, 1),
    (Id::DEBUG_SYMBOLS, 1, 1),
    (Id::ADDRESS_MAP, 1, 1),
    (Id::BACKTRACE_FRAMES, MAX_FRAMES as u64, MAX_FRAMES as u64),
    (Id::MEMORY_RESERVATION, MAX_SIZE, 4 << 30),
    (Id::MEMORY_GUARD_SIZE, MAX_SIZE, 32 << 20),
    (Id::MEMORY_RESERVATION_FOR_GROWTH, MAX_SIZE, 2 << 30),
    (Id::MEMORY_MAY_MOVE, 1, 1),
    (Id::GUARD_BEFORE_MEMORY, 1, 1),
    (Id::MEMORY_INIT_COW, 1, 1),
    (Id::MEMORY_IMAGE_SIZE, 4 << 30, 16 << 20),
    (Id::TABLE_LAZY_INIT, 1, 1),
    (Id::COLLECTOR, 2, 0),
    (Id::GC_HEAP_INITIAL_SIZE, 4 << 30, 0),
    (Id::GC_HEAP_RESERVATION, MAX_SIZE, 4 << 30),
    (Id::GC_HEAP_GUARD_SIZE, MAX_SIZE, 32 << 20),
    (Id::GC_HEAP_RESERVATION_FOR_GROWTH, MAX_SIZE, 2 << 30),
    (Id::GC_HEAP_MAY_MOVE, 1, 1),
    (Id::COREDUMP_SIZE, 4 << 30, 0),
    (Id::PROFILING_STRATEGY, 2, 0),
];

/// The options that were set.
#[derive(Clone, Default)]
pub(crate) struct Options([Option<u64>; OPTIONS.len()]);

impl Options {
    pub(crate) fn set(&mut self, option: u32, value: u64) -> Result<()> {
        let Some((id, max, _)) = OPTIONS.get(option as usize) else {
            let last = OPTIONS.len() - 1;
            return Err(invalid(format!(
                "`option` is {option}, which is no option: the options are 0 to {last}"
            )));
        };
        if value > *max {
            return Err(invalid(format!(
                "`value` is {value}, but SAFEWASM_OPTION_{id:?} is from 0 to {max}"
            )));
        }
        self.0[option as usize] = Some(value);
        Ok(())
    }

    /// The value that was set.
    pub(crate) fn given(&self, id: Id) -> Option<u64> {
        self.0[id as usize]
    }

    /// The value that was set, or the default.
    pub(crate) fn get(&self, id: Id) -> u64 {
        self.given(id).unwrap_or_else(|| match id {
            Id::NAN_CANONICALIZATION | Id::RELAXED_SIMD_DETERMINISTIC => {
                self.get(Id::DETERMINISTIC)
            }
            Id::GC_HEAP_RESERVATION => self.get(Id::MEMORY_RESERVATION),
            Id::GC_HEAP_GUARD_SIZE => self.get(Id::MEMORY_GUARD_SIZE),
            Id::GC_HEAP_RESERVATION_FOR_GROWTH => self.get(Id::MEMORY_RESERVATION_FOR_GROWTH),
            Id::GC_HEAP_MAY_MOVE => self.get(Id::MEMORY_MAY_MOVE),
            _ => OPTIONS[id as usize].2,
        })
    }

    /// How `perf` is told of compiled functions.
    pub(crate) fn perf(&self) -> Option<perf::Strategy> {
        match self.get(Id::PROFILING_STRATEGY) {
            0 => None,
            1 => Some(perf::Strategy::PerfMap),
            _ => Some(perf::Strategy::JitDump),
        }
    }

    pub(crate) fn is_on(&self, id: Id) -> bool {
        self.get(id) != 0
    }

    pub(crate) fn is_winch(&self) -> bool {
        self.is_on(Id::STRATEGY)
    }

    pub(crate) fn max_frames(&self) -> usize {
        self.get(Id::BACKTRACE_FRAMES) as usize
    }

    /// Sets all options in a config of Wasmtime.
    pub(crate) fn apply(&self, config: &mut Config) {
        self.apply_to_compiler(config);
        self.apply_to_memories(config);
        config.wasm_backtrace_max_frames(NonZeroUsize::new(self.max_frames()));
        config.coredump_on_trap(self.is_on(Id::COREDUMP_SIZE));
        config.table_lazy_init(self.is_on(Id::TABLE_LAZY_INIT));
        config.collector(match self.get(Id::COLLECTOR) {
            0 => Collector::DeferredReferenceCounting,
            1 => Collector::Null,
            _ => Collector::Copying,
        });
    }

    fn apply_to_compiler(&self, config: &mut Config) {
        config
            .strategy(if self.is_winch() { Strategy::Winch } else { Strategy::Cranelift })
            .cranelift_nan_canonicalization(self.is_on(Id::NAN_CANONICALIZATION))
            .relaxed_simd_deterministic(self.is_on(Id::RELAXED_SIMD_DETERMINISTIC))
            .compiler_inlining(if self.is_on(Id::INLINING) { Inlining::Yes } else { Inlining::No })
            .cranelift_regalloc_algorithm(match self.is_on(Id::SINGLE_PASS_REGALLOC) {
                true => RegallocAlgorithm::SinglePass,
                false => RegallocAlgorithm::Backtracking,
            })
            .parallel_compilation(self.is_on(Id::PARALLEL_COMPILATION))
            .cranelift_debug_verifier(self.is_on(Id::DEBUG_VERIFIER))
            .wasm_branch_hinting(self.is_on(Id::BRANCH_HINTING))
            .native_unwind_info(self.is_on(Id::NATIVE_UNWIND_INFO))
            .debug_symbols(self.is_on(Id::DEBUG_SYMBOLS))
            .generate_address_map(self.is_on(Id::ADDRESS_MAP));
        for feature in cpu_features_beyond(self.get(Id::CPU_LEVEL)) {
            // SAFETY: without a feature of the CPU, the compiler uses fewer instructions.
            unsafe { config.cranelift_flag_set(feature, "false") };
        }
    }

    fn apply_to_memories(&self, config: &mut Config) {
        config
            .memory_reservation(self.get(Id::MEMORY_RESERVATION))
            .memory_guard_size(self.get(Id::MEMORY_GUARD_SIZE))
            .memory_reservation_for_growth(self.get(Id::MEMORY_RESERVATION_FOR_GROWTH))
            .memory_may_move(self.is_on(Id::MEMORY_MAY_MOVE))
            .guard_before_linear_memory(self.is_on(Id::GUARD_BEFORE_MEMORY))
            .memory_init_cow(self.is_on(Id::MEMORY_INIT_COW))
            .memory_guaranteed_dense_image_size(self.get(Id::MEMORY_IMAGE_SIZE))
            .gc_heap_initial_size(self.get(Id::GC_HEAP_INITIAL_SIZE))
            .gc_heap_reservation(self.get(Id::GC_HEAP_RESERVATION))
            .gc_heap_guard_size(self.get(Id::GC_HEAP_GUARD_SIZE))
            .gc_heap_reservation_for_growth(self.get(Id::GC_HEAP_RESERVATION_FOR_GROWTH))
            .gc_heap_may_move(self.is_on(Id::GC_HEAP_MAY_MOVE));
    }

    /// An option with its value, as messages show it.
    pub(crate) fn shown(&self, id: Id) -> String {
        let value = self.get(id);
        match id {
            Id::STRATEGY if value == 1 => format!("SAFEWASM_OPTION_{id:?}=SAFEWASM_STRATEGY_WINCH"),
            _ if OPTIONS[id as usize].1 == 1 => format!("SAFEWASM_OPTION_{id:?}={}", value == 1),
            _ => format!("SAFEWASM_OPTION_{id:?}={value}"),
        }
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::INVALID_ARGUMENT, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_in_the_order_of_their_numbers_and_their_defaults_are_in_range() {
        for (number, (id, max, default)) in OPTIONS.iter().enumerate() {
            assert_eq!(*id as usize, number);
            assert!(default <= max, "{id:?}");
        }
    }
}
