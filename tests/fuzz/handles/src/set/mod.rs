//! Configs and stores are set.

mod config;
mod store;
