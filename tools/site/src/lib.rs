//! The sources of the site, and a check of the site that mdBook makes of them.

pub mod book;
pub mod check;
pub mod cpp;
pub mod fences;
pub mod links;
pub mod paths;
pub mod sources;
