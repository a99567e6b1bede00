//! Configs, stores and WASI configs are set.

mod config;
mod store;
mod wasi;
