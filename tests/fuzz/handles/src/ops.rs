//! The operations of a case. They are plain data, so that a failing case can be made smaller.
//!
//! An operation chooses its handles when it is executed, among those that exist then. Each group of
//! operations is a table with a weight for each: how often it is drawn beside the others of the group.
//! `draw.rs` draws them; `execute.rs` executes them.

use crate::model::{self, Ty};
use crate::world::World;
use safewasm_capi::Kind;
use std::fmt;

/// Declares a group of operations, each with its weight.
macro_rules! weighted {
    ($(#[$doc:meta])* $name:ident { $($weight:literal $op:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($op,)*
        }

        impl $name {
            pub const WEIGHTS: &'static [(Self, u8)] = &[$((Self::$op, $weight),)*];
        }
    };
}

weighted! {
    /// Which handle a choice takes. It takes NULL if there is no handle of that sort.
    Choice {
        70 Suitable, // valid, of the right kind, and one that the operation prefers
        12 Valid, // valid and of the right kind
        8 Invalid, // of the right kind, but deleted, gone with its store, or another thread's
        4 OtherKind,
        3 Altered, // with one bit flipped
        1 MadeUp,
        2 Null,
    }
}

/// A choice of a handle. The index counts the handles of that sort.
#[derive(Clone, Copy, Debug)]
pub struct Sel {
    pub choice: Choice,
    pub index: u16,
}

/// A number for a length or an index: small, or hostile.
#[derive(Clone, Copy, Debug)]
pub struct Num(pub u64);

/// A kind of value, as in `safewasm_val_t`. It may be a number that is no kind.
#[derive(Clone, Copy, PartialEq)]
pub struct ValueKind(pub u8);

impl fmt::Debug for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            model::REF => f.write_str("Ref"),
            model::FUNC => f.write_str("Func"),
            kind => match Ty::ALL.iter().find(|ty| ty.kind() == kind) {
                Some(ty) => write!(f, "{ty:?}"),
                None => write!(f, "NoKind{kind}"),
            },
        }
    }
}

/// A value of any kind.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    pub kind: ValueKind,
    pub number: i32,
    pub null: bool,
    /// The handle, where the kind is one of references.
    pub of: Sel,
}

/// How a host function ends.
#[derive(Clone, Debug)]
pub enum End {
    Return,
    /// Returns an error.
    Fail,
    /// Throws an exception of wasm.
    Throw(Sel),
    /// Returns an error handle that is invalid.
    Nonsense,
}

/// The steps of the host function that a call may reach.
#[derive(Clone, Debug)]
pub struct Script {
    pub steps: Vec<Step>,
    pub end: End,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub op: Op,
    /// Whether the handle of an error is kept instead of deleted.
    pub keep: bool,
}

/// An operation with all that it needs.
#[derive(Clone, Debug)]
pub enum Op {
    Delete(Kind, Sel),
    /// Deletes an object by an extern of that kind.
    DeleteExtern(Kind, Sel),
    /// Takes an error: reads its kind and message, and deletes it.
    TakeError(Sel),
    New(New, Sel, Sel, Num, Value),
    SetConfig(SetConfig, Sel, Num),
    SetStore(SetStore, Sel, Num),
    SetWasi(SetWasi, Sel, Num),
    /// Gives a WASI config to a store.
    GiveWasi(Sel, Sel),
    Ask(Question, Sel, Num),
    Change(Change, Sel, Num, Num, Value),
    CopyTable(Sel, Sel, Num, Num, Num),
    Same(Same, Sel, Sel),
    Instantiate(Instantiate),
    Define(Define, Definition),
    Link(Link, [Sel; 3], Script),
    Call(Call),
    /// Calls a component func with a slot, or with columns.
    CallComponent(Sel, bool, Value),
    /// A linker of components, or what is made with it.
    ComponentLink(ComponentLink, [Sel; 3], Value, Script),
    /// A resource type of the program, or a resource.
    Resource(ResourceOp, Sel, Sel, Value),
    /// Steps that another thread executes while this one waits.
    Elsewhere(Vec<Step>),
    /// Lists of operations that several threads execute at once.
    Race(Vec<Vec<RaceOp>>),
}

weighted! {
    /// Creates an object.
    New {
        1 Config,
        1 Engine,
        1 Store,
        2 ModuleFromText,
        1 Module,
        1 ModuleWithProgress,
        1 Compilation,
        1 ComponentFromText,
        1 Component, // with and without a function that is told the progress
        1 ComponentFromArtifact, // or from bytes or a file that are none
        2 ComponentInstance,
        3 Values, // by a call of a component func
        1 ModuleFromArtifact, // or from bytes or a file that are none
        1 ModuleValidated, // or one from a file that isn't there; neither gives a module
        1 Wat,
        1 FuncType,
        1 FuncTypeFromText,
        1 Func,
        1 FuncOfSlots,
        2 Memory,
        1 SharedMemory,
        1 Table,
        2 Global,
        1 Tag,
        1 ExternRef,
        1 I31Ref,
        1 ExceptionRef,
        1 HeapType,
        1 Struct,
        1 Array,
        1 ArrayFilled,
        1 Linker,
        1 Wasi,
        1 Buffer,
        1 Error,
        1 ErrorOfException,
    }
}

weighted! {
    /// Changes a setting of a config.
    SetConfig {
        1 OptLevel,
        1 Feature,
        1 MaxWasmStack,
        1 Hooks,
        1 DebugInfo,
        1 Fuel,
        1 Epochs,
        1 SharedMemory,
        1 Pooling,
        1 Sandbox,
        1 BacktraceLines,
        1 MaxModuleSize,
        1 MaxModuleFunctions,
        1 Signals,
        1 Option,
        1 OperatorCost,
        1 Cache,
    }
}

weighted! {
    /// Changes a limit of a store, or the epoch of an engine.
    SetStore {
        2 Fuel,
        1 AddFuel,
        1 Interrupt,
        1 Deadline,
        1 EpochDeadline,
        1 IncrementEpoch,
        1 MemoryLimit,
        1 TableLimit,
        2 InstanceLimit,
        1 Panic,
        1 Sandbox,
        1 BeginTimeout,
        1 EndTimeout,
        2 Data,
    }
}

weighted! {
    /// Changes a setting of a WASI config.
    SetWasi {
        1 Arg,
        1 Env,
        1 InheritArgs,
        1 InheritEnv,
        1 Dir,
        1 FixedClock,
        1 Seed,
        1 OpenLimit,
        1 WrittenLimit,
        1 InheritStream,
        1 StreamFile,
        1 StreamFd,
        1 StdinBytes,
        1 StdinCallback,
        1 StreamCallback,
        1 StreamBuffer,
        1 OutputLimit,
        1 Sandbox,
    }
}

weighted! {
    /// Changes the contents or the size of an object.
    Change {
        1 GrowMemory,
        1 WriteMemory,
        1 ReadMemory,
        1 GrowSharedMemory,
        1 AccessSharedMemory,
        1 SetElement,
        1 GrowTable,
        1 FillTable,
        1 SetGlobal,
        2 SetField,
    }
}

weighted! {
    /// Asks whether two handles mean the same object.
    Same {
        1 Func,
        1 Tag,
        1 Ref,
    }
}

/// Instantiates a module with a list of imports.
#[derive(Clone, Debug)]
pub struct Instantiate {
    pub store: Sel,
    pub module: Sel,
    pub imports: [Sel; 4],
    /// Whether the last import is left out.
    pub is_short: bool,
    pub script: Script,
}

weighted! {
    /// Defines items in a linker, or sets whether they may be replaced.
    Define {
        2 Item,
        1 Func,
        1 FuncOfSlots,
        1 Instance,
        1 AllowShadowing,
        1 UnknownImportsAsTraps,
        1 UnknownImportsAsDefaults,
        1 Wasi,
    }
}

/// The arguments of a `Define` operation.
#[derive(Clone, Debug)]
pub struct Definition {
    pub linker: Sel,
    /// A store, function type, instance or module.
    pub from: Sel,
    /// An item, or a store.
    pub item: Sel,
    /// The name of the item, and its kind.
    pub name: (&'static str, Kind),
    /// Whether the module's name is another one than that of imports.
    pub is_other: bool,
    /// Whether `AllowShadowing` turns shadowing on.
    pub is_on: bool,
}

weighted! {
    /// Takes something out of a linker; most operations instantiate a module.
    Link {
        1 Instantiate,
        1 InstantiatePre,
        1 InstantiateFromPre,
        1 Process,
        1 DefineModule,
        1 Get,
    }
}

weighted! {
    /// Defines imports of components in a linker, makes instances with it, or calls their functions.
    ComponentLink {
        1 New,
        3 DefineFunc,
        1 DefineModule,
        1 AllowShadowing,
        1 UnknownImportsAsTraps,
        1 DefineWasi,
        3 Instantiate,
        1 InstantiatePre,
        1 InstantiateFromPre,
        6 Call,
    }
}

weighted! {
    /// Makes and uses resource types of the program, and resources.
    ResourceOp {
        1 NewType,
        3 New,
        2 Data,
        1 IsOwned,
        1 Drop,
        1 Define, // in a linker of components
    }
}

/// Calls a function.
#[derive(Clone, Debug)]
pub struct Call {
    pub func: Sel,
    /// Whether arguments are passed in slots.
    pub slots: bool,
    pub value: Value,
    pub script: Script,
}

/// An operation in a race. Its index chooses a valid handle; several results are possible.
#[derive(Clone, Debug)]
pub enum RaceOp {
    Delete(Kind, u16),
    GetGlobal(u16),
    SetGlobal(u16, i32),
    Call(u16),
    MemoryLen(u16),
    CloneRef(u16),
    NewExtern(u16),
    NewStore(u16),
    Collect(u16),
    ExportsLen(u16),
    LinkerLen(u16),
    Interrupt(u16),
    Message(u16),
}

/// Declares the questions: their weights, and the methods that ask them.
macro_rules! questions {
    ($($weight:literal $question:ident => $method:ident,)*) => {
        weighted! {
            /// Asks one object something that changes nothing.
            Question { $($weight $question,)* }
        }

        impl Question {
            /// The method that asks; it is given a choice of the object and an index.
            pub fn method(self) -> fn(&mut World, Sel, u64) {
                match self {
                    $(Self::$question => World::$method,)*
                }
            }
        }
    };
}

questions! {
    1 StoreEngine => store_engine,
    1 EngineCacheCounts => engine_cache_counts,
    1 StoreCollect => store_collect,
    1 StoreData => store_data,
    2 StoreFuel => store_fuel,
    2 Compilation => compilation,
    2 StoreProfile => store_profile,
    2 Profile => profile,
    1 ModuleImportsLen => module_imports_len,
    1 ModuleExportsLen => module_exports_len,
    1 ModuleCustomSectionsLen => module_custom_sections_len,
    1 ModuleName => module_name,
    1 ModuleResources => module_resources,
    1 ModuleImport => module_import,
    1 ModuleExport => module_export,
    1 ModuleCustomSection => module_custom_section,
    1 ModuleSerialize => module_serialize,
    1 ModuleWasm => module_wasm,
    1 ModuleClone => module_clone,
    1 ComponentImportsLen => component_imports_len,
    1 ComponentExportsLen => component_exports_len,
    1 ComponentImport => component_import,
    1 ComponentExport => component_export,
    1 ComponentSerialize => component_serialize,
    1 ComponentWasm => component_wasm,
    1 ComponentWit => component_wit,
    1 ComponentClone => component_clone,
    1 CallerReturn => caller_return,
    3 ComponentInstanceFunc => componentinstance_func,
    1 ComponentInstanceRun => componentinstance_run,
    2 ValuesNodes => values_nodes,
    1 WitTypeNodes => wittype_nodes,
    1 WitTypeItemsLen => wittype_items_len,
    1 WitTypeItem => wittype_item,
    1 WitTypeText => wittype_text,
    1 BytesData => bytes_data,
    1 BufferLen => buffer_len,
    1 BufferTake => buffer_take,
    1 FuncTypeParamsLen => functype_params_len,
    1 FuncTypeResultsLen => functype_results_len,
    1 FuncTypeParam => functype_param,
    1 FuncTypeResult => functype_result,
    1 FuncTypeText => functype_text,
    1 ExternTypeKind => externtype_kind,
    1 ExternTypeText => externtype_text,
    1 ExternTypeFuncType => externtype_functype,
    1 ExternTypeMemoryType => externtype_memorytype,
    1 ExternTypeTableType => externtype_tabletype,
    1 ExternTypeGlobalType => externtype_globaltype,
    1 HeapTypeKind => heaptype_kind,
    1 HeapTypeText => heaptype_text,
    1 HeapTypeFieldsLen => heaptype_fields_len,
    1 HeapTypeField => heaptype_field,
    1 HeapTypeOfParam => heaptype_of_param,
    1 HeapTypeOfResult => heaptype_of_result,
    1 HeapTypeOfExtern => heaptype_of_extern,
    1 HeapTypeOfField => heaptype_of_field,
    1 HeapTypeOfRef => heaptype_of_ref,
    1 InstanceExportsLen => instance_exports_len,
    1 InstanceExportAt => instance_export_at,
    1 InstanceExport => instance_export,
    1 InstanceFunc => instance_func,
    1 InstanceMemory => instance_memory,
    1 InstanceTable => instance_table,
    1 InstanceGlobal => instance_global,
    1 InstanceTag => instance_tag,
    1 InstanceModule => instance_module,
    1 InstanceRun => instance_run,
    1 InstanceInitialize => instance_initialize,
    1 FuncType => func_type,
    1 TagType => tag_type,
    1 FuncClone => func_clone,
    1 MemoryType => memory_type,
    1 MemoryLen => memory_len,
    2 MemoryView => memory_view,
    1 SharedMemoryType => sharedmemory_type,
    1 SharedMemoryData => sharedmemory_data,
    1 TableSize => table_size,
    1 TableType => table_type,
    5 TableGet => table_get,
    1 GlobalType => global_type,
    4 GlobalGet => global_get,
    1 RefEnv => ref_env,
    1 RefI31 => ref_i31,
    1 RefTag => ref_tag,
    1 RefFieldsLen => ref_fields_len,
    2 RefField => ref_field,
    1 RefFieldType => ref_field_type,
    1 RefType => ref_type,
    1 RefClone => ref_clone,
    1 LinkerLen => linker_len,
    1 Process => process,
    1 LinkerDefinition => linker_definition,
    3 Error => error,
    1 ErrorException => error_exception,
    3 CallerStore => caller_store,
    2 CallerData => caller_data,
    4 CallerExport => caller_export,
}

/// The features of an engine that a case's operations depend on.
#[derive(Clone, Copy, Debug)]
pub struct Features {
    pub fuel: bool,
    pub epochs: bool,
    pub shared: bool,
}

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// The features of its two engines.
    pub engines: [Features; 2],
    pub steps: Vec<Step>,
    /// Determines the order in which all objects are deleted at the end.
    pub order: u64,
}
