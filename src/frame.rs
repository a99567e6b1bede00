//! Frames of wasm backtraces.

use crate::code::Codes;
use crate::debuginfo::{self, Budget, Location};
use crate::rowloop;
use crate::sections::Sections;
use crate::text::{LONGEST_NAME, Text, cut, safewasm_text_t};

/// One frame of a wasm backtrace. A call that the compiler of the module had inlined, as its debug
/// info says, is a frame of its own if the config asks for that
/// (`safewasm_config_set_backtrace_lines`).
///
/// A text of more than 1,000 bytes is cut, and ends in an ellipsis (`…`).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct safewasm_frame_t {
    /// The module's name, if it has one.
    pub module_name: safewasm_text_t,
    /// The function's name, from debug info or the module's name section, if it is known.
    pub func_name: safewasm_text_t,
    /// The source file, where debug info has it; see `safewasm_config_set_backtrace_lines`.
    pub file: safewasm_text_t,
    /// The instruction's offset in the module's bytes; 0 where it is not known.
    pub module_offset: u64,
    /// The instruction's offset in the function's body, in bytes; 0 where it is not known.
    pub func_offset: u64,
    /// The function's index in its module.
    pub func_index: u32,
    /// The line in `file`, from 1; 0 where it is not known.
    pub line: u32,
    /// The column in that line, from 1; 0 where it is not known.
    pub column: u32,
}

/// How many frames a backtrace has at most, for one call.
pub(crate) const MAX_FRAMES: usize = 100;

/// A frame as an error keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    module_name: Option<Text>,
    func_name: Option<Text>,
    file: Option<Text>,
    module_offset: u64,
    func_offset: u64,
    func_index: u32,
    line: u32,
    column: u32,
}

/// The frames that a call left, innermost first.
#[derive(Default)]
pub(crate) struct Frames {
    pub(crate) frames: Vec<Frame>,
    /// Whether some of them lack what the debug info says, as reading it would take too much.
    pub(crate) are_incomplete: bool,
}

impl Frames {
    /// The frames that Wasmtime found, in a store that ran `codes`.
    pub(crate) fn of(found: &[wasmtime::FrameInfo], codes: &Codes) -> Self {
        let found: Vec<_> = found.iter().filter(|frame| !rowloop::is_own(frame)).collect();
        let mut budget = Budget::new();
        let mut locations = vec![Vec::new(); found.len()];
        // The frames of each module, with their addresses in its code section.
        let mut modules: Vec<(&Sections, Vec<(usize, u64)>)> = Vec::new();
        for (index, frame) in found.iter().enumerate() {
            let Some(sections) = codes.debug(frame.module()) else { continue };
            let offset = frame.module_offset().unwrap_or(0) as u64;
            let Some(address) = offset.checked_sub(sections.code()) else { continue };
            match modules.iter_mut().find(|(of, _)| std::ptr::eq(*of, &**sections)) {
                Some((_, frames)) => frames.push((index, address)),
                None => modules.push((sections, vec![(index, address)])),
            }
        }
        for (sections, frames) in modules {
            let addresses: Vec<u64> = frames.iter().map(|(_, address)| *address).collect();
            let located = debuginfo::locate(|name| sections.find(name), &addresses, &mut budget);
            for ((index, _), found) in frames.into_iter().zip(located) {
                locations[index] = found;
            }
        }
        let mut frames = Vec::new();
        for (frame, mut locations) in found.iter().zip(locations) {
            budget.spend_on_inlined(&mut locations);
            frames.extend(Frame::of(frame, locations));
        }
        Self { frames, are_incomplete: budget.is_exceeded() }
    }
}

impl Frame {
    /// A function's frame, or one for each of the calls that it was inlined by.
    fn of(frame: &wasmtime::FrameInfo, mut locations: Vec<Location>) -> Vec<Self> {
        if locations.is_empty() {
            locations.push(Location::default());
        }
        // The outermost one is the function that the module has.
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

    pub(crate) fn view(&self) -> safewasm_frame_t {
        let view = |text: &Option<Text>| text.as_ref().map_or(safewasm_text_t::NONE, Text::view);
        safewasm_frame_t {
            module_name: view(&self.module_name),
            func_name: view(&self.func_name),
            file: view(&self.file),
            module_offset: self.module_offset,
            func_offset: self.func_offset,
            func_index: self.func_index,
            line: self.line,
            column: self.column,
        }
    }
}

/// A name of a module's, as a frame keeps it.
fn name(name: &str) -> Text {
    Text::new(cut(name, LONGEST_NAME))
}
