//! The configuration of wasm-smith: which features the modules use, and how large they are.

use wasm_smith::{Config, MemoryOffsetChoices};

/// Draws a configuration: all features that the library has, or some of them. Modules are so small that
/// compiling and comparing them is fast.
pub fn random(random: &mut fastrand::Rng) -> Config {
    let mut config = Config::default();
    // Most modules may use everything. The others use some features, and these more often.
    if random.u8(..4) == 0 {
        config.gc_enabled = random.bool();
        config.exceptions_enabled = random.bool();
        config.simd_enabled = random.bool();
        config.relaxed_simd_enabled = config.simd_enabled;
        config.memory64_enabled = random.bool();
        config.tail_call_enabled = random.bool();
        config.wide_arithmetic_enabled = random.bool();
        config.allow_floats = random.bool();
    }
    // Only in some modules: the many instructions for shared memories would displace the others, and modules
    // with a wait are made again.
    config.threads_enabled = random.u8(..6) == 0;
    config.custom_page_sizes_enabled = random.bool();
    // Wasmtime has none of these.
    config.compact_imports_enabled = false;
    config.custom_descriptors_enabled = false;
    config.shared_everything_threads_enabled = false;
    config.acquire_release_atomics_enabled = false;
    config.multibyte_array_access_enabled = false;

    config.export_everything = true;
    config.allow_start_export = random.u8(..3) == 0;
    config.min_funcs = 1;
    config.max_funcs = random.usize(2..24);
    config.max_instructions = random.usize(20..200);
    config.max_imports = random.usize(0..12);
    config.max_types = random.usize(4..40);
    config.min_types = 2;
    config.max_globals = 12;
    config.max_tags = 4;
    config.max_memories = random.usize(1..4);
    config.min_memories = random.u32(..2);
    config.max_tables = random.usize(1..4);
    config.min_tables = random.u32(..2);
    config.max_table_elements = 60;
    config.max_memory32_bytes = 5 << 16;
    config.max_memory64_bytes = 5 << 16;
    config.max_data_segments = 6;
    config.max_element_segments = 6;
    config.max_elements = 20;
    config.limit_arrays_in_const_exprs = true;
    // If instructions that could trap are guarded by checks, functions run for longer.
    config.disallow_traps = random.bool();
    config.memory_offset_choices = MemoryOffsetChoices(75, 24, 1);
    config.generate_custom_sections = random.u8(..8) == 0;
    config
}
