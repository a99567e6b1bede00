//! The functions of WASI 0.2 that aren't `wasmtime-wasi`'s: they use the guest's own clocks and random numbers, keep
//! to its limits, and open nothing that could wait for ever.

use super::clocks::Clocks;
use super::files::NAME;
use super::filestreams::{FileReader, FileWriter, cost_of_write};
use super::guest::Guest;
use crate::process::writes::without_signals_of_writes;
use std::fs::File;
use std::future::poll_fn;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::cli::{WasiCliCtxView, WasiCliView};
use wasmtime_wasi::filesystem::{WasiFilesystemCtxView, WasiFilesystemView};
use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorType, DirectoryEntryStream, ErrorCode, HostDescriptor,
    HostDirectoryEntryStream, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, DynPollable, FsResult, Pollable, subscribe,
};
use wasmtime_wasi::{WasiView, async_trait};
use wasmtime_wasi_io::bindings::wasi::io::poll::{Host as _, HostPollable};

/// The most resources of WASI that a guest has at once, beside its files.
pub(super) const MOST_RESOURCES: usize = 1 << 16;

/// A pollable that is ready when the monotonic clock shows `due`.
struct Sleep {
    clocks: Clocks,
    due: u64,
}

#[async_trait]
impl Pollable for Sleep {
    async fn ready(&mut self) {
        poll_fn(|_| self.clocks.poll_until(self.due)).await;
    }
}

/// Clocks, and what waits for them.
impl Guest {
    pub(crate) fn monotonic_now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.clocks.monotonic())
    }

    pub(crate) fn monotonic_resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(1)
    }

    pub(crate) fn subscribe_instant(
        &mut self,
        due: u64,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        let clocks = self.clocks.clone();
        let table = self.table();
        let sleep = table.push(Sleep { clocks, due })?;
        subscribe(table, sleep)
    }

    pub(crate) fn subscribe_duration(
        &mut self,
        duration: u64,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        let due = self.clocks.monotonic().saturating_add(duration);
        self.subscribe_instant(due)
    }

    pub(crate) fn wall_now(&mut self) -> wasmtime::Result<Datetime> {
        let time = self.clocks.since_1970();
        Ok(Datetime { seconds: time.as_secs(), nanoseconds: time.subsec_nanos() })
    }

    pub(crate) fn wall_resolution(&mut self) -> wasmtime::Result<Datetime> {
        Ok(Datetime { seconds: 0, nanoseconds: 1 })
    }

    pub(crate) async fn block(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        let clocks = self.clocks.clone();
        clocks.advance_during(self.table().block(pollable)).await
    }

    pub(crate) async fn poll(
        &mut self,
        pollables: Vec<Resource<DynPollable>>,
    ) -> wasmtime::Result<Vec<u32>> {
        let clocks = self.clocks.clone();
        clocks.advance_during(self.table().poll(pollables)).await
    }

    pub(crate) fn debug_string(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> wasmtime::Result<String> {
        // Without a backtrace of the library.
        Ok(self.table().get(&error)?.to_string())
    }
}

/// The views for which `wasmtime-wasi` implements its functions.
impl Guest {
    pub(crate) fn table(&mut self) -> &mut ResourceTable {
        self.ctx.ctx().table
    }

    pub(crate) fn cli(&mut self) -> WasiCliCtxView<'_> {
        self.ctx.cli()
    }

    pub(crate) fn filesystem(&mut self) -> WasiFilesystemCtxView<'_> {
        self.ctx.filesystem()
    }
}

/// Random numbers.
impl Guest {
    pub(crate) fn random_bytes(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        self.random.take(len)
    }

    pub(crate) fn random_number(&mut self) -> wasmtime::Result<u64> {
        self.random.number()
    }

    pub(crate) fn random_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        Ok((self.random.number()?, self.random.number()?))
    }
}

/// Files.
impl Guest {
    fn file(&mut self, descriptor: &Resource<Descriptor>) -> FsResult<Arc<File>> {
        match self.table().get(descriptor)? {
            Descriptor::File(file) => Ok(Arc::clone(&file.file)),
            Descriptor::Dir(_) => Err(ErrorCode::BadDescriptor.into()),
        }
    }

    /// [`Self::file`] of a folder that may be written.
    fn writable_file(&mut self, descriptor: &Resource<Descriptor>) -> FsResult<Arc<File>> {
        if let Descriptor::File(file) = self.table().get(descriptor)?
            && file.perms.write_not_permitted()
        {
            return Err(ErrorCode::NotPermitted.into());
        }
        self.file(descriptor)
    }

    fn check_written(&self, bytes: u64) -> FsResult<()> {
        if self.files.budget.has(bytes) { Ok(()) } else { Err(ErrorCode::InsufficientSpace.into()) }
    }

    /// Runs `body`, which makes a new name in a folder.
    async fn make_name(
        &mut self,
        body: impl AsyncFnOnce(&mut Self) -> FsResult<()>,
    ) -> FsResult<()> {
        self.check_written(NAME)?;
        body(self).await?;
        self.files.charge(NAME);
        Ok(())
    }

    pub(crate) async fn create_directory_at(
        &mut self,
        folder: Resource<Descriptor>,
        path: String,
    ) -> FsResult<()> {
        self.make_name(async |guest| guest.filesystem().create_directory_at(folder, path).await)
            .await
    }

    pub(crate) async fn symlink_at(
        &mut self,
        folder: Resource<Descriptor>,
        old: String,
        new: String,
    ) -> FsResult<()> {
        self.make_name(async |guest| guest.filesystem().symlink_at(folder, old, new).await).await
    }

    pub(crate) async fn link_at(
        &mut self,
        folder: Resource<Descriptor>,
        flags: PathFlags,
        old: String,
        new_folder: Resource<Descriptor>,
        new: String,
    ) -> FsResult<()> {
        self.make_name(async |guest| {
            guest.filesystem().link_at(folder, flags, old, new_folder, new).await
        })
        .await
    }

    pub(crate) async fn open_at(
        &mut self,
        folder: Resource<Descriptor>,
        path_flags: PathFlags,
        path: String,
        open_flags: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Resource<Descriptor>> {
        self.check_room()?;
        let borrowed = || Resource::new_borrow(folder.rep());
        let stat = self.filesystem().stat_at(borrowed(), path_flags, path.clone()).await;
        let is_there = match stat {
            Ok(stat) => match stat.type_ {
                DescriptorType::RegularFile
                | DescriptorType::Directory
                | DescriptorType::SymbolicLink => true,
                // Opening it could wait for ever, or it is no file.
                _ => return Err(ErrorCode::Unsupported.into()),
            },
            // Opening it fails too, unless it creates a file.
            Err(error) if error.downcast_ref().is_some() => false,
            Err(trap) => return Err(trap),
        };
        let creates = open_flags.contains(OpenFlags::CREATE) && !is_there;
        if creates {
            self.check_written(NAME)?;
        }
        let mut files = self.filesystem();
        let opened = files.open_at(borrowed(), path_flags, path, open_flags, flags).await?;
        if creates {
            self.files.charge(NAME);
        }
        self.files.open_resource(opened.rep());
        Ok(opened)
    }

    fn check_room(&self) -> FsResult<()> {
        if self.files.has_room() {
            Ok(())
        } else {
            // WIT's error codes have none for this.
            Err(ErrorCode::InsufficientMemory.into())
        }
    }

    pub(crate) fn drop_descriptor(
        &mut self,
        descriptor: Resource<Descriptor>,
    ) -> wasmtime::Result<()> {
        let resource = descriptor.rep();
        HostDescriptor::drop(&mut self.filesystem(), descriptor)?;
        self.files.close_resource(resource);
        Ok(())
    }

    /// Reads the folder now. Its entries count as an open folder.
    pub(crate) async fn read_directory(
        &mut self,
        folder: Resource<Descriptor>,
    ) -> FsResult<Resource<DirectoryEntryStream>> {
        self.check_room()?;
        let entries = self.filesystem().read_directory(folder).await?;
        self.files.open_resource(entries.rep());
        Ok(entries)
    }

    pub(crate) fn drop_entries(
        &mut self,
        entries: Resource<DirectoryEntryStream>,
    ) -> wasmtime::Result<()> {
        let resource = entries.rep();
        HostDirectoryEntryStream::drop(&mut self.filesystem(), entries)?;
        self.files.close_resource(resource);
        Ok(())
    }

    pub(crate) fn set_size(&mut self, descriptor: Resource<Descriptor>, size: u64) -> FsResult<()> {
        let file = self.writable_file(&descriptor)?;
        let growth = size.saturating_sub(file.metadata()?.len());
        self.check_written(growth)?;
        without_signals_of_writes(|| file.set_len(size))?;
        self.files.charge(growth);
        Ok(())
    }

    pub(crate) fn write(
        &mut self,
        descriptor: Resource<Descriptor>,
        bytes: Vec<u8>,
        offset: u64,
    ) -> FsResult<u64> {
        let file = self.writable_file(&descriptor)?;
        let cost = cost_of_write(&file, Some(offset), bytes.len())?;
        self.check_written(cost)?;
        let len = without_signals_of_writes(|| file.write_at(&bytes, offset))?;
        self.files.charge(cost);
        Ok(len as u64)
    }

    pub(crate) fn read_via_stream(
        &mut self,
        descriptor: Resource<Descriptor>,
        position: u64,
    ) -> FsResult<Resource<DynInputStream>> {
        if let Descriptor::Dir(_) = self.table().get(&descriptor)? {
            return Err(ErrorCode::IsDirectory.into());
        }
        let file = self.file(&descriptor)?;
        let opened = self.files.resource(descriptor.rep());
        let stream: DynInputStream = Box::new(FileReader { file, position, opened });
        Ok(self.table().push(stream)?)
    }

    pub(crate) fn write_via_stream(
        &mut self,
        descriptor: Resource<Descriptor>,
        position: u64,
    ) -> FsResult<Resource<DynOutputStream>> {
        self.writer(&descriptor, Some(position))
    }

    pub(crate) fn append_via_stream(
        &mut self,
        descriptor: Resource<Descriptor>,
    ) -> FsResult<Resource<DynOutputStream>> {
        self.writer(&descriptor, None)
    }

    fn writer(
        &mut self,
        descriptor: &Resource<Descriptor>,
        position: Option<u64>,
    ) -> FsResult<Resource<DynOutputStream>> {
        let file = self.writable_file(descriptor)?;
        let opened = self.files.resource(descriptor.rep());
        let budget = self.files.budget.clone();
        let stream: DynOutputStream =
            Box::new(FileWriter { file, position, opened, budget, is_closed: false });
        Ok(self.table().push(stream)?)
    }
}
