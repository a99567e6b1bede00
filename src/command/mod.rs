//! Processes: commands that run on threads of the library's own.

pub(crate) mod process;
pub(crate) mod run;
