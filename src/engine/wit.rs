//! The interfaces of components, as text for people.

use crate::process::unwind::caught;
use crate::process::{panics, threadpool};
use wit_component::WitPrinter;
use wit_parser::decoding::{DecodedWasm, decode};

/// The world of a component and the packages that it uses, in WIT. `None` if the decoder doesn't understand the
/// component.
pub(super) fn text(wasm: &[u8]) -> Option<String> {
    // The decoder may panic.
    threadpool::with_stack(|| panics::within(|| caught(|| world(wasm)))).ok()??
}

fn world(wasm: &[u8]) -> Option<String> {
    let DecodedWasm::Component(resolve, world) = decode(wasm).ok()? else { return None };
    let main = resolve.worlds[world].package?;
    let others: Vec<_> =
        resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != main).collect();
    let mut printer = WitPrinter::default();
    printer.print(&resolve, main, &others).ok()?;
    Some(printer.output.to_string())
}
