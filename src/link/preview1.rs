//! The functions of WASI preview 1, in a linker.

use super::explain::PREVIEW_1;
use super::linker::{Linker, Names};
use crate::call::wasi::run;
use crate::error::{Error, ErrorKind, Result};
use crate::store::data::StoreData;
use wasmtime::{Caller, ExternType, FuncType, ValType};
use wasmtime_wasi::p1::wasi_snapshot_preview1 as functions;

/// A type of parameters and results.
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, reason = "the names in Rust")]
enum Integer {
    i32,
    i64,
}

impl From<Integer> for ValType {
    fn from(integer: Integer) -> Self {
        match integer {
            Integer::i32 => Self::I32,
            Integer::i64 => Self::I64,
        }
    }
}

/// Makes `define_in`, which defines the functions in a linker, and `FUNCTIONS`, which has their names with the types
/// of their parameters and results.
macro_rules! functions {
    ($(fn $name:ident($($arg:ident: $ty:ident),*) $(-> $result:ident)? $(.$await:tt)?;)*) => {
        fn define_in(linker: &mut wasmtime::Linker<StoreData>) -> wasmtime::Result<()> {
            // Each by a function of its own, so that this one has a small frame.
            $(
                #[inline(never)]
                fn $name(linker: &mut wasmtime::Linker<StoreData>) -> wasmtime::Result<()> {
                    const NAME: &str = stringify!($name);
                    let func = |mut caller: Caller<'_, StoreData>, $($arg: $ty),*| {
                        run(&mut caller, NAME, async move |guest, memory| {
                            functions::$name(guest, memory, $($arg),*) $(.$await)?
                        })
                    };
                    linker.func_wrap(PREVIEW_1, NAME, func).map(drop)
                }
                $name(linker)?;
            )*
            Ok(())
        }

        const FUNCTIONS: &[(&str, &[Integer], &[Integer])] = &[$((
            stringify!($name),
            &[$(Integer::$ty),*],
            &[$(Integer::$result)?],
        )),*];
    };
}

functions! {
    fn args_get(a: i32, b: i32) -> i32;
    fn args_sizes_get(a: i32, b: i32) -> i32;
    fn environ_get(a: i32, b: i32) -> i32;
    fn environ_sizes_get(a: i32, b: i32) -> i32;
    fn clock_res_get(a: i32, b: i32) -> i32;
    fn clock_time_get(a: i32, b: i64, c: i32) -> i32;
    fn fd_advise(a: i32, b: i64, c: i64, d: i32) -> i32 .await;
    fn fd_allocate(a: i32, b: i64, c: i64) -> i32;
    fn fd_close(a: i32) -> i32 .await;
    fn fd_datasync(a: i32) -> i32 .await;
    fn fd_fdstat_get(a: i32, b: i32) -> i32 .await;
    fn fd_fdstat_set_flags(a: i32, b: i32) -> i32;
    fn fd_fdstat_set_rights(a: i32, b: i64, c: i64) -> i32;
    fn fd_filestat_get(a: i32, b: i32) -> i32 .await;
    fn fd_filestat_set_size(a: i32, b: i64) -> i32 .await;
    fn fd_filestat_set_times(a: i32, b: i64, c: i64, d: i32) -> i32 .await;
    fn fd_pread(a: i32, b: i32, c: i32, d: i64, e: i32) -> i32 .await;
    fn fd_prestat_get(a: i32, b: i32) -> i32;
    fn fd_prestat_dir_name(a: i32, b: i32, c: i32) -> i32;
    fn fd_pwrite(a: i32, b: i32, c: i32, d: i64, e: i32) -> i32 .await;
    fn fd_read(a: i32, b: i32, c: i32, d: i32) -> i32 .await;
    fn fd_readdir(a: i32, b: i32, c: i32, d: i64, e: i32) -> i32 .await;
    fn fd_renumber(a: i32, b: i32) -> i32 .await;
    fn fd_seek(a: i32, b: i64, c: i32, d: i32) -> i32 .await;
    fn fd_sync(a: i32) -> i32 .await;
    fn fd_tell(a: i32, b: i32) -> i32;
    fn fd_write(a: i32, b: i32, c: i32, d: i32) -> i32 .await;
    fn path_create_directory(a: i32, b: i32, c: i32) -> i32 .await;
    fn path_filestat_get(a: i32, b: i32, c: i32, d: i32, e: i32) -> i32 .await;
    fn path_filestat_set_times(a: i32, b: i32, c: i32, d: i32, e: i64, f: i64, g: i32) -> i32 .await;
    fn path_link(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32, g: i32) -> i32 .await;
    fn path_open(a: i32, b: i32, c: i32, d: i32, e: i32, f: i64, g: i64, h: i32, i: i32) -> i32 .await;
    fn path_readlink(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32) -> i32 .await;
    fn path_remove_directory(a: i32, b: i32, c: i32) -> i32 .await;
    fn path_rename(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32) -> i32 .await;
    fn path_symlink(a: i32, b: i32, c: i32, d: i32, e: i32) -> i32 .await;
    fn path_unlink_file(a: i32, b: i32, c: i32) -> i32 .await;
    fn poll_oneoff(a: i32, b: i32, c: i32, d: i32) -> i32 .await;
    fn proc_exit(a: i32);
    fn proc_raise(a: i32) -> i32;
    fn sched_yield() -> i32;
    fn random_get(a: i32, b: i32) -> i32;
    fn sock_accept(a: i32, b: i32, c: i32) -> i32;
    fn sock_recv(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32) -> i32;
    fn sock_send(a: i32, b: i32, c: i32, d: i32, e: i32) -> i32;
    fn sock_shutdown(a: i32, b: i32) -> i32;
}

/// Whether preview 1 has a function of that name.
pub(crate) fn has(name: &str) -> bool {
    FUNCTIONS.iter().any(|(known, ..)| *known == name)
}

/// Defines the functions in a linker. On failure none is defined.
pub(crate) fn define(linker: &Linker) -> Result<()> {
    linker.with(|names: &mut Names| {
        for (name, ..) in FUNCTIONS {
            names.check_new(PREVIEW_1, name)?;
        }
        define_in(&mut names.linker).map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
        for (name, params, results) in FUNCTIONS {
            let types =
                |types: &[Integer]| types.iter().map(|ty| ValType::from(*ty)).collect::<Vec<_>>();
            let ty = FuncType::new(linker.engine.wasmtime(), types(params), types(results));
            names.note(PREVIEW_1, name, ExternType::Func(ty));
        }
        Ok(())
    })
}
