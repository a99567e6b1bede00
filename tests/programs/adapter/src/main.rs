//! Makes a component of a command for WASI preview 1, by Wasmtime's adapter:
//!
//!   safewasm-adapter COMMAND.wasm COMPONENT.wasm

use anyhow::{Context, Result};
use std::{env, fs};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME as NAME, WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER as ADAPTER,
};
use wit_component::ComponentEncoder;

fn main() -> Result<()> {
    let mut args = env::args_os().skip(1);
    let (module, component) = args.next().zip(args.next()).context("two files are needed")?;
    let module = fs::read(module)?;
    let encoder = ComponentEncoder::default().module(&module)?.validate(true);
    fs::write(component, encoder.adapter(NAME, ADAPTER)?.encode()?)?;
    Ok(())
}
