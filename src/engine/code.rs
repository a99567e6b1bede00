//! Compiled code, and its addresses for as long as it can run.

use crate::engine::sections::Sections;
use crate::process::{forks, ranges};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use wasmtime::Module;

/// Where the bytes are from which a module was compiled.
pub(crate) enum Wasm {
    /// The module has them to itself.
    Own(Vec<u8>),
    /// At these offsets in the image of the module's code: it was loaded from an artifact.
    InImage(Range<usize>),
}

/// The code of a compiled module. The module's handle keeps it, and so does each store in which the module
/// was instantiated: instances outlive the handle.
pub(crate) struct Code {
    range: &'static ranges::Entry,
    /// `None` only while this is dropped.
    module: Option<Module>,
    wasm: Wasm,
    sections: Sections,
    /// Whether backtraces have files and lines.
    has_lines: bool,
}

impl Drop for Code {
    fn drop(&mut self) {
        // Before the code is unmapped.
        self.range.remove();
        let _no_fork = forks::delay();
        self.module = None;
    }
}

impl Code {
    /// The code of `module`, which was just compiled or loaded. Every module must come through here before it
    /// runs, so that its traps are recognised. `has_lines` is whether backtraces have files and lines.
    pub(crate) fn new(module: Module, wasm: Wasm, has_lines: bool) -> Arc<Self> {
        let image = module.image_range();
        let range = ranges::add(image.start as usize..image.end as usize);
        let module = Some(module);
        let mut code = Self { range, module, wasm, sections: Sections::default(), has_lines };
        code.sections = Sections::of(code.wasm());
        Arc::new(code)
    }

    pub(crate) fn module(&self) -> &Module {
        match &self.module {
            Some(module) => module,
            None => unreachable!("the code is being dropped"),
        }
    }

    /// The module in the binary format.
    pub(crate) fn wasm(&self) -> &[u8] {
        match &self.wasm {
            Wasm::Own(bytes) => bytes,
            Wasm::InImage(range) => {
                let image = self.module().image_range();
                debug_assert!(range.end <= image.end as usize - image.start as usize);
                // SAFETY: the image is readable and doesn't change, and the module keeps it mapped. The
                // range was checked against its length when the artifact was loaded.
                unsafe { std::slice::from_raw_parts(image.start.add(range.start), range.len()) }
            }
        }
    }

    /// Where the code ends in the image, if an artifact's other parts are behind it.
    pub(crate) fn rest_of_image(&self) -> Option<usize> {
        match &self.wasm {
            Wasm::Own(_) => None,
            Wasm::InImage(range) => Some(range.start),
        }
    }

    pub(crate) fn sections(&self) -> &Sections {
        &self.sections
    }

    /// The bytes of the first custom section of that name; empty if there is none.
    pub(crate) fn custom_section(&self, name: &str) -> &[u8] {
        let mut custom = self.sections.custom().iter();
        let found = custom.find(|(of, _)| of.as_str() == name);
        found.map_or(&[], |(_, range)| &self.wasm()[range.clone()])
    }
}

/// The first address of a module's code, which identifies the module among those that exist.
fn key(module: &Module) -> usize {
    module.image_range().start as usize
}

/// The code of the modules that were instantiated in a store.
#[derive(Default)]
pub(crate) struct Codes(BTreeMap<usize, Arc<Code>>);

impl Codes {
    /// Keeps `code` until the store is dropped.
    pub(crate) fn keep(&mut self, code: &Arc<Code>) {
        self.0.entry(key(code.module())).or_insert_with(|| Arc::clone(code));
    }

    /// The code of a module, if backtraces have files and lines.
    pub(crate) fn with_lines(&self, module: &Module) -> Option<&Arc<Code>> {
        self.0.get(&key(module)).filter(|code| code.has_lines)
    }
}
