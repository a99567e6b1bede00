//! Resources: those of the program, and what a handle of a resource stands for.

use super::collected::CollectedEnv;
use crate::canonical::resource::{Passed, Received};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_error_t, safewasm_resourcetype_t};
use crate::process::finalizer::Env;
use std::ffi::c_void;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use wasmtime::component::{ResourceAny, ResourceType};

/// A function of the program that the library calls when a component drops a resource of the program.
///
/// `env` is the pointer that the resource type was created with, and `data` is the pointer that the resource stands
/// for. The finalizer of the resource runs later.
///
/// Returns NULL for success, or an error that `safewasm_error_new` created or that another function
/// of the library returned. The library takes the error over. The call of the component then fails with that
/// error, and the components of the store end.
///
/// The same rules hold as for `safewasm_component_callback_t`.
pub type safewasm_destructor_t = Option<
    unsafe extern "C-unwind" fn(env: *mut c_void, data: *mut c_void) -> *mut safewasm_error_t,
>;

/// A resource type of the program.
pub(crate) struct HostResourceType {
    number: u32,
    pub(crate) destructor: safewasm_destructor_t,
    pub(crate) env: Env,
    /// Whether the destructor has run. Kept only if the engine has hooks.
    pub(crate) has_run: AtomicBool,
}

impl SharedKind for safewasm_resourcetype_t {
    type Object = HostResourceType;
}

impl HostResourceType {
    pub(crate) fn new(destructor: safewasm_destructor_t, env: Env) -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next =
            NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| next.checked_add(1));
        match next {
            Ok(number) => Ok(Self { number, destructor, env, has_run: AtomicBool::new(false) }),
            Err(_) => {
                Err(Error::new(ErrorKind::LIMIT, "no number is left for another resource type"))
            }
        }
    }

    /// Wasmtime's form of the type.
    pub(crate) fn wasmtime(&self) -> ResourceType {
        ResourceType::host_dynamic(self.number)
    }
}

/// The resources of a store.
#[derive(Default)]
pub(crate) struct Resources {
    /// What the program's resources stand for, by their numbers.
    data: Vec<Option<CollectedEnv>>,
    /// The free numbers.
    free: Vec<u32>,
    /// The program's resource types that were used.
    types: Vec<Arc<HostResourceType>>,
    dropped: Arc<DropQueue>,
}

/// The owned resources whose handles were deleted.
#[derive(Default)]
struct DropQueue {
    dropped: Mutex<Dropped>,
    /// Whether there are any. Each call asks that.
    has_any: AtomicBool,
}

impl DropQueue {
    fn change<R>(&self, change: impl FnOnce(&mut Dropped) -> R) -> R {
        let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut dropped);
        let has_any = !dropped.any.is_empty() || !dropped.host.is_empty();
        self.has_any.store(has_any, Ordering::Relaxed);
        result
    }
}

#[derive(Default)]
struct Dropped {
    /// Those of components, each with the number of the component instance that it came from.
    any: Vec<(ResourceAny, u32)>,
    /// The numbers of those of the program.
    host: Vec<u32>,
}

impl Resources {
    /// Adds a resource of the program, which stands for `data`.
    pub(crate) fn insert(&mut self, data: CollectedEnv) -> Result<u32> {
        self.free_dropped();
        if let Some(number) = self.free.pop() {
            self.data[number as usize] = Some(data);
            return Ok(number);
        }
        match u32::try_from(self.data.len()) {
            Ok(number) if self.data.try_reserve(1).is_ok() => {
                self.data.push(Some(data));
                Ok(number)
            }
            _ => Err(Error::new(ErrorKind::LIMIT, "no room for another resource of the program")),
        }
    }

    /// Removes a resource of the program, which nothing refers to any more.
    pub(crate) fn remove(&mut self, number: u32) -> Option<CollectedEnv> {
        let data = self.data.get_mut(number as usize)?.take()?;
        self.free.push(number);
        Some(data)
    }

    /// The pointer that a resource of the program stands for.
    pub(crate) fn data(&self, number: u32) -> Option<*mut c_void> {
        self.data.get(number as usize)?.as_ref().map(CollectedEnv::data)
    }

    /// Notes that resources of the program's type `ty` may come.
    pub(crate) fn note_type(&mut self, ty: &Arc<HostResourceType>) {
        if !self.types.iter().any(|known| Arc::ptr_eq(known, ty)) {
            self.types.push(Arc::clone(ty));
        }
    }

    /// Removes the resources of the program whose handles were deleted. They needn't wait, since nothing refers to them
    /// and no wasm runs for them.
    pub(crate) fn free_dropped(&mut self) {
        let dropped = self.dropped.change(|dropped| mem::take(&mut dropped.host));
        dropped.into_iter().for_each(|number| drop(self.remove(number)));
    }

    /// The resources of components whose handles were deleted, each with the number of the component instance that it
    /// came from. They are in the queue no more.
    pub(crate) fn take_dropped(&self) -> Vec<(ResourceAny, u32)> {
        self.dropped.change(|dropped| mem::take(&mut dropped.any))
    }

    /// Puts a resource whose destructor couldn't run back into the queue.
    pub(crate) fn put_back(&self, any: ResourceAny, instance: u32) {
        self.dropped.change(|dropped| dropped.any.push((any, instance)));
    }

    /// Whether there are resources whose handles were deleted.
    #[inline]
    pub(crate) fn has_dropped(&self) -> bool {
        self.dropped.has_any.load(Ordering::Relaxed)
    }

    /// A new resource of the program with that number.
    pub(crate) fn host(&self, number: u32, ty: &Arc<HostResourceType>) -> Resource {
        self.resource(What::Host(number, Arc::clone(ty)), true, 0)
    }

    /// A resource that came from the component instance with the number `instance`.
    pub(crate) fn received(
        &self,
        received: Received,
        is_owned: bool,
        instance: u32,
    ) -> Result<Resource> {
        let what = match received {
            Received::Any(any) => What::Any(any),
            Received::Host(host) => {
                let ty = self.types.iter().find(|ty| ty.number == host.ty()).ok_or_else(|| {
                    Error::new(ErrorKind::INTERNAL, "a resource of the program has an unknown type")
                })?;
                What::Host(host.rep(), Arc::clone(ty))
            }
        };
        Ok(self.resource(what, is_owned, instance))
    }

    fn resource(&self, what: What, is_owned: bool, instance: u32) -> Resource {
        Resource {
            what,
            is_owned,
            instance,
            state: AtomicU8::new(ALIVE),
            lent: AtomicU32::new(0),
            dropped: Arc::clone(&self.dropped),
        }
    }
}

/// The object behind the handle of a resource. Used only inside its store, so that no atomic operation races.
pub(crate) struct Resource {
    pub(crate) what: What,
    /// Whether it was handed over, and not lent.
    is_owned: bool,
    /// The number of the component instance that it came from, or 0.
    pub(crate) instance: u32,
    state: AtomicU8,
    /// How many running calls it is lent to.
    lent: AtomicU32,
    dropped: Arc<DropQueue>,
}

/// What a resource is.
pub(crate) enum What {
    Any(ResourceAny),
    /// The number of a resource of the program, and its type.
    Host(u32, Arc<HostResourceType>),
}

const ALIVE: u8 = 0;
const GONE: u8 = 1;

impl Resource {
    pub(crate) fn ty(&self) -> ResourceType {
        match &self.what {
            What::Any(any) => any.ty(),
            What::Host(_, ty) => ty.wasmtime(),
        }
    }

    pub(crate) fn is_owned(&self) -> bool {
        self.is_owned
    }

    /// Refuses a resource that was given away, dropped or returned, such as by a call in the middle of which it was
    /// found.
    pub(crate) fn check_alive(&self) -> Result<()> {
        if self.state.load(Ordering::Relaxed) == ALIVE {
            return Ok(());
        }
        Err(Error::new(ErrorKind::INVALID_HANDLE, "the resource was given away or dropped"))
    }

    /// Refuses a resource that can't be given away or dropped now.
    pub(crate) fn check_given(&self) -> Result<()> {
        self.check_alive()?;
        let refuse = |why: &str| Err(Error::new(ErrorKind::TYPE_MISMATCH, why));
        if !self.is_owned {
            return refuse("the resource is borrowed; it belongs to the component that lent it");
        }
        if self.lent.load(Ordering::Relaxed) > 0 {
            return Err(Error::new(
                ErrorKind::STORE_BUSY,
                "the resource is lent to a call that still runs",
            ));
        }
        Ok(())
    }

    /// Notes that the resource was given away, dropped or returned. Its handle is of no use any more.
    pub(crate) fn end(&self) {
        self.state.store(GONE, Ordering::Relaxed);
    }

    /// Lends the resource to a call, until [`Self::give_back`].
    pub(crate) fn lend(&self) {
        self.lent.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn give_back(&self) {
        self.lent.fetch_sub(1, Ordering::Relaxed);
    }

    /// The resource as it is passed to a component: given away if `is_given`, else lent.
    pub(crate) fn passed(&self, is_given: bool) -> Passed {
        match &self.what {
            What::Any(any) => Passed::Any(*any),
            What::Host(number, ty) if is_given => Passed::Own { number: *number, ty: ty.number },
            What::Host(number, ty) => Passed::Borrow { number: *number, ty: ty.number },
        }
    }
}

impl Drop for Resource {
    /// An owned resource waits in the queue: one of a component until no wasm runs in the store.
    fn drop(&mut self) {
        if !self.is_owned || *self.state.get_mut() != ALIVE {
            return;
        }
        self.dropped.change(|dropped| match &self.what {
            What::Any(any) => dropped.any.push((*any, self.instance)),
            What::Host(number, _) => dropped.host.push(*number),
        });
    }
}
