//! The benches of SafeWasm: see `call.rs`.
