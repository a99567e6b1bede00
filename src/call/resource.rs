//! Resources: how they are passed to calls, received from them, and dropped.

use super::activation::{ComponentCall, HostCall};
use super::enter::Runs;
use super::host::{call_host, outcome};
use crate::canonical::resource::Passed;
use crate::canonical::values::Values;
use crate::error::hostfailure::HostFailure;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::safewasm_resource_t;
use crate::registry::ObjectHandle;
use crate::store::data::StoreData;
use crate::store::entered::{Entered, Guard};
use crate::store::resource::{HostResourceType, Resource, What};
use crate::types::wit::safewasm_witkind_t as Kind;
use smallvec::SmallVec;
use std::sync::Arc;
use wasmtime::component::{ResourceAny, ResourceType};
use wasmtime::{AsContextMut, StoreContextMut};

/// A handle of a resource, with the resource.
type Handled = (*mut safewasm_resource_t, Arc<Resource>);

/// The resources among the arguments or the results of one call.
#[derive(Default)]
pub(crate) struct Taken(SmallVec<[(Kind, Handled); 2]>);

impl Taken {
    /// Takes a resource of type `ty`: to give it away (`OWN`), or to lend it (`BORROW`).
    pub(crate) fn take(
        &mut self,
        kind: Kind,
        ty: ResourceType,
        handle: *mut safewasm_resource_t,
        guard: &Guard,
    ) -> Result<()> {
        let resource = handle.get_in(guard, "resource")?;
        if resource.ty() != ty {
            let why = "the resource is of another resource type, or of another component instance";
            return Err(Error::new(ErrorKind::TYPE_MISMATCH, why));
        }
        match kind {
            Kind::OWN => resource.check_given()?,
            _ => resource.check_alive()?,
        }
        let given = |with: Kind| with == Kind::OWN || kind == Kind::OWN;
        let is_same =
            |(with, (_, other)): &(Kind, Handled)| given(*with) && Arc::ptr_eq(other, &resource);
        if self.0.iter().any(is_same) {
            let why = "the resource is passed twice, and given away by that";
            return Err(Error::new(ErrorKind::TYPE_MISMATCH, why));
        }
        self.0.push((kind, (handle, resource)));
        Ok(())
    }

    /// The resources for the component. From now on those that are given away have no handle, and the others are lent.
    pub(crate) fn pass(&self) -> SmallVec<[Passed; 2]> {
        let pass = |(kind, (handle, resource)): &(Kind, Handled)| {
            let is_given = *kind == Kind::OWN;
            let passed = resource.passed(is_given);
            if is_given {
                resource.end();
                handle.delete();
            } else {
                resource.lend();
            }
            passed
        };
        self.0.iter().map(pass).collect()
    }

    /// Ends the call that the resources were lent to.
    pub(crate) fn give_back(&self) {
        let lent = self.0.iter().filter(|(kind, _)| *kind != Kind::OWN);
        lent.for_each(|(_, (_, resource))| resource.give_back());
    }

    /// Refuses resources that something has happened to since they were taken.
    pub(crate) fn check_given(&self) -> Result<()> {
        self.0.iter().try_for_each(|(_, (_, resource))| resource.check_given())
    }
}

/// Gives the resources in values handles. They came from the component instance with the number `instance`. Returns those
/// that were lent.
pub(crate) fn receive(values: &mut Values, instance: u32, guard: &mut Guard) -> Result<Borrowed> {
    let mut borrowed = Borrowed::default();
    values.own_received(|received, is_owned| {
        let resource = guard.context().data().resources.received(received, is_owned, instance)?;
        let resource = Arc::new(resource);
        let handle = guard.own(Arc::clone(&resource))?;
        if !is_owned {
            borrowed.0.push((handle, resource));
        }
        Ok(handle)
    })?;
    Ok(borrowed)
}

/// The resources that a host function has borrowed.
#[derive(Default)]
pub(crate) struct Borrowed(SmallVec<[Handled; 2]>);

impl Borrowed {
    /// Ends the loan: the handles are of no use any more.
    pub(crate) fn end(&self) {
        for (handle, resource) in &self.0 {
            resource.end();
            handle.delete();
        }
    }

    /// Gives the resources back to the component that lent them.
    pub(crate) fn give_back(
        &self,
        mut context: StoreContextMut<'_, StoreData>,
    ) -> wasmtime::Result<()> {
        self.0.iter().try_for_each(|(_, resource)| match resource.what {
            What::Any(any) => any.resource_drop(context.as_context_mut()),
            What::Host(..) => Ok(()),
        })
    }
}

impl HostResourceType {
    /// Called when a component drops the program's resource with that number.
    pub(crate) fn drop_of(
        &self,
        mut context: StoreContextMut<'_, StoreData>,
        number: u32,
    ) -> wasmtime::Result<()> {
        let Some(data) = context.data_mut().resources.remove(number) else {
            return Err(wasmtime::Error::msg("the component drops a resource that doesn't exist"));
        };
        let Some(destructor) = self.destructor else { return Ok(()) };
        let call = ComponentCall::new(context.as_context_mut(), None);
        let (host, activation) = HostCall::<true>::of_component(context.as_context_mut(), &call);
        let store = activation.store();
        let entered = host.enter(&activation);
        // SAFETY: the program gave this function for this `env`.
        let error = call_host(entered.hooks(), entered.thread(), &self.has_run, || unsafe {
            destructor(self.env.data(), data.data())
        });
        let failure = outcome(error, store).err();
        entered.leave(context.as_context_mut(), failure.map(|failure| || failure))?;
        let ended = context.data().ended.check();
        ended.map_err(|error| wasmtime::Error::new(HostFailure::from(error)))
    }
}

/// Drops a resource now, with its destructor. Deletes the handle, unless the resource is refused.
pub(crate) fn drop_now(handle: *mut safewasm_resource_t) -> Result<()> {
    let (mut guard, resource) = handle.enter("resource")?;
    if resource.is_owned() {
        resource.check_given().map_err(|error| error.context("`resource`"))?;
    } else {
        let why = "`resource` is borrowed; it is given back when the host function returns";
        return Err(Error::new(ErrorKind::TYPE_MISMATCH, why));
    }
    match resource.what {
        What::Host(number, _) => {
            resource.end();
            handle.delete();
            guard.context().data_mut().resources.remove(number);
            Ok(())
        }
        What::Any(any) => {
            guard.context().data().ended.check()?;
            destroy(any, resource.instance, &mut guard, || {
                resource.end();
                handle.delete();
            })
        }
    }
}

/// Runs the destructor of a resource of a component. `begin` is called before it runs, unless it can't run now.
fn destroy(any: ResourceAny, instance: u32, guard: &mut Guard, begin: impl FnOnce()) -> Result<()> {
    guard.context().data_mut().active.begin(instance)?;
    let mut has_run = false;
    let dropped = guard.run(ErrorKind::TRAP, |context| {
        has_run = true;
        begin();
        any.resource_drop(context)
    });
    let mut context = guard.context();
    context.data_mut().active.end();
    if let Err(error) = &dropped
        && has_run
    {
        context.data_mut().ended.note(error);
    }
    dropped
}

/// The time that the destructors of resources whose handles were deleted may take, in nanoseconds.
const TIME_OF_DROPS: u64 = 1_000_000_000;

/// Drops the resources whose handles were deleted, if no wasm runs in the store. A failure ends the components of the
/// store; later calls report it.
#[inline]
pub(crate) fn run_drops(guard: &mut Guard) {
    if guard.is_outermost() && guard.context().data().resources.has_dropped() {
        run_waiting_drops(guard);
    }
}

#[cold]
fn run_waiting_drops(guard: &mut Guard) {
    guard.context().data_mut().resources.free_dropped();
    // SAFETY: the closure only clones a field.
    let control = unsafe { guard.payload(|payload| payload.control()) };
    let timeout = control.as_ref().and_then(|control| control.begin_timeout(TIME_OF_DROPS, 0).ok());
    for (any, instance) in guard.context().data().resources.take_dropped() {
        if guard.context().data().ended.check().is_err() {
            break;
        }
        let mut has_begun = false;
        // A failure is noted.
        drop(destroy(any, instance, guard, || has_begun = true));
        if !has_begun {
            guard.context().data().resources.put_back(any, instance);
        }
    }
    if let (Some(control), Some(id)) = (control, timeout) {
        control.end_timeout(id);
    }
}
