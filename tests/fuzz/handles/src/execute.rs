//! Operations are executed.

use crate::model::*;
use crate::ops::{Op, Sel, Step};
use crate::world::World;
use safewasm::abi::{safewasm_extern_t, safewasm_externhandle_t};
use safewasm_capi::*;

impl World {
    /// Executes steps until the library makes a mistake.
    pub fn run(&mut self, steps: &[Step]) {
        for step in steps {
            if self.wrong.is_some() {
                return;
            }
            let outer = std::mem::replace(&mut self.keep, step.keep);
            self.operations += 1;
            self.execute(&step.op);
            self.keep = outer;
            self.blame(&step.op);
            self.look_around();
        }
    }

    /// Adds the operation to the report of a mistake, if there is one. The innermost operation is first.
    pub fn blame(&mut self, op: &Op) {
        if let Some(wrong) = self.wrong.as_mut().filter(|wrong| !wrong.contains("\n  in ")) {
            *wrong += &format!("\n  in {op:?}");
        }
    }

    pub fn execute(&mut self, op: &Op) {
        match op {
            Op::Delete(kind, sel) => self.delete_one(*kind, *sel),
            Op::DeleteExtern(kind, sel) => self.delete_extern(ExternKind::of(*kind), *sel),
            Op::TakeError(sel) => self.take_error(*sel),
            Op::New(what, a, b, n, value) => self.create(*what, *a, *b, n.0, *value),
            Op::SetConfig(what, sel, n) => self.set_config(*what, *sel, n.0),
            Op::SetStore(what, sel, n) => self.set_store(*what, *sel, n.0),
            Op::SetWasi(what, sel, n) => self.set_wasi(*what, *sel, n.0),
            Op::GiveWasi(store, wasi) => self.give_wasi(*store, *wasi),
            Op::Ask(question, sel, n) => question.method()(self, *sel, n.0),
            Op::Change(what, sel, a, b, value) => self.change(*what, *sel, a.0, b.0, *value),
            Op::CopyTable(a, b, x, y, len) => self.copy_table(*a, *b, [x.0, y.0, len.0]),
            Op::Same(what, a, b) => self.compare(*what, *a, *b),
            Op::Instantiate(op) => self.instantiate(op),
            Op::Define(what, definition) => self.define(*what, definition),
            Op::Link(what, sels, script) => self.link(*what, *sels, script),
            Op::Call(op) => self.call_func(op),
            Op::CallComponent(func, in_columns, value) => {
                self.call_component_of_numbers(*func, *in_columns, *value);
            }
            Op::ComponentLink(what, sels, value, script) => {
                self.link_component(*what, *sels, *value, script);
            }
            Op::Resource(what, a, b, value) => self.resource(*what, *a, *b, *value),
            Op::Elsewhere(steps) => self.elsewhere(steps),
            Op::Race(lists) => self.race(lists),
        }
    }

    fn delete_one(&mut self, kind: Kind, sel: Sel) {
        // Not always a store or an engine, since most objects would go with it.
        if !matches!(kind, Kind::Store | Kind::Engine) || sel.index.is_multiple_of(3) {
            let arg = self.pick(sel, kind);
            self.delete(kind, arg);
        }
    }

    fn delete_extern(&mut self, kind: ExternKind, sel: Sel) {
        let arg = self.pick(sel, kind.kind);
        let of = safewasm_externhandle_t { func: arg.ptr() };
        let mut item = safewasm_extern_t { kind: kind.number, of };
        // SAFETY: it is an extern, whose handle may be any.
        unsafe { safewasm_extern_delete(&mut item) };
        // SAFETY: every member is a pointer.
        let left = unsafe { item.of.func };
        self.same("a deleted extern", (item.kind, left.addr()), (0, 0));
        let is_extern = |id: &usize| EXTERNS.iter().any(|of| of.kind == self.handles[*id].kind);
        if let Some(id) = arg.id.filter(is_extern) {
            self.forget(id);
        }
    }

    /// Executes steps on a new thread.
    fn elsewhere(&mut self, steps: &[Step]) {
        let thread = self.thread;
        self.threads += 1;
        self.thread = self.threads;
        std::thread::scope(|scope| {
            let builder = std::thread::Builder::new().stack_size(16 << 20);
            let done = builder.spawn_scoped(scope, || self.run(steps)).map(|thread| thread.join());
            assert!(matches!(done, Ok(Ok(()))), "a thread runs and ends");
        });
        self.thread = thread;
    }
}
