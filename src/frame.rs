//! Frames of wasm backtraces.

use crate::rowloop;
use crate::text::{LONGEST_NAME, Text, cut, safewasm_text_t};

/// One frame of a wasm backtrace. A call that the compiler of the module had inlined, as its debug
/// info says, is a frame of its own.
///
/// A text of more than 1,000 bytes is cut, and ends in an ellipsis (`…`).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct safewasm_frame_t {
    /// The module's name, if it has one.
    pub module_name: safewasm_text_t,
    /// The function's name, from debug info or the module's name section, if it is known.
    pub func_name: safewasm_text_t,
    /// The source file, where debug info has it.
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

impl Frame {
    pub(crate) fn of(frame: &wasmtime::FrameInfo) -> Vec<Self> {
        if rowloop::is_own(frame) {
            return Vec::new();
        }
        let whole = Self {
            module_name: frame.module().name().map(name),
            func_name: frame.func_name().map(name),
            file: None,
            module_offset: frame.module_offset().unwrap_or(0) as u64,
            func_offset: frame.func_offset().unwrap_or(0) as u64,
            func_index: frame.func_index(),
            line: 0,
            column: 0,
        };
        if frame.symbols().is_empty() {
            return vec![whole];
        }
        let of_symbol = |symbol: &wasmtime::FrameSymbol| Self {
            module_name: frame.module().name().map(name),
            func_name: symbol.name().or_else(|| frame.func_name()).map(Text::new),
            file: symbol.file().map(Text::new),
            line: symbol.line().unwrap_or(0),
            column: symbol.column().unwrap_or(0),
            ..whole
        };
        frame.symbols().iter().map(of_symbol).collect()
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
