//! Types as text.

use super::Resources;
use crate::error::text::Text;
use std::fmt::{self, Display, Formatter, Write};
use wasmtime::component::ResourceType;
use wasmtime::component::types::{ComponentItem as Item, Type};

/// The longest text of a type or a component, in bytes. The names in it may be long, and a type may use another one
/// often.
pub(crate) const LONGEST_TEXT: usize = 1 << 20;

/// A text that is cut when it becomes too long.
struct Limited(String);

impl Write for Limited {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        if more.len() > LONGEST_TEXT - self.0.len() {
            return Err(fmt::Error);
        }
        self.0.push_str(more);
        Ok(())
    }
}

/// An item in WIT, or in a notation like it. `items` are its own items.
pub(super) fn of(item: &Item, items: &[(Text, Item)], resources: &Resources) -> String {
    let mut text = Limited(String::new());
    let written = match item {
        Item::ComponentInstance(_) => block(&mut text, "interface", items, resources),
        Item::Component(_) => block(&mut text, "component", items, resources),
        item => write!(text, "{}", Shown { item, resources }),
    };
    if written.is_err() {
        text.0.push('…');
    }
    text.0
}

fn block(
    to: &mut impl Write,
    noun: &str,
    items: &[(Text, Item)],
    resources: &Resources,
) -> fmt::Result {
    writeln!(to, "{noun} {{")?;
    for (name, item) in items {
        let (name, shown) = (name.as_str(), Shown { item, resources });
        match item {
            Item::Type(_) => writeln!(to, "  type {name} = {shown};")?,
            Item::Resource(_) => writeln!(to, "  resource {name};")?,
            _ => writeln!(to, "  {name}: {shown};")?,
        }
    }
    write!(to, "}}")
}

struct Shown<'a> {
    item: &'a Item,
    resources: &'a Resources,
}

impl Shown<'_> {
    fn value<'a>(&'a self, ty: &'a Type) -> Value<'a> {
        Value { ty, resources: self.resources }
    }
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.item {
            Item::ComponentFunc(func) => {
                f.write_str("func(")?;
                for (index, (name, ty)) in func.params().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{name}: {}", self.value(&ty))?;
                }
                f.write_str(")")?;
                func.results().try_for_each(|ty| write!(f, " -> {}", self.value(&ty)))
            }
            Item::Type(ty) => write!(f, "{}", self.value(ty)),
            Item::Resource(ty) => {
                f.write_str("resource")?;
                match self.resources.find(ty) {
                    Some((_, name)) => write!(f, " {}", name.as_str()),
                    None => Ok(()),
                }
            }
            Item::ComponentInstance(_) => f.write_str("interface"),
            Item::Component(_) => f.write_str("component"),
            Item::Module(_) => f.write_str("core module"),
            Item::CoreFunc(_) => f.write_str("core func"),
        }
    }
}

/// A type of values.
struct Value<'a> {
    ty: &'a Type,
    resources: &'a Resources,
}

impl Value<'_> {
    fn of<'a>(&'a self, ty: &'a Type) -> Value<'a> {
        Value { ty, resources: self.resources }
    }

    /// Names with types, in braces: `record { x: f64, y: f64 }`.
    fn braces<'a>(
        &self,
        f: &mut Formatter<'_>,
        noun: &str,
        items: impl Iterator<Item = (&'a str, Option<Type>)>,
        around: (&str, &str),
    ) -> fmt::Result {
        write!(f, "{noun} {{")?;
        for (index, (name, ty)) in items.enumerate() {
            write!(f, "{} {name}", if index == 0 { "" } else { "," })?;
            if let Some(ty) = ty {
                write!(f, "{}{}{}", around.0, self.of(&ty), around.1)?;
            }
        }
        f.write_str(" }")
    }

    fn resource(&self, ty: &ResourceType) -> &str {
        self.resources.find(ty).map_or("resource", |(_, name)| name.as_str())
    }
}

impl Display for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = match self.ty {
            Type::Bool => "bool",
            Type::S8 => "s8",
            Type::U8 => "u8",
            Type::S16 => "s16",
            Type::U16 => "u16",
            Type::S32 => "s32",
            Type::U32 => "u32",
            Type::S64 => "s64",
            Type::U64 => "u64",
            Type::Float32 => "f32",
            Type::Float64 => "f64",
            Type::Char => "char",
            Type::String => "string",
            Type::List(list) => return write!(f, "list<{}>", self.of(&list.ty())),
            Type::Option(option) => return write!(f, "option<{}>", self.of(&option.ty())),
            Type::Result(result) => {
                return match (result.ok(), result.err()) {
                    (None, None) => f.write_str("result"),
                    (Some(ok), None) => write!(f, "result<{}>", self.of(&ok)),
                    (None, Some(err)) => write!(f, "result<_, {}>", self.of(&err)),
                    (Some(ok), Some(err)) => {
                        write!(f, "result<{}, {}>", self.of(&ok), self.of(&err))
                    }
                };
            }
            Type::Tuple(tuple) => {
                f.write_str("tuple<")?;
                for (index, ty) in tuple.types().enumerate() {
                    write!(f, "{}{}", if index == 0 { "" } else { ", " }, self.of(&ty))?;
                }
                return f.write_str(">");
            }
            Type::Record(record) => {
                let fields = record.fields().map(|field| (field.name, Some(field.ty)));
                return self.braces(f, "record", fields, (": ", ""));
            }
            Type::Variant(variant) => {
                let cases = variant.cases().map(|case| (case.name, case.ty));
                return self.braces(f, "variant", cases, ("(", ")"));
            }
            Type::Enum(cases) => {
                return self.braces(f, "enum", cases.names().map(|name| (name, None)), ("", ""));
            }
            Type::Flags(flags) => {
                return self.braces(f, "flags", flags.names().map(|name| (name, None)), ("", ""));
            }
            Type::Own(ty) => self.resource(ty),
            Type::Borrow(ty) => return write!(f, "borrow<{}>", self.resource(ty)),
            Type::Map(_)
            | Type::FixedLengthList(_)
            | Type::Future(_)
            | Type::Stream(_)
            | Type::ErrorContext => "unsupported",
        };
        f.write_str(name)
    }
}
