//! WASI streams: where a program's standard input comes from, and where its output goes.
//!
//! Each of a program's three streams is empty or discarded at first. It can be one of the process,
//! a file, a file descriptor, bytes, an output buffer or a callback. The last one that was set
//! counts.
//!
//! A read or write that waits ends when the call's time is over or the store is interrupted. A
//! program that writes to a pipe or socket that nobody reads ends like a process that the signal
//! SIGPIPE ends, with the exit status 141; the process itself never gets that signal. After any
//! other error of the system the program gets the error's number.
//!
//! Example: examples/wasi.c

pub use crate::kinds::safewasm_buffer_t;
pub use crate::wasi::streams::callback::{safewasm_read_callback_t, safewasm_write_callback_t};
pub use crate::wasi::streams::safewasm_wasi_stream_t;

use crate::abi::args::{Nullable, copied, utf8};
use crate::abi::boundary::{Out, boundary};
use crate::engine::bytes::Bytes;
use crate::error::Result;
use crate::kinds::{safewasm_bytes_t, safewasm_error_t, safewasm_wasi_t};
use crate::process::finalizer::{Env, run_after, safewasm_finalizer_t};
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::types::boolean::BoolArg;
use crate::wasi::streams::buffer::OutputBuffer;
use crate::wasi::streams::bytes::GivenBytes;
use crate::wasi::streams::callback::{ReadCallback, WriteCallback};
use crate::wasi::streams::descriptor::Descriptor;
use crate::wasi::streams::file::open_file;
use crate::wasi::streams::{Input, Output, Stream, Streams};
use std::ffi::c_void;
use std::os::raw::c_char;

/// Connects a stream of the program to the same stream of the process, as it is at this call:
/// `stream` is a `safewasm_wasi_stream_t`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` for another number; `SAFEWASM_ERROR_IO` if the process has
/// closed the stream, or has too many open files.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_wasi_inherit_stream(
    wasi: *mut safewasm_wasi_t,
    stream: u32,
) -> *mut safewasm_error_t {
    set(wasi, |streams| {
        let stream = Stream::of(stream)?;
        streams.set_descriptor(stream, Descriptor::inherited(stream)?);
        Ok(())
    })
}

/// Connects a stream of the program to a file, which is opened by this call. `stream` is a
/// `safewasm_wasi_stream_t`, and `path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`).
///
/// A file for standard output or standard error is created if it doesn't exist. It is emptied,
/// unless `append` is true: then all output goes to its end. Two streams that share a file need
/// `append` for both, or one file descriptor (`safewasm_wasi_set_stream_fd`). A named pipe for
/// standard input may have no writer yet; one for output must have a reader.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` for another number, for a `path` that isn't UTF-8 or has a
/// NUL, and if `append` is true for standard input; `SAFEWASM_ERROR_IO` if the file can't be opened
/// or is a folder.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wasi_set_stream_file(
    wasi: *mut safewasm_wasi_t,
    stream: u32,
    path: *const c_char,
    path_len: usize,
    append: BoolArg,
) -> *mut safewasm_error_t {
    set(wasi, |streams| {
        let stream = Stream::of(stream)?;
        // SAFETY: the header demands `path_len` bytes, or a NUL, at a `path` that isn't NULL.
        let path = unsafe { utf8(path, path_len, "path") }?;
        streams.set_descriptor(stream, open_file(stream, path, append.get())?);
        Ok(())
    })
}

/// Connects a stream of the program to the file descriptor `fd`, which must be open for the
/// stream's direction: of a pipe, a socket, a terminal, a device or a file. The library duplicates
/// it; the caller may close its own at once. The duplicate is closed when the program closes the
/// stream, or with the store. `stream` is a `safewasm_wasi_stream_t`.
///
/// The descriptor may be blocking or non-blocking, and the library never changes that, since other
/// processes may share it. Where the library can't open a pipe again by `/proc/self/fd`, and for
/// devices, it asks the system whether the descriptor is ready, and then reads or writes it. If
/// another process takes the bytes or the room in between, the thread waits in the system for the
/// next ones, where the system can't refuse that; time limits and interrupts wait with it.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` for another number, and if `fd` isn't open for the direction;
/// `SAFEWASM_ERROR_IO` if `fd` isn't open, or the process has too many open files.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_wasi_set_stream_fd(
    wasi: *mut safewasm_wasi_t,
    stream: u32,
    fd: i32,
) -> *mut safewasm_error_t {
    set(wasi, |streams| {
        let stream = Stream::of(stream)?;
        streams.set_descriptor(stream, Descriptor::given(fd, stream)?);
        Ok(())
    })
}

/// Gives the program the `len` bytes at `bytes` as its standard input. They are copied.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `len` is more than any object has.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wasi_set_stdin_bytes(
    wasi: *mut safewasm_wasi_t,
    bytes: Nullable<*const u8>,
    len: usize,
) -> *mut safewasm_error_t {
    set(wasi, |streams| {
        // SAFETY: the header demands `len` bytes at a `bytes` that isn't NULL.
        let bytes = unsafe { copied(bytes, len, "bytes") }?;
        streams.set_input(Input::Bytes(GivenBytes::new(bytes)));
        Ok(())
    })
}

/// Has the program read its standard input from `callback`, which gets `env`. The library calls
/// `finalizer` with `env` when the callback is no longer needed, also if this function fails.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wasi_set_stdin_callback(
    wasi: *mut safewasm_wasi_t,
    callback: safewasm_read_callback_t,
    env: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    set(wasi, |streams| {
        streams.set_input(Input::Callback(ReadCallback::new(callback, env)?));
        Ok(())
    })
}

/// Has the program's standard output or standard error go to `callback`, which gets `env`. The
/// library calls `finalizer` with `env` when the callback is no longer needed, also if this
/// function fails. `stream` is `SAFEWASM_WASI_STDOUT` or `SAFEWASM_WASI_STDERR`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` for another number.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wasi_set_stream_callback(
    wasi: *mut safewasm_wasi_t,
    stream: u32,
    callback: safewasm_write_callback_t,
    env: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    set(wasi, |streams| {
        let stream = Stream::output_of(stream)?;
        let callback = WriteCallback::new(callback, env)?;
        streams.set_output(stream, Output::Callback(callback));
        Ok(())
    })
}

/// Has the program's standard output or standard error go to an output buffer. Both may go to the
/// same one, and so may the streams of several programs. `stream` is `SAFEWASM_WASI_STDOUT`
/// or `SAFEWASM_WASI_STDERR`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` for another number.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_wasi_set_stream_buffer(
    wasi: *mut safewasm_wasi_t,
    stream: u32,
    buffer: *mut safewasm_buffer_t,
) -> *mut safewasm_error_t {
    set(wasi, |streams| {
        let stream = Stream::output_of(stream)?;
        streams.set_output(stream, Output::Buffer(buffer.get("buffer")?));
        Ok(())
    })
}

/// Limits what the program may write to its standard output and standard error together, to
/// `bytes` bytes. A write beyond that writes what the limit allows, and then ends the call with an
/// error of kind `SAFEWASM_ERROR_LIMIT`. There is no limit at first.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_wasi_set_output_limit(
    wasi: *mut safewasm_wasi_t,
    bytes: u64,
) -> *mut safewasm_error_t {
    set(wasi, |streams| {
        streams.set_limit(bytes);
        Ok(())
    })
}

/// Creates an output buffer that holds at most `limit` bytes at a time. A program's write that
/// needs more fills the buffer, and then ends the call with an error of kind
/// `SAFEWASM_ERROR_LIMIT`. What is taken makes room.
///
/// On success `*buffer_out` is a new output buffer; delete it with `safewasm_buffer_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_buffer_new(
    limit: u64,
    buffer_out: *mut *mut safewasm_buffer_t,
) -> *mut safewasm_error_t {
    boundary(Out("buffer_out", buffer_out), || registry::insert(OutputBuffer::new(limit)))
}

/// Takes all bytes out of an output buffer. A program may write to it at the same time.
///
/// On success `*bytes_out` is a new bytes object with what was written since the last call; delete
/// it with `safewasm_bytes_delete`. On failure it is NULL, and the buffer keeps its bytes.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_buffer_take(
    buffer: *mut safewasm_buffer_t,
    bytes_out: *mut *mut safewasm_bytes_t,
) -> *mut safewasm_error_t {
    boundary(Out("bytes_out", bytes_out), || {
        let buffer = buffer.get("buffer")?;
        registry::insert(Bytes(buffer.take()))
    })
}

/// Gets the number of bytes in an output buffer.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_buffer_len(
    buffer: *mut safewasm_buffer_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(buffer.get("buffer")?.len()))
}

/// Returns true if `buffer` is an output buffer that has not been deleted. Never fails. May be
/// called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_buffer_is_valid(buffer: *mut safewasm_buffer_t) -> bool {
    quietly(|| buffer.is_valid())
}

/// Deletes the handle `buffer`. Programs that write to the buffer keep it alive. Does nothing if
/// `buffer` is NULL or was deleted already. Never fails and never waits. May be called from any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_buffer_delete(buffer: *mut safewasm_buffer_t) {
    quietly(|| buffer.delete());
}

/// Changes the streams of a WASI config. Finalizers of callbacks run afterwards.
fn set(
    wasi: *mut safewasm_wasi_t,
    change: impl FnOnce(&mut Streams) -> Result<()>,
) -> *mut safewasm_error_t {
    boundary((), || run_after(|| wasi.get("wasi")?.with(|settings| change(settings.streams()))))
}
