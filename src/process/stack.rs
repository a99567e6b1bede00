//! Stacks of threads and coroutines: where they end, and whether wasm has enough of them.

use super::thread::{THREAD, Thread, is_main};
use super::{Failure, cancellation, fault};
use std::mem::MaybeUninit;
use std::ptr;
use wasmtime::Engine;

/// The bytes that host functions, the library itself and signal handlers need below the stack of wasm.
const STACK_MARGIN: usize = 256 << 10;

#[derive(Clone, Copy)]
pub(super) struct Stack {
    pub(super) low: usize,
    pub(super) len: usize,
}

/// Checks that the stack in use has the `wasm` bytes that Wasmtime will let wasm use.
///
/// Wasmtime subtracts `max_wasm_stack` from the stack pointer without checking where the stack ends. On a
/// small stack, or deep in one, runaway recursion would then hit the guard page and end the process.
/// `runtime` returns the bounds of a stack that isn't the thread's own (a coroutine's); a stack that neither
/// it nor the system knows is refused. The system is asked once per thread.
#[inline(always)]
pub(crate) fn check_stack(
    wasm: usize,
    runtime: impl FnOnce() -> Option<(usize, usize)>,
) -> Result<(), Failure> {
    let stack = THREAD.with(|thread| thread.stack.get());
    let left = here().wrapping_sub(stack.low);
    if left < stack.len && left >= wasm + STACK_MARGIN {
        return Ok(());
    }
    check_stack_slowly(wasm, runtime)
}

#[cold]
#[inline(never)]
fn check_stack_slowly(
    wasm: usize,
    runtime: impl FnOnce() -> Option<(usize, usize)>,
) -> Result<(), Failure> {
    if !THREAD.with(|thread| thread.is_ready.get()) {
        get_ready()?;
    }
    let own = THREAD.with(|thread| thread.own_stack.get());
    if check_stack_between(own.low, own.low + own.len, wasm)? {
        return Ok(());
    }
    match runtime() {
        Some((low, high)) if check_stack_between(low, high, wasm)? => Ok(()),
        Some(_) => Err(foreign(
            "the stack that `task_stack` or `task_bounds` of its hooks (`safewasm_config_set_hooks`) \
             reports is another one",
        )),
        None => Err(foreign(
            "no hook says where it ends; set `task_stack` or `task_bounds` by \
             `safewasm_config_set_hooks`, or call on the thread's own stack",
        )),
    }
}

/// Whether the stack between these bounds is the one in use. An error if it is and too little of it is left.
fn check_stack_between(low: usize, high: usize, wasm: usize) -> Result<bool, Failure> {
    let here = here();
    let needed = wasm + STACK_MARGIN;
    let is_here = here >= low && here < high;
    if is_here && here - low < needed {
        return Err(Failure::StackExhausted { left: here - low, needed });
    }
    Ok(is_here)
}

fn foreign(why: &str) -> Failure {
    Failure::Unsupported(format!(
        "wasm can't run on this stack: it is not the thread's own stack (but the stack of a coroutine or \
         of a signal handler), and {why}"
    ))
}

/// Whether the frame that `address` points into is gone: both it and the calling function are on the thread's
/// own stack, and the calling function is further out.
pub(crate) fn has_left_the_stack<T>(address: *const T) -> bool {
    let own = THREAD.with(|thread| thread.own_stack.get());
    let is_on_it = |address: usize| address.wrapping_sub(own.low) < own.len;
    is_on_it(address as usize) && is_on_it(here()) && (address as usize) < here()
}

/// Whether that many bytes of the thread's own stack are left. False on any other stack.
pub(crate) fn has_room(bytes: usize) -> bool {
    THREAD.with(|thread| {
        let stack = know_own_stack(thread);
        let left = here().wrapping_sub(stack.low);
        left < stack.len && left >= bytes
    })
}

/// The thread's own stack. The system is asked once.
fn know_own_stack(thread: &Thread) -> Stack {
    if thread.own_stack.get().len == 0
        && let Some(stack) = own_stack()
    {
        thread.own_stack.set(stack);
    }
    thread.own_stack.get()
}

/// An address in the stack that is in use.
#[inline(always)]
fn here() -> usize {
    let marker = MaybeUninit::<u8>::uninit();
    marker.as_ptr() as usize
}

/// Makes the thread ready to run wasm. If the program blocks the signals of faults, they stay blocked until
/// Wasmtime's handlers are installed; until then each call comes here.
fn get_ready() -> Result<(), Failure> {
    let _no_cancel = cancellation::delay();
    let has_begun = THREAD.with(|thread| thread.has_begun.get());
    if !has_begun {
        begin()?;
    } else if !fault::is_installed() {
        return Ok(());
    }
    if fault::allow_faults() {
        THREAD.with(|thread| {
            thread.stack.set(thread.own_stack.get());
            thread.is_ready.set(true);
        });
    }
    Ok(())
}

/// Prepares Wasmtime for the thread, and remembers the thread's stack.
fn begin() -> Result<(), Failure> {
    try_signal_stack()?;
    Engine::tls_eager_initialize();
    THREAD.with(|thread| {
        // If the system doesn't tell, every stack counts as foreign.
        know_own_stack(thread);
        thread.has_begun.set(true);
    });
    Ok(())
}

/// Checks that the thread can have a signal stack. Wasmtime gives each thread one, and panics if it can't.
fn try_signal_stack() -> Result<(), Failure> {
    // The size of Wasmtime's signal stack, with the pages around it.
    const LEN: usize = 320 << 10;
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: the mapping is new and only used here, and is unmapped in full once it is no longer the
    // signal stack.
    let (is_mapped, error) = unsafe {
        let mapped = libc::mmap(ptr::null_mut(), LEN, access, flags, -1, 0);
        if mapped == libc::MAP_FAILED {
            (false, 0)
        } else {
            let new = libc::stack_t { ss_sp: mapped, ss_flags: 0, ss_size: LEN };
            let mut old = MaybeUninit::<libc::stack_t>::uninit();
            let error = if libc::sigaltstack(&new, old.as_mut_ptr()) == 0 {
                libc::sigaltstack(old.as_ptr(), ptr::null_mut())
            } else {
                *libc::__errno_location()
            };
            libc::munmap(mapped, LEN);
            (true, error)
        }
    };
    if is_mapped && error == 0 {
        return Ok(());
    }
    let why = if is_mapped {
        format!(
            "the system refuses to give this thread a signal stack (`sigaltstack`: {})",
            std::io::Error::from_raw_os_error(error)
        )
    } else {
        "no memory is left for a signal stack of this thread".to_owned()
    };
    Err(Failure::Limit(why))
}

/// The bounds of the calling thread's own stack.
fn own_stack() -> Option<Stack> {
    // A stack of this size may reach down to the next mapping. The system keeps a gap between that and the
    // main thread's stack.
    const LARGE: usize = 64 << 20;
    const GAP: usize = 1 << 20;
    let Stack { low, len } = whole_own_stack().or_else(main_stack)?;
    Some(if len < LARGE { Stack { low, len } } else { Stack { low: low + GAP, len: len - GAP } })
}

/// The bounds of the main thread's stack, for when the C library fails to open the file that has them.
fn main_stack() -> Option<Stack> {
    const USUAL: usize = 8 << 20;
    if !is_main() {
        return None;
    }
    // SAFETY: the call writes `limit` before it is read.
    let (at_the_top, limit) = unsafe {
        let mut limit = MaybeUninit::<libc::rlimit>::uninit();
        if libc::getrlimit(libc::RLIMIT_STACK, limit.as_mut_ptr()) != 0 {
            return None;
        }
        (libc::getauxval(libc::AT_EXECFN) as usize, limit.assume_init().rlim_cur)
    };
    let len = usize::try_from(limit).unwrap_or(USUAL);
    let len = if limit == libc::RLIM_INFINITY { USUAL } else { len }.min(at_the_top);
    Some(Stack { low: at_the_top - len, len })
}

fn whole_own_stack() -> Option<Stack> {
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut low = ptr::null_mut();
    let mut len = 0;
    // SAFETY: the first call initialises `attributes` if it succeeds, the second reads them, and the
    // third frees them.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let found = libc::pthread_attr_getstack(attributes.as_ptr(), &mut low, &mut len);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        (found == 0).then_some(Stack { low: low as usize, len })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_stack_is_refused() {
        let refused = std::thread::Builder::new()
            .stack_size(256 << 10)
            .spawn(|| check_stack(512 << 10, || None).unwrap_err())
            .unwrap()
            .join()
            .unwrap();
        assert!(matches!(refused, Failure::StackExhausted { .. }), "{refused:?}");
        assert!(check_stack(512 << 10, || None).is_ok());
    }
}
