//! Profiles: how often a store was found in which functions, for viewers and as data.
//!
//! Example: examples/profile.c

pub use crate::kinds::safewasm_profile_t;
pub use crate::store::profile::{safewasm_profile_data_t, safewasm_sample_t};

use crate::abi::boundary::{Out, boundary};
use crate::engine::bytes::Bytes;
use crate::kinds::{safewasm_bytes_t, safewasm_error_t, safewasm_store_t};
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::store::recorder::Recorder;

/// Starts to record a profile of `store`: a sample of the functions that are being called, each
/// `interval` nanoseconds while wasm runs in the store. `interval` is at least 100,000; 0 means
/// 1,000,000, a thousand samples a second.
///
/// A sample is taken when wasm next reaches a loop or the start of a function, and has the innermost
/// functions, as many as a backtrace. When a host function returns and an interval has passed, a
/// sample is taken whose innermost frame stands for the host function. Time between calls isn't
/// sampled. The profile ends with `safewasm_store_profile_stop`; if the store is deleted before, it
/// is lost. In a forked child no samples are taken.
///
/// The profile keeps at most `max_samples` samples, up to 10,000,000; 0 means 100,000. It also keeps
/// at most 16 times as many frames of different stacks, and 16,384 places in the code. Samples for
/// which there is no room are counted and dropped.
///
/// Meanwhile each store of the engine checks whether its calls must end each `interval` nanoseconds.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` for a number that is out of range, and if a profile of the store
/// is recorded already; `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch
/// interruption, or no backtraces; `SAFEWASM_ERROR_LIMIT` if the system has no thread left for the
/// clock; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_profile_start(
    store: *mut safewasm_store_t,
    interval: u64,
    max_samples: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        Recorder::start(&mut registry::enter_store(store, "store")?, interval, max_samples)
    })
}

/// Ends the profile that is recorded of `store`. A host function may call it too.
///
/// On success `*profile_out` is a new profile; delete it with `safewasm_profile_delete`. On failure
/// it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
/// if no profile is recorded; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_profile_stop(
    store: *mut safewasm_store_t,
    profile_out: *mut *mut safewasm_profile_t,
) -> *mut safewasm_error_t {
    boundary(Out("profile_out", profile_out), || {
        registry::insert(Recorder::stop(&mut registry::enter_store(store, "store")?)?)
    })
}

/// Gets a profile as data: samples, their stacks, and the frames in them.
///
/// On success `*data_out` has the data, which live until `safewasm_profile_delete`. On failure it is
/// all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_profile_data(
    profile: *mut safewasm_profile_t,
    data_out: *mut safewasm_profile_data_t,
) -> *mut safewasm_error_t {
    boundary(Out("data_out", data_out), || Ok(profile.get("profile")?.data()))
}

/// Writes a profile in the format of the Firefox profiler, as JSON that <https://profiler.firefox.com>
/// opens. Names of more than 200 bytes are cut, and control characters in them are escaped. Mangled
/// names stay as they are.
///
/// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure
/// it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`, also
/// for more than 2,000,000 samples, or places in their stacks.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_profile_firefox(
    profile: *mut safewasm_profile_t,
    bytes_out: *mut *mut safewasm_bytes_t,
) -> *mut safewasm_error_t {
    boundary(Out("bytes_out", bytes_out), || {
        registry::insert(Bytes(profile.get("profile")?.firefox()?))
    })
}

/// Writes a profile as collapsed stacks, the text that programs for flame graphs read: for each
/// different stack a line with its functions, outermost first and with semicolons between them, a
/// space, and its weight. Names are as in `safewasm_profile_firefox`; a semicolon in a name becomes a
/// colon.
///
/// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure
/// it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`, also
/// if the text would have more than 256 MiB.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_profile_collapsed(
    profile: *mut safewasm_profile_t,
    bytes_out: *mut *mut safewasm_bytes_t,
) -> *mut safewasm_error_t {
    boundary(Out("bytes_out", bytes_out), || {
        registry::insert(Bytes(profile.get("profile")?.collapsed()?))
    })
}

/// Returns true if `profile` is a profile that has not been deleted. Never fails. May be called from
/// any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_profile_is_valid(profile: *mut safewasm_profile_t) -> bool {
    quietly(|| profile.is_valid())
}

/// Deletes `profile`. Does nothing if `profile` is NULL or was deleted already. Never fails and never
/// waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_profile_delete(profile: *mut safewasm_profile_t) {
    quietly(|| profile.delete());
}
