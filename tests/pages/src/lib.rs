//! Runs the code in the pages of the repository as it is printed. CONTRIBUTING.md, "Code in pages", has the rules.

pub mod docstrings;
pub mod page;
pub mod run;
pub mod set_up;

mod julia;
mod native;
mod process;
mod text;
