//! The optional features of CPUs, as the compiler names them, by the levels of x86-64.

/// The features of the levels 2, 3 and 4 of x86-64, and those of no level.
#[cfg(target_arch = "x86_64")]
const LEVELS: [&[&str]; 4] = [
    &["has_cmpxchg16b", "has_popcnt", "has_sse3", "has_ssse3", "has_sse41", "has_sse42"],
    &["has_avx", "has_avx2", "has_bmi1", "has_bmi2", "has_fma", "has_lzcnt"],
    &["has_avx512dq", "has_avx512f", "has_avx512vl"],
    &["has_avx512bitalg", "has_avx512vbmi", "has_avx512vnni", "has_avx_vnni"],
];

#[cfg(target_arch = "aarch64")]
const LEVELS: [&[&str]; 4] =
    [&[], &[], &[], &["has_lse", "has_pauth", "has_fp16", "has_dotprod", "has_i8mm"]];

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const LEVELS: [&[&str]; 4] = [&[]; 4];

/// The features that a level doesn't have. Level 0 has all.
pub(crate) fn cpu_features_beyond(level: u64) -> impl Iterator<Item = &'static str> {
    let levels = match level {
        0 => &[][..],
        level => &LEVELS[level as usize - 1..],
    };
    levels.iter().flat_map(|features| features.iter().copied())
}
