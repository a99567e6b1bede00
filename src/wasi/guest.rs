//! The functions of WASI preview 1 of a guest.
//!
//! Most are those of `wasmtime-wasi`. The others have limits, wait for nothing that can't be abandoned, and use
//! the guest's own clocks and random numbers.

use super::clocks::Clocks;
use super::files::{Files, NAME};
use super::poll;
use super::random::Random;
use super::streams::Streams;
use super::streams::memory::check_parts;
use super::types::{
    Advice, CiovecArray, Clockid, Dircookie, Errno, Error, Event, Exitcode, Fd, Fdflags, Fdstat,
    Filedelta, Filesize, Filestat, Filetype, Fstflags, IovecArray, Lookupflags, Oflags, Prestat,
    Riflags, Rights, Roflags, Sdflags, Siflags, Signal, Size, Subscription, Timestamp, Whence,
};
use crate::error::hostfailure::HostFailure;
use crate::process::writes::without_signals_of_writes;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wiggle::{GuestMemory, GuestPtr};

/// More bytes than a path of the system may have.
const LONGEST_PATH: u32 = 1 << 16;

/// The state of WASI in a store. Its modules and components share it.
pub(crate) struct Guest {
    pub(super) ctx: WasiP1Ctx,
    pub(super) clocks: Clocks,
    pub(super) random: Random,
    pub(super) files: Files,
    pub(super) streams: Streams,
}

/// Implements the trait of all WASI functions. Those in `sync` and `async` are `wasmtime-wasi`'s.
macro_rules! functions {
    (
        sync { $(fn $sync:ident($($sync_arg:ident: $sync_ty:ty),*) -> $sync_result:ty;)* }
        async { $(fn $async:ident($($async_arg:ident: $async_ty:ty),*) -> $async_result:ty;)* }
        $($other:tt)*
    ) => {
        impl WasiSnapshotPreview1 for Guest {
            $(
                fn $sync(
                    &mut self,
                    memory: &mut GuestMemory<'_>,
                    $($sync_arg: $sync_ty),*
                ) -> Result<$sync_result, Error> {
                    self.ctx.$sync(memory, $($sync_arg),*)
                }
            )*
            $(
                async fn $async(
                    &mut self,
                    memory: &mut GuestMemory<'_>,
                    $($async_arg: $async_ty),*
                ) -> Result<$async_result, Error> {
                    self.ctx.$async(memory, $($async_arg),*).await
                }
            )*
            $($other)*
        }
    };
}

functions! {
    sync {
        fn args_get(argv: GuestPtr<GuestPtr<u8>>, argv_buf: GuestPtr<u8>) -> ();
        fn args_sizes_get() -> (Size, Size);
        fn environ_get(environ: GuestPtr<GuestPtr<u8>>, environ_buf: GuestPtr<u8>) -> ();
        fn environ_sizes_get() -> (Size, Size);
        fn fd_allocate(fd: Fd, offset: Filesize, len: Filesize) -> ();
        fn fd_fdstat_set_flags(fd: Fd, flags: Fdflags) -> ();
        fn fd_fdstat_set_rights(fd: Fd, base: Rights, inheriting: Rights) -> ();
        fn fd_prestat_get(fd: Fd) -> Prestat;
        fn fd_prestat_dir_name(fd: Fd, path: GuestPtr<u8>, path_len: Size) -> ();
        fn fd_tell(fd: Fd) -> Filesize;
        fn proc_raise(signal: Signal) -> ();
        fn sched_yield() -> ();
        fn sock_accept(fd: Fd, flags: Fdflags) -> Fd;
        fn sock_recv(fd: Fd, data: IovecArray, flags: Riflags) -> (Size, Roflags);
        fn sock_send(fd: Fd, data: CiovecArray, flags: Siflags) -> Size;
        fn sock_shutdown(fd: Fd, how: Sdflags) -> ();
    }
    async {
        fn fd_advise(fd: Fd, offset: Filesize, len: Filesize, advice: Advice) -> ();
        fn fd_datasync(fd: Fd) -> ();
        fn fd_fdstat_get(fd: Fd) -> Fdstat;
        fn fd_filestat_get(fd: Fd) -> Filestat;
        fn fd_filestat_set_times(fd: Fd, atim: Timestamp, mtim: Timestamp, flags: Fstflags) -> ();
        fn fd_seek(fd: Fd, offset: Filedelta, whence: Whence) -> Filesize;
        fn fd_sync(fd: Fd) -> ();
        fn path_filestat_set_times(fd: Fd, flags: Lookupflags, path: GuestPtr<str>, atim: Timestamp, mtim: Timestamp, fst_flags: Fstflags) -> ();
        fn path_readlink(fd: Fd, path: GuestPtr<str>, buf: GuestPtr<u8>, buf_len: Size) -> Size;
        fn path_remove_directory(fd: Fd, path: GuestPtr<str>) -> ();
        fn path_rename(fd: Fd, old_path: GuestPtr<str>, new_fd: Fd, new_path: GuestPtr<str>) -> ();
    }

    fn set_hostcall_fuel(&mut self, fuel: usize) {
        self.ctx.set_hostcall_fuel(fuel);
    }

    fn clock_res_get(&mut self, _: &mut GuestMemory<'_>, id: Clockid) -> Result<Timestamp, Error> {
        Ok(Clocks::resolution(id)?)
    }

    fn clock_time_get(
        &mut self,
        _: &mut GuestMemory<'_>,
        id: Clockid,
        _precision: Timestamp,
    ) -> Result<Timestamp, Error> {
        Ok(self.clocks.time(id)?)
    }

    fn random_get(
        &mut self,
        memory: &mut GuestMemory<'_>,
        buf: GuestPtr<u8>,
        buf_len: Size,
    ) -> Result<(), Error> {
        self.random.fill(memory, buf.as_array(buf_len))
    }

    fn proc_exit(&mut self, _: &mut GuestMemory<'_>, status: Exitcode) -> wasmtime::Error {
        wasmtime::Error::new(HostFailure::from(crate::error::Error::exit(status)))
    }

    async fn poll_oneoff(
        &mut self,
        memory: &mut GuestMemory<'_>,
        subscriptions: GuestPtr<Subscription>,
        events: GuestPtr<Event>,
        len: Size,
    ) -> Result<Size, Error> {
        poll::poll_oneoff(self, memory, subscriptions, events, len).await
    }

    async fn fd_close(&mut self, memory: &mut GuestMemory<'_>, fd: Fd) -> Result<(), Error> {
        self.ctx.fd_close(memory, fd).await?;
        self.files.close(fd.into());
        self.streams.close(fd.into());
        Ok(())
    }

    async fn fd_renumber(
        &mut self,
        memory: &mut GuestMemory<'_>,
        from: Fd,
        to: Fd,
    ) -> Result<(), Error> {
        self.ctx.fd_renumber(memory, from, to).await?;
        self.files.renumber(from.into(), to.into());
        self.streams.renumber(from.into(), to.into());
        Ok(())
    }

    async fn fd_read(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        iovs: IovecArray,
    ) -> Result<Size, Error> {
        match self.streams.at(fd.into()) {
            Some(stream) => self.streams.fd_read(stream, memory, iovs).await,
            None => {
                self.allow_parts(memory, iovs.len())?;
                self.ctx.fd_read(memory, fd, iovs).await
            }
        }
    }

    async fn fd_pread(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        iovs: IovecArray,
        offset: Filesize,
    ) -> Result<Size, Error> {
        self.allow_parts(memory, iovs.len())?;
        self.ctx.fd_pread(memory, fd, iovs, offset).await
    }

    async fn fd_write(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        iovs: CiovecArray,
    ) -> Result<Size, Error> {
        if let Some(stream) = self.streams.at(fd.into()) {
            return self.streams.fd_write(stream, memory, iovs).await;
        }
        self.allow_parts(memory, iovs.len())?;
        if !self.files.counts(fd.into()) {
            return without_signals(self.ctx.fd_write(memory, fd, iovs)).await;
        }
        let stat = self.ctx.fd_fdstat_get(memory, fd).await?;
        let appends = stat.fs_flags.contains(Fdflags::APPEND);
        let start = if appends { None } else { Some(self.ctx.fd_tell(memory, fd)?) };
        let cost = self.cost_of_write(memory, fd, iovs, start).await?;
        let len = without_signals(self.ctx.fd_write(memory, fd, iovs)).await?;
        self.files.charge(cost);
        Ok(len)
    }

    async fn fd_pwrite(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        iovs: CiovecArray,
        offset: Filesize,
    ) -> Result<Size, Error> {
        self.allow_parts(memory, iovs.len())?;
        if !self.files.counts(fd.into()) {
            return without_signals(self.ctx.fd_pwrite(memory, fd, iovs, offset)).await;
        }
        let cost = self.cost_of_write(memory, fd, iovs, Some(offset)).await?;
        let len = without_signals(self.ctx.fd_pwrite(memory, fd, iovs, offset)).await?;
        self.files.charge(cost);
        Ok(len)
    }

    async fn fd_filestat_set_size(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        size: Filesize,
    ) -> Result<(), Error> {
        if !self.files.counts(fd.into()) {
            return without_signals(self.ctx.fd_filestat_set_size(memory, fd, size)).await;
        }
        let stat = self.ctx.fd_filestat_get(memory, fd).await?;
        let growth = size.saturating_sub(stat.size);
        self.files.check_written(growth)?;
        without_signals(self.ctx.fd_filestat_set_size(memory, fd, size)).await?;
        self.files.charge(growth);
        Ok(())
    }

    async fn fd_readdir(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        buf: GuestPtr<u8>,
        buf_len: Size,
        cookie: Dircookie,
    ) -> Result<Size, Error> {
        self.ctx.fd_readdir(memory, fd, buf, buf_len, cookie).await.map_err(about_socket)
    }

    async fn path_filestat_get(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        flags: Lookupflags,
        path: GuestPtr<str>,
    ) -> Result<Filestat, Error> {
        self.ctx.path_filestat_get(memory, fd, flags, path).await.map_err(about_socket)
    }

    async fn path_create_directory(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        path: GuestPtr<str>,
    ) -> Result<(), Error> {
        self.files.check_written(NAME)?;
        self.ctx.path_create_directory(memory, fd, path).await?;
        self.files.charge(NAME);
        Ok(())
    }

    async fn path_unlink_file(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        path: GuestPtr<str>,
    ) -> Result<(), Error> {
        // The function of `wasmtime-wasi` copies a path of any length.
        if path.len() > LONGEST_PATH {
            return Err(Errno::Nametoolong.into());
        }
        self.ctx.path_unlink_file(memory, fd, path).await
    }

    async fn path_symlink(
        &mut self,
        memory: &mut GuestMemory<'_>,
        old_path: GuestPtr<str>,
        fd: Fd,
        new_path: GuestPtr<str>,
    ) -> Result<(), Error> {
        self.files.check_written(NAME)?;
        self.ctx.path_symlink(memory, old_path, fd, new_path).await?;
        self.files.charge(NAME);
        Ok(())
    }

    async fn path_link(
        &mut self,
        memory: &mut GuestMemory<'_>,
        old_fd: Fd,
        old_flags: Lookupflags,
        old_path: GuestPtr<str>,
        new_fd: Fd,
        new_path: GuestPtr<str>,
    ) -> Result<(), Error> {
        self.files.check_written(NAME)?;
        self.ctx.path_link(memory, old_fd, old_flags, old_path, new_fd, new_path).await?;
        self.files.charge(NAME);
        Ok(())
    }

    async fn path_open(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        dirflags: Lookupflags,
        path: GuestPtr<str>,
        oflags: Oflags,
        base: Rights,
        inheriting: Rights,
        fdflags: Fdflags,
    ) -> Result<Fd, Error> {
        self.files.check_open()?;
        let is_there = self.check_openable(memory, fd, dirflags, path).await?;
        let creates = oflags.contains(Oflags::CREAT) && !is_there;
        if creates {
            self.files.check_written(NAME)?;
        }
        let opened = self
            .ctx
            .path_open(memory, fd, dirflags, path, oflags, base, inheriting, fdflags)
            .await?;
        if creates {
            self.files.charge(NAME);
        }
        self.files.open(opened.into());
        Ok(opened)
    }
}

impl Guest {
    /// Whether a stream calls a function of the program.
    pub(crate) fn calls_out(&self) -> bool {
        self.streams.call_out()
    }

    /// Allows the parts of a read or write, which may be of any size: `wasmtime-wasi` charges them to the amount
    /// that a call may copy, but copies them only from and to a shared memory.
    fn allow_parts(&mut self, memory: &GuestMemory<'_>, parts: Size) -> Result<(), Error> {
        check_parts(parts)?;
        if matches!(memory, GuestMemory::Unshared(_)) {
            self.ctx.set_hostcall_fuel(usize::MAX);
        }
        Ok(())
    }

    /// Refuses to open anything that could wait for ever or isn't a file: a FIFO, a socket, a device. Returns
    /// whether there is something at the path.
    async fn check_openable(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        flags: Lookupflags,
        path: GuestPtr<str>,
    ) -> Result<bool, Error> {
        match self.path_filestat_get(memory, fd, flags, path).await {
            Ok(stat) => match stat.filetype {
                Filetype::RegularFile | Filetype::Directory | Filetype::SymbolicLink => Ok(true),
                _ => Err(Errno::Notsup.into()),
            },
            Err(error) => match error.downcast_ref() {
                // A socket.
                Some(Errno::Notsup) => Err(error),
                // Opening it fails too, unless it creates a file.
                Some(_) => Ok(false),
                None => Err(error),
            },
        }
    }

    /// The bytes that a write costs which begins at `start`, or at the end of the file. An error if it is too
    /// much.
    async fn cost_of_write(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        iovs: CiovecArray,
        start: Option<Filesize>,
    ) -> Result<u64, Error> {
        // Only the first part that isn't empty is written.
        let mut len = 0;
        for iov in iovs.iter() {
            len = u64::from(memory.read(iov?)?.buf_len);
            if len > 0 {
                break;
            }
        }
        let size = self.ctx.fd_filestat_get(memory, fd).await?.size;
        // A gap between the end of the file and the write counts too.
        let end = start.unwrap_or(size).saturating_add(len);
        let cost = len.max(end.saturating_sub(size));
        self.files.check_written(cost)?;
        Ok(cost)
    }
}

/// Polls `write`, which changes a file, without the signal that the system sends if the file grows beyond a limit of
/// the process.
async fn without_signals<R>(write: impl Future<Output = Result<R, Error>>) -> Result<R, Error> {
    let mut write = pin!(write);
    poll_fn(|context| {
        let polled = without_signals_of_writes(|| match write.as_mut().poll(context) {
            Poll::Ready(result) => result.map(Poll::Ready),
            Poll::Pending => Ok(Poll::Pending),
        });
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(error) => Poll::Ready(Err(error)),
        }
    })
    .await
}

/// An errno in place of the trap by which `wasmtime-wasi` tells that it meets a socket.
fn about_socket(error: Error) -> Error {
    match error.downcast() {
        Ok(errno) => errno.into(),
        Err(trap) if trap.to_string() == "sockets are not currently supported" => {
            Errno::Notsup.into()
        }
        Err(trap) => Error::trap(trap),
    }
}
