//! Checks that follow each operation: which handles are valid, how often finalizers have run, and what the
//! cells of views contain.

use crate::model::*;
use crate::world::{Arg, FINALIZED, World};
use safewasm::abi::safewasm_cell_t;
use safewasm_capi::Kind;
use std::ops::RangeInclusive;
use std::sync::atomic::Ordering;

impl World {
    /// Checks everything that must hold at any time.
    pub fn look_around(&mut self) {
        for id in 0..self.handles.len() {
            let handle = self.handles[id].clone();
            let valid = handle.kind.is_valid(handle.bits);
            let wanted = self.is_living(id);
            self.check(valid == wanted, || format!("valid: {valid}, not {wanted}: {handle:?}"));
        }
        self.check_finalizers();
        self.check_cells();
    }

    /// Deletes all objects, in an order that depends on `order`, and checks that nothing is left.
    pub fn end(&mut self, order: u64) {
        let mut ids: Vec<_> = (0..self.handles.len()).collect();
        ids.sort_by_key(|id| (*id as u64 + 1).wrapping_mul(order | 1) >> 7);
        for id in ids {
            let handle = &self.handles[id];
            let (kind, arg) = (handle.kind, Arg { bits: handle.bits, id: Some(id) });
            // The second time does no harm.
            self.delete(kind, arg);
            self.delete(kind, arg);
        }
        self.look_around();
        self.each_finalizer(|_, _| 1..=1);
    }

    fn check_finalizers(&mut self) {
        self.each_finalizer(Self::finalizations);
    }

    /// Checks how often each finalizer has run.
    fn each_finalizer(&mut self, wanted: impl Fn(&Self, usize) -> RangeInclusive<u32>) {
        for (env, count) in FINALIZED.iter().enumerate().take(self.owners.len()).skip(1) {
            let count = count.load(Ordering::Relaxed);
            let (owner, wanted) = (self.owners[env], wanted(self, env));
            self.check(wanted.contains(&count), || {
                format!("the finalizer of env {env}, {owner:?}, ran {count} times, not {wanted:?}")
            });
        }
    }

    /// How often the finalizer of an `env` may have run by now.
    fn finalizations(&self, env: usize) -> RangeInclusive<u32> {
        let is_held = |kind, holds: &dyn Fn(usize) -> bool| {
            let mut handles = self.handles.iter().enumerate();
            handles.any(|(id, h)| h.kind == kind && self.is_living(id) && holds(h.of))
        };
        match self.owners[env] {
            Owner::Nobody => 1..=1,
            Owner::Errors if is_held(Kind::Error, &|of| self.errors[of].env == Some(env)) => 0..=0,
            // An error may be on its way out of a host function.
            Owner::Errors => u32::from(self.frames.is_empty())..=1,
            Owner::Func(store) | Owner::Ref(store, _) | Owner::Resource(store, _)
                if self.is_freed(store) =>
            {
                1..=1
            }
            Owner::Func(_) => 0..=0,
            Owner::Data(store) if self.stores[store].data != env || self.is_freed(store) => 1..=1,
            Owner::Data(_) => 0..=0,
            Owner::Ref(_, of) if is_held(Kind::Ref, &|other| other == of) => 0..=0,
            Owner::Linker(of) if is_held(Kind::Linker, &|other| other == of) => 0..=0,
            Owner::ComponentLinker(of)
                if self.componentlinkers[of].has(env)
                    && is_held(Kind::ComponentLinker, &|other| other == of) =>
            {
                0..=0
            }
            Owner::ResourceType(of) if is_held(Kind::ResourceType, &|other| other == of) => 0..=0,
            Owner::Resource(_, of) if is_held(Kind::Resource, &|other| other == of) => 0..=0,
            // Wasm, a linker or a store may still hold it.
            Owner::Ref(..)
            | Owner::Linker(_)
            | Owner::ComponentLinker(_)
            | Owner::ResourceType(_)
            | Owner::Resource(..) => 0..=1,
        }
    }

    /// Whether everything in a store is freed: it is deleted, not entered, and without views.
    fn is_freed(&self, store: usize) -> bool {
        let keeps = |handle: &Handle| {
            handle.kind == Kind::View && !handle.deleted && self.views[handle.of].store == store
        };
        self.stores[store].deleted && !self.is_inside(store) && !self.handles.iter().any(keeps)
    }

    /// Compares the cells of views with their memories.
    fn check_cells(&mut self) {
        let views = self.handles.iter().filter(|h| h.kind == Kind::View && !h.deleted);
        for of in views.map(|handle| handle.of).collect::<Vec<_>>() {
            self.check_cell(of);
        }
    }

    fn check_cell(&mut self, of: usize) {
        let &View { store, memory, cell, generation } = &self.views[of];
        // SAFETY: the cell is there until the view is deleted.
        let cell = unsafe { std::ptr::with_exposed_provenance::<safewasm_cell_t>(cell).read() };
        self.same("generation of a cell", cell.generation, generation);
        let is_gone =
            (self.stores[store].deleted || self.stores[store].poisoned) && !self.is_inside(store);
        let len = if is_gone { 0 } else { self.memories[memory].size << 16 };
        self.same("a cell", (cell.data.is_null(), cell.len as u64), (is_gone, len));
        if !is_gone && len > 0 && self.wrong.is_none() {
            // SAFETY: the memory isn't empty, and no wasm runs.
            let first = unsafe { cell.data.read() };
            let wanted = self.memories[memory].bytes.get(&0).copied().unwrap_or(0);
            self.same("the first byte in a view", first, wanted);
        }
    }
}
