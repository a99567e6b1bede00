//! The benches of SafeWasm: what a call costs (`call.rs`), and what epoch checks do (`epochs.rs`).
