//! The list of the kinds of object, as `src/kinds.rs` has it.

use anyhow::{Context, Result};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Item, LitStr, Token};

/// A kind of object: a row of the list.
#[allow(dead_code, reason = "each build script reads some of the fields")]
pub struct Kind {
    /// The name, such as `Store`.
    pub name: String,
    /// The opaque type of the header.
    pub opaque: String,
    /// The lines of its documentation.
    pub docs: Vec<String>,
}

struct Rows(Punctuated<Kind, Token![;]>);

impl Parse for Rows {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        Punctuated::parse_terminated(input).map(Self)
    }
}

impl Parse for Kind {
    /// `/// documentation` `Kind OWNER: opaque = "article" "name"`
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let docs = crate::sources::docs(&input.call(Attribute::parse_outer)?);
        let name = input.parse::<Ident>()?.to_string();
        input.parse::<Ident>()?;
        input.parse::<Token![:]>()?;
        let opaque = input.parse::<Ident>()?.to_string();
        input.parse::<Token![=]>()?;
        input.parse::<LitStr>()?;
        input.parse::<LitStr>()?;
        Ok(Self { name, opaque, docs })
    }
}

/// The kinds, from the call of `kinds!` among the items of a file; none if there is no such call.
pub fn of(items: &[Item]) -> Result<Vec<Kind>> {
    let list = items.iter().find_map(|item| match item {
        Item::Macro(item) if item.mac.path.is_ident("kinds") => Some(&item.mac),
        _ => None,
    });
    let Some(list) = list else { return Ok(Vec::new()) };
    let rows: Rows = list.parse_body().context("the list of kinds")?;
    Ok(rows.0.into_iter().collect())
}
