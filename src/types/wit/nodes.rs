//! Types as flat arrays of nodes.

use super::Resources;
use crate::error::text::{Text, safewasm_text_t};
use std::collections::HashMap;
use wasmtime::component::ResourceType;
use wasmtime::component::types::{ComponentItem as Item, Type};

/// What a WIT type is. Nodes of types and of values have these kinds.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_witkind_t {
    /// No type: of a case without a value, or of the result of a function without one.
    NONE = 0,
    /// `bool`.
    BOOL = 1,
    /// `s8`.
    S8 = 2,
    /// `u8`.
    U8 = 3,
    /// `s16`.
    S16 = 4,
    /// `u16`.
    U16 = 5,
    /// `s32`.
    S32 = 6,
    /// `u32`.
    U32 = 7,
    /// `s64`.
    S64 = 8,
    /// `u64`.
    U64 = 9,
    /// `f32`.
    F32 = 10,
    /// `f64`.
    F64 = 11,
    /// `char`: a Unicode scalar value.
    CHAR = 12,
    /// `string`.
    STRING = 13,
    /// `list<T>`. Its child is T.
    LIST = 14,
    /// `record`. Its children are the fields, with their names.
    RECORD = 15,
    /// `tuple<A, B>`. Its children are the fields.
    TUPLE = 16,
    /// `variant`. Its children are the cases, with their names; a case without a value has the kind
    /// `SAFEWASM_WIT_NONE`.
    VARIANT = 17,
    /// `enum`. Its children are the cases, of kind `SAFEWASM_WIT_NONE`, with their names.
    ENUM = 18,
    /// `option<T>`. Its child is T.
    OPTION = 19,
    /// `result<T, E>`. Its two children are T and E; a missing one has the kind `SAFEWASM_WIT_NONE`.
    RESULT = 20,
    /// `flags`. Its children are the flags, of kind `SAFEWASM_WIT_NONE`, with their names.
    FLAGS = 21,
    /// `own<R>`, written `R` in WIT: a resource that is handed over.
    OWN = 22,
    /// `borrow<R>`: a resource that is lent for a call.
    BORROW = 23,
    /// A function. Its children are the parameters, with their names, and then the result.
    FUNC = 24,
    /// A resource type.
    RESOURCE = 25,
    /// An interface: named items.
    INTERFACE = 26,
    /// A component.
    COMPONENT = 27,
    /// A core module.
    MODULE = 28,
    /// A type that this library doesn't have.
    UNSUPPORTED = 29,
}

use safewasm_witkind_t as Kind;

/// The kinds of values, with their words in WIT, in the order of their numbers.
const VALUES: [(Kind, &str); 24] = [
    (Kind::NONE, "nothing"),
    (Kind::BOOL, "bool"),
    (Kind::S8, "s8"),
    (Kind::U8, "u8"),
    (Kind::S16, "s16"),
    (Kind::U16, "u16"),
    (Kind::S32, "s32"),
    (Kind::U32, "u32"),
    (Kind::S64, "s64"),
    (Kind::U64, "u64"),
    (Kind::F32, "f32"),
    (Kind::F64, "f64"),
    (Kind::CHAR, "char"),
    (Kind::STRING, "string"),
    (Kind::LIST, "list"),
    (Kind::RECORD, "record"),
    (Kind::TUPLE, "tuple"),
    (Kind::VARIANT, "variant"),
    (Kind::ENUM, "enum"),
    (Kind::OPTION, "option"),
    (Kind::RESULT, "result"),
    (Kind::FLAGS, "flags"),
    (Kind::OWN, "own"),
    (Kind::BORROW, "borrow"),
];

impl Kind {
    /// The kind of values with that number.
    pub(crate) fn of(number: u8) -> Option<Self> {
        VALUES.get(usize::from(number)).map(|(kind, _)| *kind)
    }

    /// The kind of values of that type.
    pub(super) fn of_type(ty: &Type) -> Self {
        match ty {
            Type::Bool => Self::BOOL,
            Type::S8 => Self::S8,
            Type::U8 => Self::U8,
            Type::S16 => Self::S16,
            Type::U16 => Self::U16,
            Type::S32 => Self::S32,
            Type::U32 => Self::U32,
            Type::S64 => Self::S64,
            Type::U64 => Self::U64,
            Type::Float32 => Self::F32,
            Type::Float64 => Self::F64,
            Type::Char => Self::CHAR,
            Type::String => Self::STRING,
            Type::List(_) => Self::LIST,
            Type::Record(_) => Self::RECORD,
            Type::Tuple(_) => Self::TUPLE,
            Type::Variant(_) => Self::VARIANT,
            Type::Enum(_) => Self::ENUM,
            Type::Option(_) => Self::OPTION,
            Type::Result(_) => Self::RESULT,
            Type::Flags(_) => Self::FLAGS,
            Type::Own(_) => Self::OWN,
            Type::Borrow(_) => Self::BORROW,
            Type::Map(_)
            | Type::FixedLengthList(_)
            | Type::Future(_)
            | Type::Stream(_)
            | Type::ErrorContext => Self::UNSUPPORTED,
        }
    }

    /// Its word in WIT.
    pub(crate) fn word(self) -> &'static str {
        VALUES.get(self as usize).map_or("no value", |(_, word)| word)
    }
}

/// A node of a WIT type. A type is an array of nodes: a node, followed by the nodes of its children.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct safewasm_witnode_t {
    /// A `safewasm_witkind_t`.
    pub kind: u8,
    /// Of a resource type, and of an owned or borrowed resource: the number of the resource type in its
    /// component, counted from 0; `UINT32_MAX` after the first 1,000.
    pub index: u32,
    /// The number of children. Of an interface, a component and a module: the number of items, which are
    /// no nodes.
    pub len: usize,
    /// The number of nodes that this node and all below it are. The next sibling is that many nodes
    /// further.
    pub size: usize,
    /// The name that the parent gives it: of a field, a case, a flag or a parameter; else NULL.
    pub name: safewasm_text_t,
    /// Of a resource type, and of an owned or borrowed resource: the name of the resource type; else NULL.
    pub resource: safewasm_text_t,
}

/// The nodes of a type, with the texts that they point to.
pub(super) struct Nodes {
    nodes: Vec<safewasm_witnode_t>,
    _names: Vec<Text>,
}

// SAFETY: the nodes point to the texts, which never change and live as long.
unsafe impl Send for Nodes {}
// SAFETY: as above.
unsafe impl Sync for Nodes {}

impl Nodes {
    /// The nodes of an item, which has `items` items of its own.
    pub(super) fn of(item: &Item, resources: &Resources, items: usize) -> Self {
        let mut builder = Builder { nodes: Vec::new(), names: HashMap::new(), resources };
        builder.item(item, items);
        Self { nodes: builder.nodes, _names: builder.names.into_values().collect() }
    }

    pub(super) fn all(&self) -> &[safewasm_witnode_t] {
        &self.nodes
    }
}

struct Builder<'a> {
    nodes: Vec<safewasm_witnode_t>,
    /// The names, by where Wasmtime has them: a type that is used often has each of its names once.
    names: HashMap<*const u8, Text>,
    resources: &'a Resources,
}

impl Builder<'_> {
    fn item(&mut self, item: &Item, items: usize) {
        match item {
            Item::ComponentFunc(func) => self.parent(Kind::FUNC, None, |builder| {
                func.params().for_each(|(name, ty)| builder.value(&ty, Some(name)));
                builder.maybe(func.results().next().as_ref(), None);
                func.params().len() + 1
            }),
            Item::Type(ty) => self.value(ty, None),
            Item::Resource(ty) => self.resource(Kind::RESOURCE, ty, None),
            Item::ComponentInstance(_) => self.parent(Kind::INTERFACE, None, |_| items),
            Item::Component(_) => self.parent(Kind::COMPONENT, None, |_| items),
            Item::Module(_) => self.leaf(Kind::MODULE, None),
            Item::CoreFunc(_) => self.leaf(Kind::UNSUPPORTED, None),
        }
    }

    /// A type of values. Wasmtime limits how deep they are nested.
    fn value(&mut self, ty: &Type, name: Option<&str>) {
        match ty {
            Type::List(list) => self.parent(Kind::LIST, name, |builder| {
                builder.value(&list.ty(), None);
                1
            }),
            Type::Record(record) => self.parent(Kind::RECORD, name, |builder| {
                record.fields().for_each(|field| builder.value(&field.ty, Some(field.name)));
                record.fields().len()
            }),
            Type::Tuple(tuple) => self.parent(Kind::TUPLE, name, |builder| {
                tuple.types().for_each(|ty| builder.value(&ty, None));
                tuple.types().len()
            }),
            Type::Variant(variant) => self.parent(Kind::VARIANT, name, |builder| {
                variant.cases().for_each(|case| builder.maybe(case.ty.as_ref(), Some(case.name)));
                variant.cases().len()
            }),
            Type::Enum(cases) => {
                self.parent(Kind::ENUM, name, |builder| builder.names(cases.names()));
            }
            Type::Flags(flags) => {
                self.parent(Kind::FLAGS, name, |builder| builder.names(flags.names()));
            }
            Type::Option(option) => self.parent(Kind::OPTION, name, |builder| {
                builder.value(&option.ty(), None);
                1
            }),
            Type::Result(result) => self.parent(Kind::RESULT, name, |builder| {
                builder.maybe(result.ok().as_ref(), None);
                builder.maybe(result.err().as_ref(), None);
                2
            }),
            Type::Own(ty) => self.resource(Kind::OWN, ty, name),
            Type::Borrow(ty) => self.resource(Kind::BORROW, ty, name),
            ty => self.leaf(Kind::of_type(ty), name),
        }
    }

    /// A type, or none.
    fn maybe(&mut self, ty: Option<&Type>, name: Option<&str>) {
        match ty {
            Some(ty) => self.value(ty, name),
            None => self.leaf(Kind::NONE, name),
        }
    }

    /// Nodes without a type. Returns their number.
    fn names<'a>(&mut self, names: impl ExactSizeIterator<Item = &'a str>) -> usize {
        let len = names.len();
        names.for_each(|name| self.leaf(Kind::NONE, Some(name)));
        len
    }

    fn resource(&mut self, kind: Kind, ty: &ResourceType, name: Option<&str>) {
        let found = self.resources.find(ty);
        let (index, resource) = found.map_or((u32::MAX, safewasm_text_t::NONE), |(index, name)| {
            (u32::try_from(index).unwrap_or(u32::MAX), name.view())
        });
        self.leaf(kind, name);
        if let Some(node) = self.nodes.last_mut() {
            node.index = index;
            node.resource = resource;
        }
    }

    fn leaf(&mut self, kind: Kind, name: Option<&str>) {
        self.parent(kind, name, |_| 0);
    }

    /// A node whose children `children` adds. It returns their number.
    fn parent(
        &mut self,
        kind: Kind,
        name: Option<&str>,
        children: impl FnOnce(&mut Self) -> usize,
    ) {
        let at = self.nodes.len();
        let name = name.map_or(safewasm_text_t::NONE, |name| {
            self.names.entry(name.as_ptr()).or_insert_with(|| Text::new(name)).view()
        });
        self.nodes.push(safewasm_witnode_t {
            kind: kind as u8,
            index: 0,
            len: 0,
            size: 1,
            name,
            resource: safewasm_text_t::NONE,
        });
        let len = children(self);
        self.nodes[at].len = len;
        self.nodes[at].size = self.nodes.len() - at;
    }
}
