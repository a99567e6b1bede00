//! Limits that the system sets on the process.

/// Whether the process may write files of a limited size only (`ulimit -f`).
pub(crate) fn is_file_size_limited() -> bool {
    let mut limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: `limit` is what the call writes.
    unsafe { libc::getrlimit(libc::RLIMIT_FSIZE, &raw mut limit) };
    limit.rlim_cur != libc::RLIM_INFINITY
}
