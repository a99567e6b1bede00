//! Views of memories, with which a program reads and writes a memory without a call.

use crate::kinds::{SharedKind, safewasm_view_t};
use crate::store::data::StoreData;
use crate::store::mapped::Mapped;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{mem, ptr};
use wasmtime::StoreContextMut;

/// The address and the size of a memory. Read them again before each access.
///
/// The library updates a cell whenever wasm returns to the program, and when the memory grows, so
/// `data` and `len` are right after each call. When the store is deleted, both become 0. A cell is
/// never freed, so it can always be read. After its view is deleted, it may show another memory;
/// `generation` has changed then.
#[repr(C)]
pub struct safewasm_cell_t {
    /// The memory's first byte, or NULL if the memory no longer exists.
    pub data: *mut u8,
    /// The memory's size in bytes.
    pub len: usize,
    /// A number that changes when the cell is reused for another view.
    pub generation: u64,
}

/// A `safewasm_cell_t` with atomic members, as the library writes it.
#[repr(C)]
pub(crate) struct RawCell {
    data: AtomicPtr<u8>,
    len: AtomicUsize,
    generation: AtomicU64,
}

const _: () = {
    assert!(size_of::<RawCell>() == size_of::<safewasm_cell_t>());
    assert!(mem::offset_of!(RawCell, data) == mem::offset_of!(safewasm_cell_t, data));
    assert!(mem::offset_of!(RawCell, len) == mem::offset_of!(safewasm_cell_t, len));
    assert!(mem::offset_of!(RawCell, generation) == mem::offset_of!(safewasm_cell_t, generation));
};

static FREE_CELLS: Mutex<FreeCells> = Mutex::new(Vec::new());

/// The cells that serve no view now.
pub(crate) type FreeCells = Vec<&'static RawCell>;

pub(crate) fn free_cells() -> MutexGuard<'static, FreeCells> {
    FREE_CELLS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A cell that serves a view. The view's handle and the store, which updates the cell, share it.
pub(crate) struct ViewCell(&'static RawCell);

impl ViewCell {
    pub(crate) fn take() -> Arc<Self> {
        let free = free_cells().pop();
        Arc::new(Self(free.unwrap_or_else(|| {
            Box::leak(Box::new(RawCell {
                data: AtomicPtr::new(ptr::null_mut()),
                len: AtomicUsize::new(0),
                generation: AtomicU64::new(1),
            }))
        })))
    }

    /// The cell as callers see it.
    pub(crate) fn address(&self) -> *const safewasm_cell_t {
        ptr::from_ref(self.0).cast()
    }

    fn show(&self, data: *mut u8, len: usize) {
        // The length is cleared first and set last: a reader on another thread, though it breaks the
        // rules, never sees a length without an address.
        if data.is_null() {
            self.0.len.store(0, Ordering::Release);
            self.0.data.store(data, Ordering::Release);
        } else {
            self.0.data.store(data, Ordering::Release);
            self.0.len.store(len, Ordering::Release);
        }
    }
}

impl Drop for ViewCell {
    fn drop(&mut self) {
        self.show(ptr::null_mut(), 0);
        self.0.generation.fetch_add(1, Ordering::Release);
        free_cells().push(self.0);
    }
}

/// The object behind the handle of a view.
pub(crate) struct View {
    _cell: Arc<ViewCell>,
    _mapped: Arc<Mapped>,
}

impl SharedKind for safewasm_view_t {
    type Object = View;
}

impl View {
    pub(crate) fn new(cell: Arc<ViewCell>, mapped: Arc<Mapped>) -> Self {
        Self { _cell: cell, _mapped: mapped }
    }
}

/// A view in the list of its store.
pub(crate) struct LiveView {
    memory: wasmtime::Memory,
    cell: Arc<ViewCell>,
}

impl LiveView {
    pub(crate) fn new(memory: wasmtime::Memory, cell: Arc<ViewCell>) -> Self {
        Self { memory, cell }
    }

    /// Whether the view has a handle. A view without one is dropped.
    pub(crate) fn has_handle(&self) -> bool {
        Arc::strong_count(&self.cell) > 1
    }

    pub(crate) fn publish(&self, context: &StoreContextMut<'_, StoreData>) {
        self.cell.show(self.memory.data_ptr(context), self.memory.data_size(context));
    }

    pub(crate) fn clear(&self) {
        self.cell.show(ptr::null_mut(), 0);
    }
}
