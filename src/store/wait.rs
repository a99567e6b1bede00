//! Waiting inside a call of wasm, for a future of a WASI function. All that ends wasm ends the wait.

use super::interrupt::Control;
use crate::engine::parked::{Parker, WakenByTicks};
use crate::wasi::timer;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// Polls the future on the calling thread until it is ready. An error if the call must end before; `control` is
/// its store's, if calls can be interrupted.
pub(crate) fn wait<R>(
    mut future: Pin<&mut impl Future<Output = R>>,
    control: Option<&Arc<Control>>,
) -> wasmtime::Result<R> {
    // Most futures are ready at once.
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Ok(result),
        Poll::Pending => wait_parked(future, control),
    }
}

#[cold]
#[inline(never)]
fn wait_parked<R>(
    mut future: Pin<&mut impl Future<Output = R>>,
    control: Option<&Arc<Control>>,
) -> wasmtime::Result<R> {
    let parker = Parker::of_this_thread();
    let waker = Waker::from(Arc::clone(&parker));
    let _ticks = control.map(|control| {
        WakenByTicks::begin(&control.engine, Arc::<Control>::clone(control), &parker)
    });
    loop {
        timer::take();
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Ok(result);
        }
        let wake_at = timer::take();
        if let Some(control) = control {
            control.check_after_host()?;
        }
        parker.wait(wake_at);
    }
}
