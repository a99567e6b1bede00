//! What the sources say of the ABI: its functions, structs, enumerations and constants.

use crate::kinds::{self, Kind};
use crate::sources::Source;
use anyhow::{Context, Result, bail, ensure};
use syn::{
    Attribute, Expr, Fields, FnArg, GenericArgument, Item, Lit, Meta, Pat, PathArguments,
    ReturnType, Type,
};

/// The types without invalid values. Only these may be read out of a caller's memory or registers: a
/// C program can put any bits there.
const PLAIN: [&str; 10] =
    ["c_char", "f32", "f64", "i32", "i64", "isize", "u8", "u32", "u64", "usize"];

/// A type of the ABI.
#[derive(Clone, Debug, PartialEq)]
pub enum AbiType {
    /// A named type: `u32`, `usize`, `safewasm_text_t`.
    Named(String),
    /// An array of so many of a named type.
    Array(String, usize),
    /// A pointer.
    Pointer(Box<AbiType>),
}

impl AbiType {
    fn read(ty: &Type) -> Result<Self> {
        Ok(match ty {
            Type::Ptr(pointer) => Self::Pointer(Box::new(Self::read(&pointer.elem)?)),
            Type::Path(path) => {
                let last = path.path.segments.last().context("an empty path")?;
                Self::Named(last.ident.to_string())
            }
            Type::Array(array) => match (&Self::read(&array.elem)?, &array.len) {
                (Self::Named(name), Expr::Lit(len)) => match &len.lit {
                    Lit::Int(len) => Self::Array(name.clone(), len.base10_parse()?),
                    _ => bail!("an array of unknown length"),
                },
                _ => bail!("an array that the generators can't read"),
            },
            _ => bail!("a type that the generators can't read"),
        })
    }

    /// The name of what the pointer points to, if it is a pointer to a named type.
    pub fn pointee(&self) -> Option<&str> {
        match self {
            Self::Pointer(to) => match &**to {
                Self::Named(name) => Some(name),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A parameter.
pub struct Param {
    pub name: String,
    pub ty: AbiType,
    /// Whether the description says that it may be NULL.
    pub nullable: bool,
}

/// A function.
pub struct Function {
    pub name: String,
    pub params: Vec<Param>,
    pub returns: Option<AbiType>,
}

/// A struct or union whose members callers see.
pub struct Struct {
    pub name: String,
    pub is_union: bool,
    pub fields: Vec<(String, AbiType)>,
}

/// An enumeration.
pub struct Enum {
    pub name: String,
    /// What the header puts before a variant's name.
    pub prefix: String,
    pub repr: String,
    pub variants: Vec<(String, i64)>,
}

/// All of it, in the sources' order.
#[derive(Default)]
pub struct Abi {
    pub functions: Vec<Function>,
    pub structs: Vec<Struct>,
    pub enums: Vec<Enum>,
    /// The kinds of object, whose opaque types callers see only pointers to.
    pub kinds: Vec<Kind>,
    pub constants: Vec<(String, i64)>,
    /// The types of functions that callers give.
    pub callbacks: Vec<String>,
}

impl Abi {
    pub fn read(sources: &[Source]) -> Result<Self> {
        let mut abi = Self::default();
        for source in sources {
            let shown = || format!("in {}", source.path.display());
            abi.kinds.extend(kinds::of(&source.file.items).with_context(shown)?);
            for item in &source.file.items {
                abi.add(item).with_context(shown)?;
            }
        }
        abi.check()?;
        abi.structs = in_order(std::mem::take(&mut abi.structs));
        Ok(abi)
    }

    /// The ABI's number.
    pub fn version(&self) -> Result<i64> {
        let found = self.constants.iter().find(|(name, _)| name == "SAFEWASM_ABI_VERSION");
        Ok(found.context("SAFEWASM_ABI_VERSION is missing")?.1)
    }

    pub fn is_opaque(&self, name: &str) -> bool {
        self.kinds.iter().any(|kind| kind.opaque == name)
    }

    pub fn is_callback(&self, name: &str) -> bool {
        self.callbacks.iter().any(|callback| callback == name)
    }

    /// Refuses types with invalid values where callers set the bits.
    fn check(&self) -> Result<()> {
        let is_struct = |name: &str| self.structs.iter().any(|item| item.name == name);
        for item in &self.structs {
            for (field, ty) in &item.fields {
                let is_valid = match ty {
                    AbiType::Pointer(_) => true,
                    AbiType::Array(name, _) => is_plain(name),
                    AbiType::Named(name) => {
                        name == "Bool"
                            || is_plain(name)
                            || is_struct(name)
                            || self.is_callback(name)
                    }
                };
                ensure!(is_valid, "{}.{field}: {ty:?} has invalid values; see PLAIN", item.name);
            }
        }
        for function in &self.functions {
            for Param { name, ty, .. } in &function.params {
                let is_valid = match ty {
                    AbiType::Pointer(_) => true,
                    AbiType::Array(..) => false,
                    AbiType::Named(name) => {
                        name == "BoolArg" || is_plain(name) || self.is_callback(name)
                    }
                };
                ensure!(is_valid, "{name} of {}: {ty:?} has invalid values", function.name);
            }
        }
        Ok(())
    }

    fn add(&mut self, item: &Item) -> Result<()> {
        match item {
            Item::Type(item) if item.ident.to_string().starts_with("safewasm_") => {
                check_callback(item)?;
                self.callbacks.push(item.ident.to_string());
            }
            Item::Fn(function) if is_exported(function) => self.add_function(function)?,
            Item::Struct(item) if item.ident.to_string().starts_with("safewasm_") => {
                let name = item.ident.to_string();
                if let Fields::Named(fields) = &item.fields {
                    self.add_struct(name, false, fields)?;
                }
            }
            Item::Union(item) => {
                self.add_struct(item.ident.to_string(), true, &item.fields)?;
            }
            Item::Enum(item) if item.ident.to_string().starts_with("safewasm_") => {
                let docs = docs(&item.attrs);
                let rule = "cbindgen:rename-all=prefix:";
                let prefix = docs.iter().find_map(|line| line.strip_prefix(rule));
                let prefix = prefix.context("an enumeration without a prefix")?.to_owned();
                let variants = item.variants.iter().map(|variant| {
                    let (_, value) = variant.discriminant.as_ref().context("a variant's value")?;
                    Ok((variant.ident.to_string(), integer(value)?))
                });
                let variants = variants.collect::<Result<_>>()?;
                let repr = repr(&item.attrs).context("an enumeration without repr")?;
                let name = item.ident.to_string();
                self.enums.push(Enum { name, prefix, repr, variants });
            }
            Item::Const(item) if item.ident.to_string().starts_with("SAFEWASM_") => {
                self.constants.push((item.ident.to_string(), integer(&item.expr)?));
            }
            _ => {}
        }
        Ok(())
    }

    fn add_function(&mut self, function: &syn::ItemFn) -> Result<()> {
        let name = function.sig.ident.to_string();
        let prose = docs(&function.attrs).join(" ");
        let mut params = Vec::new();
        for input in &function.sig.inputs {
            let FnArg::Typed(input) = input else { bail!("{name} takes self") };
            let Pat::Ident(ident) = &*input.pat else {
                bail!("{name} has a parameter with no name")
            };
            let ident = ident.ident.to_string();
            params.push(Param {
                nullable: prose.contains(&format!("`{ident}` may be NULL")),
                ty: AbiType::read(&input.ty).with_context(|| format!("{ident} of {name}"))?,
                name: ident,
            });
        }
        let returns = match &function.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(AbiType::read(ty)?),
        };
        let fallible = returns.as_ref().and_then(AbiType::pointee) == Some("safewasm_error_t");
        if fallible && !function.attrs.iter().any(|attr| attr.path().is_ident("must_use")) {
            bail!("{name} returns an error but isn't must_use");
        }
        self.functions.push(Function { name, params, returns });
        Ok(())
    }

    fn add_struct(
        &mut self,
        name: String,
        is_union: bool,
        fields: &syn::FieldsNamed,
    ) -> Result<()> {
        let fields = fields.named.iter().map(|field| {
            let ident = field.ident.as_ref().context("a field with no name")?;
            Ok((ident.to_string(), AbiType::read(&field.ty)?))
        });
        let fields = fields.collect::<Result<_>>()?;
        self.structs.push(Struct { name, is_union, fields });
        Ok(())
    }
}

/// Whether the function is one of the ABI's.
fn is_exported(function: &syn::ItemFn) -> bool {
    let is_unmangled = |attr: &Attribute| match &attr.meta {
        Meta::List(list) => list.path.is_ident("unsafe") && list.tokens.to_string() == "no_mangle",
        _ => false,
    };
    function.attrs.iter().any(is_unmangled)
}

/// The structs, each after those that its members are.
fn in_order(structs: Vec<Struct>) -> Vec<Struct> {
    let (mut sorted, mut rest) = (Vec::<Struct>::new(), structs);
    while !rest.is_empty() {
        let waits = |item: &Struct| {
            let is_needed = |other: &Struct| {
                item.fields
                    .iter()
                    .any(|(_, ty)| matches!(ty, AbiType::Named(name) if *name == other.name))
            };
            rest.iter().any(is_needed)
        };
        // No struct is within itself, so there is one.
        let Some(next) = rest.iter().position(|item| !waits(item)) else { break };
        sorted.push(rest.remove(next));
    }
    sorted
}

fn is_plain(name: &str) -> bool {
    PLAIN.contains(&name)
}

/// A callback may be NULL, and what it returns has no invalid values.
fn check_callback(item: &syn::ItemType) -> Result<()> {
    let name = &item.ident;
    let function = match &*item.ty {
        Type::Path(path) => path.path.segments.last().filter(|last| last.ident == "Option"),
        _ => None,
    };
    let function = match function.map(|option| &option.arguments) {
        Some(PathArguments::AngleBracketed(of)) => of.args.first(),
        _ => None,
    };
    let Some(GenericArgument::Type(Type::BareFn(function))) = function else {
        bail!("{name} isn't an Option of a function");
    };
    if let ReturnType::Type(_, ty) = &function.output {
        let ty = AbiType::read(ty)?;
        let is_valid = match &ty {
            AbiType::Pointer(_) => true,
            AbiType::Named(name) => is_plain(name),
            AbiType::Array(..) => false,
        };
        ensure!(is_valid, "{name} returns {ty:?}, which has invalid values");
    }
    Ok(())
}

pub fn docs(attrs: &[Attribute]) -> Vec<String> {
    let line = |attr: &Attribute| match &attr.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(lit) => match &lit.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    attrs.iter().filter_map(line).collect()
}

/// The argument of `#[repr(…)]`.
fn repr(attrs: &[Attribute]) -> Option<String> {
    let attr = attrs.iter().find(|attr| attr.path().is_ident("repr"))?;
    attr.parse_args::<syn::Ident>().ok().map(|ident| ident.to_string())
}

fn integer(expr: &Expr) -> Result<i64> {
    match expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Int(value) => Ok(value.base10_parse()?),
            _ => bail!("a constant that is no integer"),
        },
        _ => bail!("a constant that is no literal"),
    }
}
