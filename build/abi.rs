//! Reads the ABI from the sources: its functions, structs, enumerations and constants.

use crate::kinds::{self, Kind};
use crate::sources::{Source, docs};
use anyhow::{Context, Result, bail};
use syn::{
    Attribute, Expr, Fields, FnArg, GenericArgument, Ident, Item, Lit, Meta, Pat, PathArguments,
    ReturnType, Type, UseTree, Visibility,
};

/// A type of the ABI.
#[derive(Clone, Debug, PartialEq)]
pub enum AbiType {
    /// A named type: `u32`, `usize`, `safewasm_text_t`.
    Named(String),
    /// An array of a named type, and its length.
    Array(String, usize),
    /// A pointer.
    Pointer { to: Box<AbiType>, is_const: bool },
}

impl AbiType {
    fn read(ty: &Type) -> Result<Self> {
        Ok(match ty {
            Type::Ptr(pointer) => Self::Pointer {
                to: Box::new(Self::read(&pointer.elem)?),
                is_const: pointer.const_token.is_some(),
            },
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

    /// The name of the type that the pointer points to, if it is a pointer to a named type.
    pub fn pointee(&self) -> Option<&str> {
        match self {
            Self::Pointer { to, .. } => to.name(),
            _ => None,
        }
    }

    /// The name of the type, if it is a named one.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            _ => None,
        }
    }

    /// The name of the type that this type is made of.
    pub fn base(&self) -> &str {
        match self {
            Self::Named(name) | Self::Array(name, _) => name,
            Self::Pointer { to, .. } => to.base(),
        }
    }
}

/// A parameter.
pub struct Param {
    pub name: String,
    pub ty: AbiType,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// A function, or the type of one that callers pass.
pub struct Function {
    pub name: String,
    pub docs: Vec<String>,
    pub params: Vec<Param>,
    pub returns: Option<AbiType>,
}

impl Function {
    /// Whether it returns an error.
    pub fn is_fallible(&self) -> bool {
        self.returns.as_ref().and_then(AbiType::pointee) == Some("safewasm_error_t")
    }
}

/// A struct or union whose members callers see.
pub struct Struct {
    pub name: String,
    pub docs: Vec<String>,
    pub is_union: bool,
    pub fields: Vec<Field>,
}

/// A member of a struct or union.
pub struct Field {
    pub name: String,
    pub docs: Vec<String>,
    pub ty: AbiType,
}

/// An enumeration.
pub struct Enum {
    pub name: String,
    pub docs: Vec<String>,
    pub repr: String,
    pub variants: Vec<Constant>,
}

impl Enum {
    /// The start of its constants' names in C: that of its own name without the word for its sort.
    pub fn prefix(&self) -> String {
        let name = self.name.trim_end_matches("_t");
        let sorts = ["_kind", "kind", "_code", "_scope", "_stream"];
        let name = sorts.iter().find_map(|sort| name.strip_suffix(sort)).unwrap_or(name);
        format!("{}_", name.to_uppercase())
    }
}

/// A constant, or a value of an enumeration.
pub struct Constant {
    pub name: String,
    pub docs: Vec<String>,
    pub value: i128,
}

impl Constant {
    /// Whether it is the largest number of its type, `usize`.
    pub fn is_size_max(&self) -> bool {
        self.value == i128::from(u64::MAX)
    }
}

/// A section of the header: a module of `abi`.
pub struct Section {
    /// The name of the module.
    pub name: String,
    /// The documentation of the module.
    pub banner: Vec<String>,
    /// The names that it declares or re-exports.
    pub names: Vec<String>,
    /// The feature of the crate without which the library lacks it.
    pub feature: Option<String>,
}

/// The whole ABI, in the order of the sources.
#[derive(Default)]
pub struct Abi {
    pub functions: Vec<Function>,
    pub structs: Vec<Struct>,
    pub enums: Vec<Enum>,
    /// The kinds of object, whose opaque types callers see only pointers to.
    pub kinds: Vec<Kind>,
    pub constants: Vec<Constant>,
    /// The types of functions that callers pass.
    pub callbacks: Vec<Function>,
    pub sections: Vec<Section>,
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
            if source.path.parent().is_some_and(|folder| folder.ends_with("abi")) {
                abi.add_section(source);
            }
        }
        abi.structs = in_order(std::mem::take(&mut abi.structs));
        Ok(abi)
    }

    /// The ABI's number.
    pub fn version(&self) -> Result<i128> {
        let found = self.constants.iter().find(|item| item.name == "SAFEWASM_ABI_VERSION");
        Ok(found.context("SAFEWASM_ABI_VERSION is missing")?.value)
    }

    pub fn is_opaque(&self, name: &str) -> bool {
        self.kinds.iter().any(|kind| kind.opaque == name)
    }

    pub fn is_callback(&self, name: &str) -> bool {
        self.callbacks.iter().any(|callback| callback.name == name)
    }

    fn add(&mut self, item: &Item) -> Result<()> {
        match item {
            Item::Type(item) if item.ident.to_string().starts_with("safewasm_") => {
                self.callbacks.push(callback(item)?);
            }
            Item::Fn(function) if is_exported(function) => self.add_function(function)?,
            Item::Struct(item) if item.ident.to_string().starts_with("safewasm_") => {
                if let Fields::Named(fields) = &item.fields {
                    self.add_struct(&item.ident, &item.attrs, false, fields)?;
                }
            }
            Item::Union(item) => {
                self.add_struct(&item.ident, &item.attrs, true, &item.fields)?;
            }
            Item::Enum(item) if item.ident.to_string().starts_with("safewasm_") => {
                let variants = item.variants.iter().map(|variant| {
                    let (_, value) = variant.discriminant.as_ref().context("a variant's value")?;
                    constant(&variant.ident, &variant.attrs, value)
                });
                self.enums.push(Enum {
                    name: item.ident.to_string(),
                    docs: docs(&item.attrs),
                    repr: repr(&item.attrs).context("an enumeration without repr")?,
                    variants: variants.collect::<Result<_>>()?,
                });
            }
            Item::Const(item) if item.ident.to_string().starts_with("SAFEWASM_") => {
                self.constants.push(constant(&item.ident, &item.attrs, &item.expr)?);
            }
            _ => {}
        }
        Ok(())
    }

    fn add_function(&mut self, function: &syn::ItemFn) -> Result<()> {
        let name = function.sig.ident.to_string();
        let params = function.sig.inputs.iter().map(|input| {
            let FnArg::Typed(input) = input else { bail!("{name} takes self") };
            let Pat::Ident(ident) = &*input.pat else {
                bail!("{name} has a parameter with no name")
            };
            param(&ident.ident, &input.ty).with_context(|| format!("a parameter of {name}"))
        });
        let params = params.collect::<Result<_>>()?;
        let returns = returned(&function.sig.output)?;
        let is_must_use = function.attrs.iter().any(|attr| attr.path().is_ident("must_use"));
        let function = Function { docs: docs(&function.attrs), name, params, returns };
        if function.is_fallible() && !is_must_use {
            bail!("{} returns an error but isn't must_use", function.name);
        }
        self.functions.push(function);
        Ok(())
    }

    fn add_struct(
        &mut self,
        name: &Ident,
        attrs: &[Attribute],
        is_union: bool,
        fields: &syn::FieldsNamed,
    ) -> Result<()> {
        let fields = fields.named.iter().map(|field| {
            let ident = field.ident.as_ref().context("a field with no name")?;
            let ty = AbiType::read(&field.ty)?;
            Ok(Field { name: ident.to_string(), docs: docs(&field.attrs), ty })
        });
        let fields = fields.collect::<Result<_>>()?;
        self.structs.push(Struct { name: name.to_string(), docs: docs(attrs), is_union, fields });
        Ok(())
    }

    fn add_section(&mut self, source: &Source) {
        let Source { path, file, feature } = source;
        let mut names = Vec::new();
        for item in &file.items {
            match item {
                Item::Use(item) if matches!(item.vis, Visibility::Public(_)) => {
                    add_names(&item.tree, &mut names);
                }
                Item::Fn(function) if is_exported(function) => {
                    names.push(function.sig.ident.to_string());
                }
                Item::Const(item) if item.ident.to_string().starts_with("SAFEWASM_") => {
                    names.push(item.ident.to_string());
                }
                _ => {}
            }
        }
        if !names.is_empty() {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            self.sections.push(Section {
                name,
                banner: docs(&file.attrs),
                names,
                feature: feature.clone(),
            });
        }
    }
}

/// The names of types and constants of the ABI that a `use` imports one by one.
fn add_names(tree: &UseTree, names: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => add_names(&path.tree, names),
        UseTree::Group(group) => group.items.iter().for_each(|tree| add_names(tree, names)),
        UseTree::Name(name) if name.ident.to_string().to_lowercase().starts_with("safewasm_") => {
            names.push(name.ident.to_string());
        }
        UseTree::Name(_) | UseTree::Rename(_) | UseTree::Glob(_) => {}
    }
}

/// A parameter; one of the type `Nullable<…>` may be NULL.
fn param(name: &Ident, ty: &Type) -> Result<Param> {
    let nullable = argument(ty, "Nullable");
    let (nullable, ty) = (nullable.is_some(), AbiType::read(nullable.unwrap_or(ty))?);
    Ok(Param { name: name.to_string(), ty, nullable })
}

fn returned(output: &ReturnType) -> Result<Option<AbiType>> {
    match output {
        ReturnType::Default => Ok(None),
        ReturnType::Type(_, ty) => Ok(Some(AbiType::read(ty)?)),
    }
}

/// The `T` of a type `Name<T>`.
fn argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    match &last.arguments {
        PathArguments::AngleBracketed(of) => match of.args.first() {
            Some(GenericArgument::Type(ty)) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}

/// The type of a function that callers pass. A C program may pass NULL, so it is an `Option`.
fn callback(item: &syn::ItemType) -> Result<Function> {
    let name = item.ident.to_string();
    let Some(Type::BareFn(function)) = argument(&item.ty, "Option") else {
        bail!("{name} isn't an Option of a function");
    };
    let params = function.inputs.iter().map(|input| {
        let (ident, _) = input.name.as_ref().context("a parameter with no name")?;
        param(ident, &input.ty)
    });
    let params = params.collect::<Result<_>>()?;
    Ok(Function { docs: docs(&item.attrs), params, returns: returned(&function.output)?, name })
}

fn constant(name: &Ident, attrs: &[Attribute], value: &Expr) -> Result<Constant> {
    Ok(Constant { name: name.to_string(), docs: docs(attrs), value: integer(value)? })
}

/// Whether the function is one of the ABI's.
fn is_exported(function: &syn::ItemFn) -> bool {
    let is_unmangled = |attr: &Attribute| match &attr.meta {
        Meta::List(list) => list.path.is_ident("unsafe") && list.tokens.to_string() == "no_mangle",
        _ => false,
    };
    function.attrs.iter().any(is_unmangled)
}

/// The structs, each after the structs that it contains.
fn in_order(structs: Vec<Struct>) -> Vec<Struct> {
    let (mut sorted, mut rest) = (Vec::<Struct>::new(), structs);
    while !rest.is_empty() {
        let waits = |item: &Struct| {
            let is_needed = |other: &Struct| {
                item.fields.iter().any(|field| field.ty.name() == Some(&other.name))
            };
            rest.iter().any(is_needed)
        };
        // No struct contains itself, so there is one.
        let Some(next) = rest.iter().position(|item| !waits(item)) else { break };
        sorted.push(rest.remove(next));
    }
    sorted
}

/// The argument of `#[repr(…)]`.
fn repr(attrs: &[Attribute]) -> Option<String> {
    let attr = attrs.iter().find(|attr| attr.path().is_ident("repr"))?;
    attr.parse_args::<syn::Ident>().ok().map(|ident| ident.to_string())
}

fn integer(expr: &Expr) -> Result<i128> {
    match expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Int(value) => Ok(value.base10_parse()?),
            _ => bail!("a constant that is no integer"),
        },
        Expr::Path(of) if of.path.segments.iter().map(|part| &part.ident).eq(["usize", "MAX"]) => {
            Ok(u64::MAX.into())
        }
        _ => bail!("a constant that is no literal"),
    }
}
