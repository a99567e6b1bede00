//! Components: compiled WebAssembly with typed interfaces.

use super::code::{Code, Wasm};
use super::unit::Unit;
use super::{Engine, compile, nesting, wit};
use crate::error::Result;
use crate::error::text::{self, Text};
use crate::kinds::{SharedKind, safewasm_component_t};
use crate::process::{forks, threadpool};
use crate::types::wit::{LONGEST_TEXT, Resources, WitType};
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};
use wasmtime::component::types::ComponentItem as Item;

/// The object behind the handle of a component.
pub(crate) struct Component {
    code: Arc<Code>,
    /// Made when first asked for, as is what follows.
    resources: OnceLock<Arc<Resources>>,
    imports: OnceLock<Vec<(Text, Item)>>,
    exports: OnceLock<Vec<(Text, Item)>>,
    wit: OnceLock<Text>,
    has_canonical_nans: bool,
}

impl SharedKind for safewasm_component_t {
    type Object = Component;
}

impl Unit for Component {
    type Compiled = wasmtime::component::Component;

    const NOUN: &'static str = "component";

    fn check_encoding(wasm: &[u8]) -> Result<()> {
        compile::check_component(wasm)
    }

    fn check_nesting(wasm: &[u8]) -> Result<()> {
        threadpool::with_stack(|| nesting::check(wasm))?
    }

    fn validate(_: &wasmtime::Engine, wasm: &[u8]) -> wasmtime::Result<()> {
        // Wasmtime finds out which parts of the component model are off when it compiles a component, not before.
        Validator::new_with_features(WasmFeatures::all()).validate_all(wasm)?;
        // The validator doesn't see that the last section was cut where a section in it ends.
        for payload in Parser::new(0).parse_all(wasm) {
            if let Payload::ModuleSection { unchecked_range: range, .. }
            | Payload::ComponentSection { unchecked_range: range, .. } = payload?
                && range.end > wasm.len()
            {
                return Err(wasmtime::Error::msg(compile::IS_CUT));
            }
        }
        Ok(())
    }

    fn compile(engine: &wasmtime::Engine, wasm: &[u8]) -> wasmtime::Result<Self::Compiled> {
        Self::Compiled::from_binary(engine, wasm)
    }

    fn precompile(engine: &wasmtime::Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>> {
        engine.precompile_component(wasm)
    }

    unsafe fn load(engine: &wasmtime::Engine, artifact: &[u8]) -> wasmtime::Result<Self::Compiled> {
        // SAFETY: as the caller vouches.
        unsafe { Self::Compiled::deserialize(engine, artifact) }
    }

    unsafe fn load_file(
        engine: &wasmtime::Engine,
        mut file: File,
    ) -> wasmtime::Result<Self::Compiled> {
        // Wasmtime maps files of components by their path only, and another file may be there now.
        let mut artifact = Vec::new();
        file.read_to_end(&mut artifact)?;
        // SAFETY: as the caller vouches.
        unsafe { Self::Compiled::deserialize(engine, artifact) }
    }

    fn image(component: &Self::Compiled) -> Range<*const u8> {
        component.image_range()
    }

    fn of(engine: &Engine, component: Self::Compiled, wasm: Wasm) -> Self {
        if let Some(strategy) = engine.settings().options.perf() {
            strategy.note(component.text(), component.functions());
        }
        Self {
            resources: OnceLock::new(),
            imports: OnceLock::new(),
            exports: OnceLock::new(),
            wit: OnceLock::new(),
            has_canonical_nans: engine.settings().has_canonical_nans(),
            code: Code::new(component.into(), wasm, false),
        }
    }

    fn code(&self) -> &Arc<Code> {
        &self.code
    }

    fn has_canonical_nans(&self) -> bool {
        self.has_canonical_nans
    }

    fn to_artifact(&self) -> wasmtime::Result<Vec<u8>> {
        self.wasmtime().serialize()
    }
}

impl Component {
    pub(crate) fn wasmtime(&self) -> &wasmtime::component::Component {
        self.code.component()
    }

    fn engine(&self) -> &wasmtime::Engine {
        self.wasmtime().engine()
    }

    /// The imports, in the order of the component.
    pub(crate) fn imports(&self) -> &[(Text, Item)] {
        let _no_fork = forks::delay();
        self.imports.get_or_init(|| {
            let ty = self.wasmtime().component_type();
            ty.imports(self.engine()).map(|(name, import)| (Text::new(name), import.ty)).collect()
        })
    }

    /// The exports, in the order of the component.
    pub(crate) fn exports(&self) -> &[(Text, Item)] {
        let _no_fork = forks::delay();
        self.exports.get_or_init(|| {
            let ty = self.wasmtime().component_type();
            ty.exports(self.engine()).map(|(name, export)| (Text::new(name), export.ty)).collect()
        })
    }

    /// The type of an import or export.
    pub(crate) fn type_of(&self, item: &Item) -> WitType {
        let resources = {
            let _no_fork = forks::delay();
            self.resources.get_or_init(|| {
                Arc::new(Resources::of(self.engine(), &self.wasmtime().component_type()))
            })
        };
        WitType::new(self.engine(), item.clone(), resources)
    }

    /// The world of the component in WIT, or in a notation like it if WIT has none.
    pub(crate) fn wit(&self) -> &Text {
        let _no_fork = forks::delay_for_long();
        self.wit.get_or_init(|| {
            let text = wit::text(self.code.wasm()).unwrap_or_else(|| self.listing());
            Text::new(&*text::cut(&text, LONGEST_TEXT))
        })
    }

    /// The imports and exports, each with its type, until the text is too long.
    fn listing(&self) -> String {
        let mut text = "world {\n".to_owned();
        for (word, items) in [("import", self.imports()), ("export", self.exports())] {
            for (name, item) in items {
                if text.len() > LONGEST_TEXT {
                    return text;
                }
                let ty = self.type_of(item);
                let lines = ty.text().as_str().replace('\n', "\n  ");
                text.push_str(&format!("  {word} {}: {lines};\n", name.as_str()));
            }
        }
        text.push_str("}\n");
        text
    }
}
