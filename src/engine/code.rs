//! Compiled code, and its addresses for as long as it can run.

use crate::engine::sections::Sections;
use crate::process::{forks, ranges};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use wasmtime::Module;
use wasmtime::component::Component;

/// Where the bytes are from which code was compiled.
pub(crate) enum Wasm {
    /// The code has them to itself.
    Own(Vec<u8>),
    /// At these offsets in the image of the code: it was loaded from an artifact.
    InImage(Range<usize>),
}

/// What Wasmtime compiled.
pub(crate) enum Compiled {
    Module(Module),
    Component(Component),
}

impl From<Module> for Compiled {
    fn from(module: Module) -> Self {
        Self::Module(module)
    }
}

impl From<Component> for Compiled {
    fn from(component: Component) -> Self {
        Self::Component(component)
    }
}

impl Compiled {
    /// The bytes of the code in memory, and of what belongs to it.
    fn image(&self) -> Range<*const u8> {
        match self {
            Self::Module(module) => module.image_range(),
            Self::Component(component) => component.image_range(),
        }
    }
}

/// The code of a compiled module or component. The handle keeps it, and so does each store in which it
/// was instantiated: instances outlive the handle.
pub(crate) struct Code {
    range: &'static ranges::Entry,
    /// `None` only while this is dropped.
    compiled: Option<Compiled>,
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
        self.compiled = None;
    }
}

impl Code {
    /// Code that was just compiled or loaded. All code must come through here before it
    /// runs, so that its traps are recognised. `has_lines` is whether backtraces have files and lines.
    pub(crate) fn new(compiled: Compiled, wasm: Wasm, has_lines: bool) -> Arc<Self> {
        let image = compiled.image();
        let range = ranges::add(image.start as usize..image.end as usize);
        let compiled = Some(compiled);
        let mut code = Self { range, compiled, wasm, sections: Sections::default(), has_lines };
        code.sections = Sections::of(code.wasm());
        Arc::new(code)
    }

    fn compiled(&self) -> &Compiled {
        match &self.compiled {
            Some(compiled) => compiled,
            None => unreachable!("the code is being dropped"),
        }
    }

    /// The module whose code it is.
    pub(crate) fn module(&self) -> &Module {
        match self.compiled() {
            Compiled::Module(module) => module,
            Compiled::Component(_) => unreachable!("it is the code of a component"),
        }
    }

    /// The component whose code it is.
    pub(crate) fn component(&self) -> &Component {
        match self.compiled() {
            Compiled::Component(component) => component,
            Compiled::Module(_) => unreachable!("it is the code of a module"),
        }
    }

    /// The module or component in the binary format.
    pub(crate) fn wasm(&self) -> &[u8] {
        match &self.wasm {
            Wasm::Own(bytes) => bytes,
            Wasm::InImage(range) => {
                let image = self.compiled().image();
                debug_assert!(range.end <= image.end as usize - image.start as usize);
                // SAFETY: the image is readable and doesn't change, and the compiled code keeps it mapped. The
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

/// The first address of code, which identifies it among what exists.
fn key(image: &Range<*const u8>) -> usize {
    image.start as usize
}

/// The code of the modules and components that were instantiated in a store.
#[derive(Default)]
pub(crate) struct Codes(BTreeMap<usize, Arc<Code>>);

impl Codes {
    /// Keeps `code` until the store is dropped.
    pub(crate) fn keep(&mut self, code: &Arc<Code>) {
        self.0.entry(key(&code.compiled().image())).or_insert_with(|| Arc::clone(code));
    }

    /// The code of a module, if backtraces have files and lines.
    pub(crate) fn with_lines(&self, module: &Module) -> Option<&Arc<Code>> {
        self.0.get(&key(&module.image_range())).filter(|code| code.has_lines)
    }
}
