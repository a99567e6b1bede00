//! Stores: their data and limits, and the objects behind the handles of instances, funcs and references.

pub(crate) mod payload;
pub(crate) mod collected;
pub(crate) mod component;
pub(crate) mod context;
mod coredump;
pub(crate) mod data;
pub(crate) mod entered;
pub(crate) mod fuel;
pub(crate) mod export;
pub(crate) mod func;
pub(crate) mod instance;
pub(crate) mod interrupt;
pub(crate) mod limits;
pub(crate) mod mapped;
pub(crate) mod object;
pub(crate) mod profile;
pub(crate) mod recorder;
pub(crate) mod reference;
pub(crate) mod resource;
pub(crate) mod rowloops;
pub(crate) mod scratch;
pub(crate) mod timeout;
pub(crate) mod view;
#[cfg(feature = "wasi")]
pub(crate) mod wait;
#[cfg(feature = "wasi")]
pub(crate) mod wasi;
