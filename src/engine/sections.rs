//! The sections of a module or a component that compiled code doesn't need.

use crate::error::text::Text;
use std::ops::Range;
use wasmparser::{Chunk, Parser, Payload};

/// Where the sections are in the bytes of a module or a component.
#[derive(Default)]
pub(crate) struct Sections {
    custom: Vec<(Text, Range<usize>)>,
    /// The offset of the code section.
    code: u64,
    has_start: bool,
    functions: usize,
}

impl Sections {
    /// Finds the sections of a module or a component, up to the first that is damaged. Of the code, it reads the size
    /// only. The functions of a component are those of all modules in it.
    pub(crate) fn of(wasm: &[u8]) -> Self {
        let mut inner = Vec::new();
        let mut sections = Self::read(wasm, &mut inner);
        while let Some(wasm) = inner.pop() {
            sections.functions += Self::read(wasm, &mut inner).functions;
        }
        sections
    }

    /// The sections of `wasm` itself. The modules and components in it are added to `inner`.
    fn read<'a>(wasm: &'a [u8], inner: &mut Vec<&'a [u8]>) -> Self {
        let mut sections = Self::default();
        let mut parser = Parser::new(0);
        let mut at = 0;
        while let Some(rest) = wasm.get(at..)
            && let Ok(Chunk::Parsed { consumed, payload }) = parser.parse(rest, true)
        {
            at += consumed;
            match payload {
                Payload::CustomSection(section) => {
                    let end = section.range().end;
                    let data = end - section.data().len()..end;
                    sections.custom.push((Text::new(section.name()), data));
                }
                Payload::CodeSectionStart { range, .. } => {
                    sections.code = range.start as u64;
                    parser.skip_section();
                    at = range.end;
                }
                Payload::FunctionSection(functions) => {
                    sections.functions += functions.count() as usize;
                }
                Payload::ModuleSection { unchecked_range: range, .. }
                | Payload::ComponentSection { unchecked_range: range, .. } => {
                    inner.extend(wasm.get(range.clone()));
                    at = range.end;
                }
                Payload::StartSection { .. } => sections.has_start = true,
                Payload::End(_) => break,
                _ => {}
            }
        }
        sections
    }

    /// The custom sections, with their names and where they are, in the order of the module.
    pub(crate) fn custom(&self) -> &[(Text, Range<usize>)] {
        &self.custom
    }

    /// The offset of the code section in the module.
    pub(crate) fn code(&self) -> u64 {
        self.code
    }

    /// The number of functions that the module defines.
    pub(crate) fn functions(&self) -> usize {
        self.functions
    }

    /// Whether the module has a start function.
    pub(crate) fn has_start(&self) -> bool {
        self.has_start
    }
}
