//! The sections of a module that compiled code doesn't need.

use crate::error::text::Text;
use wasmparser::{Parser, Payload};

pub(crate) struct Sections {
    custom: Vec<(Text, Box<[u8]>)>,
    /// The offset of the code section in the module.
    code: u64,
    has_start: bool,
}

impl Sections {
    /// Reads the sections of a valid module.
    pub(crate) fn of(wasm: &[u8]) -> Self {
        let mut sections = Self { custom: Vec::new(), code: 0, has_start: false };
        for part in Parser::new(0).parse_all(wasm) {
            match part {
                Ok(Payload::CustomSection(section)) => {
                    sections.custom.push((Text::new(section.name()), section.data().into()));
                }
                Ok(Payload::CodeSectionStart { range, .. }) => sections.code = range.start as u64,
                Ok(Payload::StartSection { .. }) => sections.has_start = true,
                _ => {}
            }
        }
        sections
    }

    /// The custom sections with their names, in the order of the module.
    pub(crate) fn custom(&self) -> &[(Text, Box<[u8]>)] {
        &self.custom
    }

    /// The bytes of the first custom section of that name; empty if there is none.
    pub(crate) fn find(&self, name: &str) -> &[u8] {
        let found = self.custom.iter().find(|(of, _)| of.as_str() == name);
        found.map_or(&[], |(_, bytes)| bytes)
    }

    /// The offset of the code section in the module.
    pub(crate) fn code(&self) -> u64 {
        self.code
    }

    /// Whether the module has a start function.
    pub(crate) fn has_start(&self) -> bool {
        self.has_start
    }
}
