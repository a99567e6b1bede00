//! Engines and modules of the library.

use super::own::{Failure, Own, check};
use super::types::Type;
use crate::plan::{FEATURES, Plan};
use safewasm::abi::safewasm_engine_t;
use safewasm::abi::safewasm_module_t;
use safewasm::abi::safewasm_text_t;
use safewasm_capi::*;
use std::ptr::null_mut;

/// Makes the engine of a plan.
pub fn engine(plan: &Plan) -> Result<Own<safewasm_engine_t>, Failure> {
    // SAFETY: the functions accept any handle, and there is room for handles.
    unsafe {
        let config = Own::new(safewasm_config_delete, |out| safewasm_config_new(out))?;
        for feature in FEATURES {
            check(safewasm_config_set_feature(config.handle, feature, true))?;
        }
        check(safewasm_config_set_shared_memory(config.handle, true))?;
        check(safewasm_config_set_consume_fuel(config.handle, true))?;
        check(safewasm_config_set_epoch_interruption(config.handle, plan.epochs))?;
        check(safewasm_config_set_opt_level(config.handle, u32::from(plan.optimised)))?;
        Own::new(safewasm_engine_delete, |out| safewasm_engine_new(config.handle, out))
    }
}

/// An import or export of a module.
pub struct Item {
    pub module_name: String,
    pub name: String,
    pub ty: Type,
}

pub struct Module {
    pub handle: Own<safewasm_module_t>,
    pub imports: Vec<Item>,
    pub exports: Vec<Item>,
}

impl Module {
    pub fn new(engine: &Own<safewasm_engine_t>, wasm: &[u8]) -> Result<Self, Failure> {
        // SAFETY: the bytes are as many as passed, and there is room for a handle.
        let handle = Own::new(safewasm_module_delete, |out| unsafe {
            safewasm_module_new(engine.handle, wasm.as_ptr(), wasm.len(), out)
        })?;
        let mut len = 0;
        // SAFETY: there is room for the results.
        unsafe { check(safewasm_module_imports_len(handle.handle, &mut len))? };
        let imports = (0..len).map(|index| import(&handle, index)).collect::<Result<_, _>>()?;
        // SAFETY: as above.
        unsafe { check(safewasm_module_exports_len(handle.handle, &mut len))? };
        let exports = (0..len).map(|index| export(&handle, index)).collect::<Result<_, _>>()?;
        Ok(Self { handle, imports, exports })
    }

    /// Describes the imports and exports.
    pub fn describe(&self) -> Vec<String> {
        let imports = self.imports.iter();
        let imports = imports
            .map(|item| format!("{} {} {}", item.module_name, item.name, item.ty.describe()));
        let exports =
            self.exports.iter().map(|item| format!("{} {}", item.name, item.ty.describe()));
        imports.chain(exports).collect()
    }
}

const NO_TEXT: safewasm_text_t = safewasm_text_t { data: null_mut(), len: 0 };

fn import(module: &Own<safewasm_module_t>, index: usize) -> Result<Item, Failure> {
    let (mut module_name, mut name) = (NO_TEXT, NO_TEXT);
    // SAFETY: there is room for the results.
    let ty = Own::new(safewasm_externtype_delete, |out| unsafe {
        safewasm_module_import(module.handle, index, &mut module_name, &mut name, out)
    })?;
    Ok(Item { module_name: string(module_name), name: string(name), ty: Type::new(&ty) })
}

fn export(module: &Own<safewasm_module_t>, index: usize) -> Result<Item, Failure> {
    let mut name = NO_TEXT;
    // SAFETY: there is room for the results.
    let ty = Own::new(safewasm_externtype_delete, |out| unsafe {
        safewasm_module_export(module.handle, index, &mut name, out)
    })?;
    Ok(Item { module_name: String::new(), name: string(name), ty: Type::new(&ty) })
}

fn string(text: safewasm_text_t) -> String {
    assert!(!text.data.is_null(), "a name is missing");
    // SAFETY: the module that it is from lives.
    let bytes = unsafe { std::slice::from_raw_parts(text.data.cast(), text.len) };
    std::str::from_utf8(bytes).expect("names are UTF-8").to_owned()
}
