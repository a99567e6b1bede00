//! Resource types and resources of the program.

use crate::model::*;
use crate::ops::{ResourceOp, Sel, Value};
use crate::world::{Arg, World, finalize};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm_capi::*;

/// A resource of the program.
pub struct Resource {
    /// The number of its type.
    ty: usize,
    /// What it stands for.
    data: usize,
}

impl World {
    pub fn resource(&mut self, what: ResourceOp, a: Sel, b: Sel, value: Value) {
        match what {
            ResourceOp::NewType => self.new_resourcetype(),
            ResourceOp::New => self.new_resource(a, b),
            ResourceOp::Data => self.resource_data(a, b),
            ResourceOp::IsOwned => self.resource_is_owned(a),
            ResourceOp::Drop => self.drop_resource(a),
            ResourceOp::Define => self.define_resource(a, b, value),
        }
    }

    fn new_resourcetype(&mut self) {
        let of = self.resourcetypes;
        let env = self.env(Owner::ResourceType(of));
        let env = std::ptr::without_provenance_mut(env);
        let made = self.ask("safewasm_resourcetype_new", Ok(()), |out| unsafe {
            safewasm_resourcetype_new(None, env, Some(finalize), out)
        });
        let Some((made, ())) = made else { return };
        self.resourcetypes += 1;
        self.add(Kind::ResourceType, made, None, of);
    }

    fn new_resource(&mut self, store: Sel, ty: Sel) {
        let store = self.pick(store, Kind::Store);
        let ty = self.pick(ty, Kind::ResourceType);
        let want = self.need(ty, Kind::ResourceType, "resourcetype").and_then(|ty| {
            let store = self.enter(store, Kind::Store, "store")?;
            Ok((store, ty))
        });
        let of = self.resources.len();
        let owner = want.as_ref().map_or(Owner::Nobody, |want| Owner::Resource(want.0, of));
        let data = self.env(owner);
        let made = self.ask("safewasm_resource_new", want, |out| unsafe {
            let data = std::ptr::without_provenance_mut(data);
            safewasm_resource_new(store.ptr(), ty.ptr(), data, Some(finalize), out)
        });
        let Some((made, (store, ty))) = made else { return };
        self.resources.push(Resource { ty, data });
        self.add(Kind::Resource, made, Some(store), of);
    }

    fn resource_data(&mut self, resource: Sel, ty: Sel) {
        let resource = self.pick(resource, Kind::Resource);
        let wanted = self.object(resource, Kind::Resource).map(|of| self.resources[of].ty);
        let ty = self.pick_where(ty, Kind::ResourceType, |h| Some(h.of) == wanted);
        let want = self.need(ty, Kind::ResourceType, "resourcetype").and_then(|ty| {
            let of = self.enter(resource, Kind::Resource, "resource")?;
            let Resource { ty: is_of, data } = self.resources[of];
            if is_of == ty { Ok(data) } else { refuse(ErrorKind::TYPE_MISMATCH, "resource") }
        });
        let found = self.ask("safewasm_resource_data", want, |out| unsafe {
            safewasm_resource_data(resource.ptr(), ty.ptr(), out)
        });
        if let Some((found, wanted)) = found {
            self.same("what a resource stands for", found.addr(), wanted);
        }
    }

    fn resource_is_owned(&mut self, resource: Sel) {
        let resource = self.pick(resource, Kind::Resource);
        let want = self.enter(resource, Kind::Resource, "resource");
        let found = self.ask("safewasm_resource_is_owned", want, |out: *mut bool| unsafe {
            safewasm_resource_is_owned(resource.ptr(), out.cast())
        });
        if let Some((is_owned, _)) = found {
            self.same("whether a resource is owned", is_owned, true);
        }
    }

    fn drop_resource(&mut self, resource: Sel) {
        let resource = self.pick(resource, Kind::Resource);
        let want = self.enter(resource, Kind::Resource, "resource");
        let dropped = self.tell("safewasm_resource_drop", want, || unsafe {
            safewasm_resource_drop(resource.ptr())
        });
        if let (Some(_), Some(id)) = (dropped, resource.id) {
            self.forget(id);
        }
    }

    /// Defines an import that no component has. Twice the same is refused, unless it may replace the first.
    fn define_resource(&mut self, linker: Sel, ty: Sel, value: Value) {
        const NAMES: [&str; 2] = ["r0", "r1"];
        let index = usize::from(value.null);
        let linker: Arg = self.pick(linker, Kind::ComponentLinker);
        let ty = self.pick(ty, Kind::ResourceType);
        let want = self.need(linker, Kind::ComponentLinker, "linker").and_then(|linker| {
            self.need(ty, Kind::ResourceType, "resourcetype")?;
            let known = &self.componentlinkers[linker];
            if known.resources[index] && !known.shadowing {
                return refuse(ErrorKind::INVALID_ARGUMENT, NAMES[index]);
            }
            Ok(linker)
        });
        let name = NAMES[index];
        // SAFETY: any handle is accepted, and the name has that length.
        let defined = self.tell("safewasm_componentlinker_define_resource", want, || unsafe {
            let (name, len) = (name.as_ptr().cast(), name.len());
            let none = std::ptr::null();
            safewasm_componentlinker_define_resource(linker.ptr(), none, 0, name, len, ty.ptr())
        });
        if let Some(linker) = defined {
            self.componentlinkers[linker].resources[index] = true;
        }
    }
}
