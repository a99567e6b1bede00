//! Frames of wasm backtraces.

use super::text::{Text, safewasm_text_t};

/// A frame of a wasm backtrace.
///
/// With `safewasm_config_set_backtrace_lines`, a call that the module's compiler had inlined is a
/// frame of its own, if the module's debug info records it. A text of more than 1,000 bytes is cut
/// and ends in an ellipsis (`…`).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct safewasm_frame_t {
    /// The module's name, if it has one.
    pub module_name: safewasm_text_t,
    /// The function's name from the debug info or from the module's name section, if either has it.
    pub func_name: safewasm_text_t,
    /// The source file, if the debug info has it; see `safewasm_config_set_backtrace_lines`.
    pub file: safewasm_text_t,
    /// The offset of the instruction in the module's bytes, or 0 if it is not known.
    pub module_offset: u64,
    /// The offset of the instruction in the function's body in bytes, or 0 if it is not known.
    pub func_offset: u64,
    /// The function's index in its module.
    pub func_index: u32,
    /// The line in `file`, counted from 1, or 0 if it is not known.
    pub line: u32,
    /// The column in the line, counted from 1, or 0 if it is not known.
    pub column: u32,
}

/// The most frames in the backtrace of a call.
pub(crate) const MAX_FRAMES: usize = 100;

/// The maximum number of frames in an error, of all calls that it went through.
pub(crate) const MAX_FRAMES_OF_ERROR: usize = 400;

/// A frame as an error keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) module_name: Option<Text>,
    pub(crate) func_name: Option<Text>,
    pub(crate) file: Option<Text>,
    pub(crate) module_offset: u64,
    pub(crate) func_offset: u64,
    pub(crate) func_index: u32,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// The frames of a call that failed, innermost first.
#[derive(Default)]
pub(crate) struct Frames {
    pub(crate) frames: Vec<Frame>,
    /// Whether some of them lack files, lines or inlined calls, since reading the debug info would cost too
    /// much.
    pub(crate) are_incomplete: bool,
    /// The cost of reading debug info for the whole error so far, in steps of its budget.
    pub(crate) cost: u64,
}

impl Frame {
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
