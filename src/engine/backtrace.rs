//! Backtraces of wasm: the frames that Wasmtime found, with lines from debug info.

use super::code::{Code, Codes};
use super::debuginfo::{self, Budget, Location};
use super::loops;
use crate::error::frame::{Frame, Frames};
use crate::error::hostfailure::HostFailure;
use crate::error::text::{LONGEST_NAME, Text, cut};
use wasmtime::{FrameInfo, Module, WasmBacktrace};

impl Frames {
    /// The frames of the call that ended with `error`. `outer` are the frames of the calls around it. `codes` is
    /// the code that the store has run. A backtrace has at most `max` frames.
    pub(crate) fn of_error(
        error: &wasmtime::Error,
        outer: &[FrameInfo],
        codes: &Codes,
        max: usize,
    ) -> Self {
        let backtrace = error.downcast_ref::<WasmBacktrace>();
        let frames = backtrace.map_or(&[][..], WasmBacktrace::frames);
        // An error that a host function returned has frames already, from calls inside of this one.
        let spent =
            error.downcast_ref::<HostFailure>().map_or(0, |failure| failure.report.frames_cost);
        Self::of(&frames[..own_frames(frames, outer, max)], codes, spent)
    }

    /// The frames that Wasmtime found, in a store that ran `codes`. Other frames of the same error have cost
    /// `spent`.
    fn of(found: &[FrameInfo], codes: &Codes, spent: u64) -> Self {
        let found: Vec<_> = found.iter().filter(|frame| !loops::is_own(frame)).collect();
        let mut budget = Budget::after(spent);
        let places: Vec<_> =
            found.iter().map(|frame| (frame.module(), frame.module_offset())).collect();
        let locations = locate(&places, codes, &mut budget);
        let mut frames = Vec::new();
        for (frame, mut locations) in found.iter().zip(locations) {
            budget.spend_on_inlined(&mut locations);
            frames.extend(Frame::of(frame, locations));
        }
        Self { frames, are_incomplete: budget.is_exceeded(), cost: budget.spent() }
    }
}

/// The files, lines and inlined calls at offsets in modules, as far as the budget allows.
fn locate(
    places: &[(&Module, Option<usize>)],
    codes: &Codes,
    budget: &mut Budget,
) -> Vec<Vec<Location>> {
    let mut locations = vec![Vec::new(); places.len()];
    // The places in each module, with their addresses in its code section.
    let mut modules: Vec<(&Code, Vec<(usize, u64)>)> = Vec::new();
    for (index, (module, offset)) in places.iter().enumerate() {
        let Some(code) = codes.with_lines(module) else { continue };
        let offset = offset.unwrap_or(0) as u64;
        let Some(address) = offset.checked_sub(code.sections().code()) else { continue };
        match modules.iter_mut().find(|(of, _)| std::ptr::eq(*of, &**code)) {
            Some((_, places)) => places.push((index, address)),
            None => modules.push((code, vec![(index, address)])),
        }
    }
    for (code, frames) in modules {
        let addresses: Vec<u64> = frames.iter().map(|(_, address)| *address).collect();
        let located = debuginfo::locate(|name| code.custom_section(name), &addresses, budget);
        for ((index, _), found) in frames.into_iter().zip(located) {
            locations[index] = found;
        }
    }
    locations
}

/// The number of frames, from the innermost on, that belong to the call itself. `outer` are the frames of the
/// calls around it. A backtrace has at most `max` frames.
fn own_frames(frames: &[FrameInfo], outer: &[FrameInfo], max: usize) -> usize {
    if frames.len() < max {
        return frames.len().saturating_sub(outer.len());
    }
    // The outermost frames are missing in both. The call's own frames end where the outer ones begin.
    let is_same = |a: &FrameInfo, b: &FrameInfo| {
        a.func_index() == b.func_index()
            && a.module_offset() == b.module_offset()
            && a.module().image_range() == b.module().image_range()
    };
    let are_outer = |rest: &[FrameInfo]| {
        rest.len() <= outer.len() && rest.iter().zip(outer).all(|(a, b)| is_same(a, b))
    };
    (1..frames.len()).find(|&own| are_outer(&frames[own..])).unwrap_or(frames.len())
}

impl Frame {
    /// The frame of a function, and before it a frame for each call that was inlined into the function.
    fn of(frame: &FrameInfo, mut locations: Vec<Location>) -> Vec<Self> {
        if locations.is_empty() {
            locations.push(Location::default());
        }
        // The outermost location is the function itself, and the module may have its name.
        if let (Some(function), Some(known)) = (locations.last_mut(), frame.func_name()) {
            function.func = Some(known.to_owned());
        }
        let of = |location: Location| Self {
            module_name: frame.module().name().map(name),
            func_name: location.func.as_deref().map(name),
            file: location.file.as_deref().map(name),
            module_offset: frame.module_offset().unwrap_or(0) as u64,
            func_offset: frame.func_offset().unwrap_or(0) as u64,
            func_index: frame.func_index(),
            line: location.line,
            column: location.column,
        };
        locations.into_iter().map(of).collect()
    }
}

/// A place in the code at which a function was found, for a profile.
pub(crate) struct Place {
    module: Module,
    frame: Frame,
    offset: Option<usize>,
}

impl Place {
    pub(crate) fn of(found: &FrameInfo) -> Option<Self> {
        let frame = Frame::of(found, Vec::new()).pop()?;
        Some(Self { module: found.module().clone(), frame, offset: found.module_offset() })
    }

    /// The frames of places, with the lines of the functions themselves and not of calls that are inlined into
    /// them. `codes` is the code that the store has run.
    pub(crate) fn frames(places: Vec<Self>, codes: &Codes) -> Vec<Frame> {
        let offsets: Vec<_> = places.iter().map(|place| (&place.module, place.offset)).collect();
        let locations = locate(&offsets, codes, &mut Budget::after(0));
        let of = |(place, locations): (Self, Vec<Location>)| {
            let Self { mut frame, .. } = place;
            if let Some(function) = locations.into_iter().next_back() {
                frame.func_name = frame.func_name.or(function.func.as_deref().map(name));
                frame.file = function.file.as_deref().map(name);
                (frame.line, frame.column) = (function.line, function.column);
            }
            frame
        };
        places.into_iter().zip(locations).map(of).collect()
    }
}

/// A name in a module, cut for a frame.
fn name(name: &str) -> Text {
    Text::new(cut(name, LONGEST_NAME))
}
