//! Questions about components and WIT types.

use super::*;
use crate::components::{COMPONENTS, Component, Named, RUNNABLE, Wit, lookups};
use safewasm::abi::{safewasm_content_t as Content, safewasm_witnode_t, safewasm_wittype_t};
use safewasm::abi::{safewasm_node_t, safewasm_witkind_t as WitKind};
use safewasm_capi::*;

impl World {
    fn component(&self, of: usize) -> &'static Component {
        &COMPONENTS[self.components[of].1]
    }

    /// Adds the handle of a WIT type, whose name was given as well.
    fn add_wittype(
        &mut self,
        (name, made): (safewasm_text_t, *mut safewasm_wittype_t),
        (wanted, ty): &'static Named,
    ) {
        self.same("name of a WIT type", text(name), (*wanted).to_owned());
        self.wittypes.push(ty);
        self.add(Kind::WitType, made, None, self.wittypes.len() - 1);
    }

    pub fn component_imports_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::Component, "component");
        let wanted = of.map(|c| self.component(c).imports.len());
        self.ask_len("safewasm_component_imports_len", wanted, |out| unsafe {
            safewasm_component_imports_len(a.ptr(), out)
        });
    }

    pub fn component_exports_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::Component, "component");
        let wanted = of.map(|c| self.component(c).exports.len());
        self.ask_len("safewasm_component_exports_len", wanted, |out| unsafe {
            safewasm_component_exports_len(a.ptr(), out)
        });
    }

    pub fn component_import(&mut self, sel: Sel, n: u64) {
        type Import = Two<safewasm_text_t, *mut safewasm_wittype_t>;
        let (a, of) = self.asked(sel, Kind::Component, "component");
        let want = of.and_then(|c| one_of(self.component(c).imports, n));
        let out = self.ask("safewasm_component_import", want, |out: *mut Import| unsafe {
            let Two(name, ty) = &mut *out;
            safewasm_component_import(a.ptr(), n as usize, name, ty)
        });
        if let Some((Two(name, ty), wanted)) = out {
            self.add_wittype((name, ty), wanted);
        }
    }

    pub fn component_export(&mut self, sel: Sel, n: u64) {
        type Export = Two<safewasm_text_t, *mut safewasm_wittype_t>;
        let (a, of) = self.asked(sel, Kind::Component, "component");
        let want = of.and_then(|c| one_of(self.component(c).exports, n));
        let out = self.ask("safewasm_component_export", want, |out: *mut Export| unsafe {
            let Two(name, ty) = &mut *out;
            safewasm_component_export(a.ptr(), n as usize, name, ty)
        });
        if let Some((Two(name, ty), wanted)) = out {
            self.add_wittype((name, ty), wanted);
        }
    }

    pub fn component_serialize(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked(sel, Kind::Component, "component");
        let out = self.ask("safewasm_component_serialize", want, |out| unsafe {
            safewasm_component_serialize(a.ptr(), out)
        });
        if let Some((bytes, _)) = out {
            self.with_bytes(bytes, |world, data, len| {
                let mut content = 0;
                // SAFETY: there are that many bytes, and there is room for the result.
                let found = check(unsafe { safewasm_detect(data, len, &mut content) });
                let wanted = (true, Content::COMPONENT_ARTIFACT as u32);
                world.same("an artifact of a component", (found.is_ok(), content), wanted);
            });
        }
    }

    pub fn component_wasm(&mut self, sel: Sel, _: u64) {
        type Wasm = Two<*const u8, usize>;
        let (a, want) = self.asked(sel, Kind::Component, "component");
        let out = self.ask("safewasm_component_wasm", want, |out: *mut Wasm| unsafe {
            let Two(data, len) = &mut *out;
            safewasm_component_wasm(a.ptr(), data, len)
        });
        if let Some((Two(data, len), of)) = out {
            // SAFETY: there are that many bytes, as long as the component is there.
            let found = unsafe { std::slice::from_raw_parts(data, len) };
            // SAFETY: as before.
            let is_same = self
                .with_component(self.components[of].1 as u64, |_, data, len| unsafe {
                    found == std::slice::from_raw_parts(data, len)
                });
            self.check(is_same, || "safewasm_component_wasm: another component".to_owned());
        }
    }

    pub fn component_wit(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::Component, "component");
        let out = self.ask("safewasm_component_wit", of, |out| unsafe {
            safewasm_component_wit(a.ptr(), out)
        });
        if let Some((wit, of)) = out {
            let (wit, part) = (text(wit), self.component(of).wit);
            self.check(wit.contains(part), || format!("safewasm_component_wit: {wit}"));
        }
    }

    pub fn component_clone(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked(sel, Kind::Component, "component");
        let out = self.ask("safewasm_component_clone", want, |out| unsafe {
            safewasm_component_clone(a.ptr(), out)
        });
        if let Some((made, of)) = out {
            self.add(Kind::Component, made, None, of);
        }
    }

    pub fn componentinstance_func(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked_in(sel, Kind::ComponentInstance, "instance");
        let instance = of.clone().unwrap_or_default();
        let component = of.as_ref().map_or(RUNNABLE, |&of| self.componentinstances[of].component);
        let lookups = lookups(component);
        let (interface, name, found) = lookups[n as usize % lookups.len()];
        let want = of.and_then(|_| found.or_else(|(kind, named)| refuse(kind, named)));
        let out = self.ask("safewasm_componentinstance_func", want, |out| unsafe {
            let (interface, interface_len) = interface.map_or((std::ptr::null(), 0), |interface| {
                (interface.as_ptr().cast(), interface.len())
            });
            let (name, len) = (name.as_ptr().cast(), name.len());
            safewasm_componentinstance_func(a.ptr(), interface, interface_len, name, len, out)
        });
        if let Some((made, action)) = out {
            self.componentfuncs.push((action, instance));
            let store = self.store_of(a);
            self.add(Kind::ComponentFunc, made, Some(store), self.componentfuncs.len() - 1);
        }
    }

    pub fn componentinstance_run(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::ComponentInstance, "instance");
        let want: Want = of.and_then(|_| refuse(ErrorKind::NOT_FOUND, "wasi:cli/run"));
        self.ask("safewasm_componentinstance_run", want, |out: *mut u32| unsafe {
            safewasm_componentinstance_run(a.ptr(), out)
        });
    }

    pub fn values_nodes(&mut self, sel: Sel, _: u64) {
        type Nodes = Two<*const safewasm_node_t, usize>;
        let (a, want) = self.asked(sel, Kind::Values, "values");
        let out = self.ask("safewasm_values_nodes", want, |out: *mut Nodes| unsafe {
            let Two(nodes, len) = &mut *out;
            safewasm_values_nodes(a.ptr(), nodes, len)
        });
        if let Some((Two(nodes, len), of)) = out {
            // SAFETY: there are that many nodes, as long as the values are there; every member of the union
            // takes any bits.
            let found: Vec<_> = unsafe {
                let nodes = std::slice::from_raw_parts(nodes, len).iter();
                nodes.map(|node| (node.kind, node.of.u)).collect()
            };
            let wanted = self.values[of].map(|x| (WitKind::U32 as u8, u64::from(x)));
            self.same("safewasm_values_nodes", found, wanted.into_iter().collect());
        }
    }

    /// Chooses a WIT type, and gives it or the error for a handle that isn't right.
    fn asked_wittype(&self, sel: Sel) -> (Arg, Want<&'static Wit>) {
        let (a, of) = self.asked(sel, Kind::WitType, "wittype");
        (a, of.map(|of| self.wittypes[of]))
    }

    pub fn wittype_nodes(&mut self, sel: Sel, _: u64) {
        type Nodes = Two<*const safewasm_witnode_t, usize>;
        let (a, want) = self.asked_wittype(sel);
        let out = self.ask("safewasm_wittype_nodes", want, |out: *mut Nodes| unsafe {
            let Two(nodes, len) = &mut *out;
            safewasm_wittype_nodes(a.ptr(), nodes, len)
        });
        if let Some((Two(nodes, len), wanted)) = out {
            // SAFETY: there are that many nodes, as long as the type is there.
            let nodes = unsafe { std::slice::from_raw_parts(nodes, len) };
            self.same("size of the first node", nodes[0].size, wanted.nodes.len());
            let found: Vec<_> = nodes.iter().map(|node| (node.kind, node.len)).collect();
            let wanted: Vec<_> =
                wanted.nodes.iter().map(|(kind, len)| (*kind as u8, *len)).collect();
            self.same("safewasm_wittype_nodes", found, wanted);
        }
    }

    pub fn wittype_items_len(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked_wittype(sel);
        self.ask_len("safewasm_wittype_items_len", want.map(|ty| ty.items.len()), |out| unsafe {
            safewasm_wittype_items_len(a.ptr(), out)
        });
    }

    pub fn wittype_item(&mut self, sel: Sel, n: u64) {
        type Item = Two<safewasm_text_t, *mut safewasm_wittype_t>;
        let a = self.pick_where(sel, Kind::WitType, |h| !self.wittypes[h.of].items.is_empty());
        let of = self.need(a, Kind::WitType, "wittype");
        let want = of.and_then(|of| one_of(self.wittypes[of].items, n));
        let out = self.ask("safewasm_wittype_item", want, |out: *mut Item| unsafe {
            let Two(name, ty) = &mut *out;
            safewasm_wittype_item(a.ptr(), n as usize, name, ty)
        });
        if let Some((Two(name, ty), wanted)) = out {
            self.add_wittype((name, ty), wanted);
        }
    }

    pub fn wittype_text(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked_wittype(sel);
        let wanted = want.map(|ty| ty.text.to_owned());
        answer!(self, safewasm_wittype_text(a), wanted, |out: safewasm_text_t| text(out));
    }
}

/// The type at an index, or the error if there is none.
fn one_of(items: &'static [Named], index: u64) -> Want<&'static Named> {
    let found = usize::try_from(index).ok().and_then(|index| items.get(index));
    found.map_or_else(|| refuse(ErrorKind::NOT_FOUND, "index"), Ok)
}
