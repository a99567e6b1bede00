//! Compares the types of functions: what a component imports, and what was defined.
//!
//! Wasmtime's own comparison by `==` panics for some types of resources, and doesn't say what differs.

use super::{Resources, safewasm_witkind_t as Kind};
use crate::error::text::{count, quoted};
use wasmtime::component::types::{ComponentFunc, Type};

/// What differs between an import and a definition, or `None` if they have the same type. The message begins with where
/// the difference is.
pub(crate) fn difference(
    (import, import_resources): (&ComponentFunc, &Resources),
    (definition, definition_resources): (&ComponentFunc, &Resources),
) -> Option<String> {
    Comparer { import_resources, definition_resources, path: Vec::new() }.funcs(import, definition)
}

struct Comparer<'a> {
    import_resources: &'a Resources,
    definition_resources: &'a Resources,
    path: Vec<String>,
}

impl Comparer<'_> {
    fn funcs(&mut self, import: &ComponentFunc, definition: &ComponentFunc) -> Option<String> {
        let (wanted, given) = (import.params().len(), definition.params().len());
        if wanted != given {
            return self.differs(&count(wanted, "parameter"), &count(given, "parameter"));
        }
        for (index, ((name, wanted), (other, given))) in
            import.params().zip(definition.params()).enumerate()
        {
            if name != other {
                self.path.push(format!("parameter {index}"));
                return self.differs(&named(name), &named(other));
            }
            if let Some(found) = self.at(format!("parameter {}", named(name)), &wanted, &given) {
                return Some(found);
            }
        }
        self.maybe("the result".to_owned(), import.results().next(), definition.results().next())
    }

    /// Compares the types at a step further down.
    fn at(&mut self, step: String, import: &Type, definition: &Type) -> Option<String> {
        self.path.push(step);
        let found = self.types(import, definition);
        self.path.pop();
        found
    }

    fn maybe(
        &mut self,
        step: String,
        import: Option<Type>,
        definition: Option<Type>,
    ) -> Option<String> {
        match (import, definition) {
            (None, None) => None,
            (Some(import), Some(definition)) => self.at(step, &import, &definition),
            (import, definition) => {
                self.path.push(step);
                let word = |ty: Option<Type>| ty.map_or("nothing", |ty| Kind::of_type(&ty).word());
                self.differs(word(import), word(definition))
            }
        }
    }

    /// Compares types. Wasmtime limits how deep they are nested.
    fn types(&mut self, import: &Type, definition: &Type) -> Option<String> {
        match (import, definition) {
            (Type::List(wanted), Type::List(given)) => {
                self.at("element".to_owned(), &wanted.ty(), &given.ty())
            }
            (Type::Option(wanted), Type::Option(given)) => {
                self.at("the value of the option".to_owned(), &wanted.ty(), &given.ty())
            }
            (Type::Result(wanted), Type::Result(given)) => {
                self.maybe("the value of the result".to_owned(), wanted.ok(), given.ok()).or_else(
                    || self.maybe("the error of the result".to_owned(), wanted.err(), given.err()),
                )
            }
            (Type::Record(wanted), Type::Record(given)) => self
                .names(
                    wanted.fields().map(|field| field.name),
                    given.fields().map(|field| field.name),
                )
                .or_else(|| {
                    wanted.fields().zip(given.fields()).find_map(|(wanted, given)| {
                        self.at(format!("field {}", named(wanted.name)), &wanted.ty, &given.ty)
                    })
                }),
            (Type::Tuple(wanted), Type::Tuple(given)) => {
                let fields = |len: usize| format!("tuple of {len}");
                let (wanted, given) = (wanted.types(), given.types());
                if wanted.len() != given.len() {
                    return self.differs(&fields(wanted.len()), &fields(given.len()));
                }
                wanted.zip(given).enumerate().find_map(|(index, (wanted, given))| {
                    self.at(format!("field {index}"), &wanted, &given)
                })
            }
            (Type::Variant(wanted), Type::Variant(given)) => self
                .names(wanted.cases().map(|case| case.name), given.cases().map(|case| case.name))
                .or_else(|| {
                    wanted.cases().zip(given.cases()).find_map(|(wanted, given)| {
                        self.maybe(format!("case {}", named(wanted.name)), wanted.ty, given.ty)
                    })
                }),
            (Type::Enum(wanted), Type::Enum(given)) => self.names(wanted.names(), given.names()),
            (Type::Flags(wanted), Type::Flags(given)) => self.names(wanted.names(), given.names()),
            (Type::Own(wanted), Type::Own(given)) | (Type::Borrow(wanted), Type::Borrow(given)) => {
                let wanted = self.import_resources.name(wanted)?;
                let given = self.definition_resources.name(given)?;
                if wanted == given { None } else { self.differs(&named(wanted), &named(given)) }
            }
            (wanted, given) => match (Kind::of_type(wanted), Kind::of_type(given)) {
                (wanted, given) if wanted == given && wanted != Kind::UNSUPPORTED => None,
                (wanted, given) => self.differs(wanted.word(), given.word()),
            },
        }
    }

    /// Compares the names of fields, cases or flags.
    fn names<'a>(
        &self,
        import: impl Iterator<Item = &'a str>,
        definition: impl Iterator<Item = &'a str>,
    ) -> Option<String> {
        let (mut wanted, mut given) = (import, definition);
        let shown = |name: Option<&str>| name.map_or("no more names".to_owned(), named);
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return None,
                (wanted, given) if wanted == given => {}
                (wanted, given) => return self.differs(&shown(wanted), &shown(given)),
            }
        }
    }

    fn differs(&self, wanted: &str, given: &str) -> Option<String> {
        let path = self.path.join(", ");
        let colon = if path.is_empty() { "" } else { ": " };
        Some(format!("{path}{colon}the import has {wanted}, the definition has {given}"))
    }
}

fn named(name: &str) -> String {
    format!("`{}`", quoted(name))
}
