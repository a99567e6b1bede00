//! The objects that exist at the start of a case: without them few operations would find a valid handle.

use crate::link::NAMES;
use crate::model::*;
use crate::modules::{COMMAND, IMPORTER, PLAIN, VIA};
use crate::ops::*;
use crate::world::{Arg, World};
use safewasm_capi::*;

/// The valid handle at an index.
fn valid(index: usize) -> Sel {
    Sel { choice: Choice::Suitable, index: index as u16 }
}

/// A value with the number 5, or with the first reference.
fn value(kind: u8, null: bool) -> Value {
    Value { kind: ValueKind(kind), number: 5, null, of: valid(0) }
}

/// An operation that creates an object. `index` chooses its store or engine.
fn new(what: New, index: usize, n: u64, value: Value) -> Op {
    Op::New(what, valid(index), valid(0), Num(n), value)
}

fn define(what: Define, linker: usize) -> Op {
    let (linker, from, item) = (valid(linker), valid(0), valid(0));
    Op::Define(
        what,
        Definition { linker, from, item, name: NAMES[0], is_other: false, is_on: true },
    )
}

fn resource(what: ResourceOp, index: usize) -> Op {
    Op::Resource(what, valid(index), valid(0), value(I32, false))
}

fn component_link(what: ComponentLink, index: usize) -> Op {
    Op::ComponentLink(what, [valid(index), valid(0), valid(0)], value(I32, false), no_script())
}

fn no_script() -> Script {
    Script { steps: Vec::new(), end: End::Return }
}

impl World {
    /// Makes two engines, three stores, and an object of each kind at least.
    pub fn furnish(&mut self, engines: [Features; 2]) {
        for (number, features) in engines.into_iter().enumerate() {
            self.new_engine_with(features);
            let engine = self.last(Kind::Engine);
            self.new_module_from_text(engine, PLAIN as u64);
            self.new_module_from_text(engine, VIA as u64);
            if number == 0 {
                self.new_module_from_text(engine, IMPORTER as u64);
            }
            self.new_functype(engine, CALL);
            self.new_functype(engine, TAG);
        }
        for (store, engine) in [(0, 0), (1, 0), (2, 1)] {
            self.furnish_store(store, engine);
        }
        self.furnish_more();
        // Errors of several kinds, which are kept: of the system, of a trap, of an exception.
        let zero = Value { number: 0, ..value(I32, false) };
        let call = |func| Call { func, slots: false, value: zero, script: no_script() };
        let divide = valid(1);
        let throw = Sel { choice: Choice::Valid, index: 3 };
        self.execute_all(
            &[
                new(New::ModuleValidated, 0, 0, value(I32, false)),
                Op::Call(call(divide)),
                Op::Call(call(throw)),
            ],
            true,
        );
    }

    /// Makes a store with an instance that exports everything, and one that calls a host function.
    fn furnish_store(&mut self, number: usize, engine: usize) {
        self.new_store(self.pick(valid(engine), Kind::Engine));
        let store = self.last(Kind::Store);
        if self.engines[engine].features.fuel {
            self.tell("safewasm_store_set_fuel", Ok(()), || unsafe {
                safewasm_store_set_fuel(store.ptr(), 1 << 40)
            });
            self.stores[number].fuel = 1 << 40;
            self.stores[number].fuel_given = 1 << 40;
        }
        self.furnish_instance(number, PLAIN, 0);
        for index in 0..11 {
            self.instance_export_at(valid(number), index);
        }
        let functype =
            self.pick_where(valid(0), Kind::FuncType, |h| self.functypes[h.of].0 == engine);
        self.new_func(store, functype, number.is_multiple_of(2));
        let host = self.funcs.len() - 1;
        let mut fitting = self.handles.iter().filter(|h| {
            h.kind == Kind::Func && h.store == Some(number) && self.funcs[h.of].sig == CALL
        });
        let host = fitting.position(|h| h.of == host).unwrap_or(0);
        self.furnish_instance(number, VIA, host);
        let instance = self.handles.iter().filter(|h| h.kind == Kind::Instance).count() - 1;
        for index in 0..2 {
            self.instance_export_at(valid(instance), index);
        }
        self.new_extern(store);
    }

    /// Makes an instance of a module of the store's engine. `import` chooses the import.
    fn furnish_instance(&mut self, store: usize, module: usize, import: usize) {
        self.instantiate(&Instantiate {
            store: valid(store),
            module: valid(module),
            imports: [valid(import); 4],
            is_short: false,
            script: no_script(),
        });
    }

    /// Makes objects of the kinds that are still missing.
    fn furnish_more(&mut self) {
        let plain = value(I32, false);
        let null_ref = value(REF, true);
        let mut ops = vec![
            new(New::Config, 0, 0, plain),
            new(New::Wat, 0, 0, plain),
            new(New::Table, 0, 7, null_ref),
            new(New::Table, 0, 2, null_ref),
            new(New::Global, 0, 0, null_ref),
            new(New::Global, 1, 0, value(FUNC, true)),
            new(New::ExternRef, 0, 0, plain),
            new(New::I31Ref, 0, 0, plain),
            new(New::ExceptionRef, 0, 0, plain),
            new(New::ExceptionRef, 0, 0, plain),
            new(New::HeapType, 0, 0, plain),
            new(New::HeapType, 1, 1, plain),
            new(New::Struct, 0, 0, plain),
            new(New::Linker, 0, 0, plain),
            new(New::Linker, 0, 0, plain),
            new(New::Linker, 1, 0, plain),
            new(New::Wasi, 0, 0, plain),
            new(New::Buffer, 0, 0, plain),
            new(New::Compilation, 0, 0, plain),
            new(New::Compilation, 0, 2, value(I32, true)),
            new(New::ComponentFromText, 0, 0, plain),
            new(New::ComponentFromText, 1, 1, plain),
            new(New::ComponentFromText, 0, 2, plain),
            new(New::ComponentInstance, 1, 0, plain),
            new(New::ComponentFromText, 1, 3, plain),
            Op::Ask(Question::ComponentExport, valid(3), Num(0)),
            component_link(ComponentLink::New, 1),
            component_link(ComponentLink::AllowShadowing, 0),
            component_link(ComponentLink::DefineFunc, 0),
            component_link(ComponentLink::InstantiatePre, 0),
            resource(ResourceOp::NewType, 0),
            resource(ResourceOp::NewType, 0),
            resource(ResourceOp::New, 0),
            resource(ResourceOp::New, 1),
            Op::Ask(Question::ComponentInstanceFunc, valid(0), Num(0)),
            Op::Ask(Question::ComponentInstanceFunc, valid(0), Num(1)),
            new(New::Values, 0, 0, plain),
            new(New::Values, 1, 0, plain),
            Op::Ask(Question::ComponentImport, valid(0), Num(0)),
            Op::Ask(Question::ComponentImport, valid(1), Num(0)),
            new(New::Error, 0, 0, plain),
            Op::Ask(Question::MemoryView, valid(0), Num(0)),
        ];
        // The exceptions above come after the references of the stores, an external one, and an integer.
        let refs = self.handles.iter().filter(|handle| handle.kind == Kind::Ref).count();
        ops.push(new(New::ErrorOfException, refs + 2, 0, plain));
        for engine in 0..2 {
            if self.engines[engine].features.shared {
                ops.push(new(New::SharedMemory, engine, 8, plain));
            }
        }
        ops.extend((0..5).map(|index| Op::Ask(Question::ModuleExport, valid(0), Num(index))));
        // The first linker has a host function, the second one the exports of an instance.
        ops.push(define(Define::AllowShadowing, 0));
        ops.push(define(Define::Func, 0));
        ops.push(define(Define::Instance, 1));
        ops.push(Op::Link(Link::InstantiatePre, [valid(0), valid(0), valid(1)], no_script()));
        self.execute_all(&ops, false);
        self.furnish_process();
    }

    /// Makes a process, which takes a store of its own.
    fn furnish_process(&mut self) {
        let engine = self.handles.iter().position(|handle| handle.kind == Kind::Engine);
        let engine =
            engine.map_or(Arg::NULL, |id| Arg { bits: self.handles[id].bits, id: Some(id) });
        self.new_module_from_text(engine, COMMAND as u64);
        self.new_store(engine);
        self.new_linker(engine);
        let [linker, store, module] =
            [Kind::Linker, Kind::Store, Kind::Module].map(|kind| self.last(kind));
        self.new_process(linker, store, module);
    }

    fn execute_all(&mut self, ops: &[Op], keep: bool) {
        for op in ops {
            self.keep = keep;
            self.execute(op);
            self.blame(op);
        }
    }
}
