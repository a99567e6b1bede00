//! How much a component makes of the components in it.
//!
//! Wasmtime compiles each instance of a component as if the component were written there. So a few bytes that
//! instantiate the same component again and again, each inside the next, would take all memory.

use crate::error::text::count;
use crate::error::{Error, ErrorKind, Result};
use wasmparser::{
    ComponentAlias, ComponentExternalKind as Kind, ComponentInstance, ComponentOuterAliasKind,
    ComponentTypeRef, Encoding, Parser, Payload,
};

/// How deep components may be nested.
const DEEPEST: usize = 100;

/// How many instances a component may make, with those that its inner components make.
const MOST_INSTANCES: u64 = 10_000;

/// How many items a component may have, such as functions and types. Those of its inner components count once for each
/// instance that is made.
const MOST_ITEMS: u64 = 1_000_000;

/// What the compiler makes of a component.
#[derive(Clone, Copy, Default)]
struct Made {
    instances: u64,
    items: u64,
}

/// An unknown component, which is passed in from outside, may be any.
const UNKNOWN: Made = Made { instances: MOST_INSTANCES, items: MOST_ITEMS };

/// A module or component that is being read.
#[derive(Default)]
struct Level {
    is_component: bool,
    /// What is made of each component in the index space.
    components: Vec<Made>,
    made: Made,
}

/// Refuses a component that would make too much of the components in it. Damaged bytes are for the validator.
pub(super) fn check(wasm: &[u8]) -> Result<()> {
    let mut levels: Vec<Level> = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Ok(payload) = payload else { return Ok(()) };
        if let Payload::Version { encoding, .. } = payload {
            if levels.len() == DEEPEST {
                return Err(refused(&format!("nests components more than {DEEPEST} deep")));
            }
            let is_component = encoding == Encoding::Component;
            levels.push(Level { is_component, ..Level::default() });
        } else if let Payload::End(_) = payload {
            let Some(ended) = levels.pop() else { return Ok(()) };
            if let Some(level) = levels.last_mut()
                && ended.is_component
            {
                level.components.push(ended.made);
            }
        } else if note(&mut levels, payload).is_none() {
            return Ok(());
        }
        let made = levels.last().map_or(Made::default(), |level| level.made);
        if made.instances > MOST_INSTANCES {
            let most = count(MOST_INSTANCES, "instance");
            return Err(refused(&format!("makes more than {most}")));
        }
        if made.items > MOST_ITEMS {
            let most = count(MOST_ITEMS, "item");
            return Err(refused(&format!("has more than {most}, with those of each instance")));
        }
    }
    Ok(())
}

/// Notes a section. `None` if it is damaged.
fn note(levels: &mut [Level], payload: Payload<'_>) -> Option<()> {
    levels.last_mut()?.made.items += items(&payload);
    match payload {
        Payload::InstanceSection(instances) => {
            levels.last_mut()?.made.instances += u64::from(instances.count());
        }
        Payload::ComponentInstanceSection(instances) => {
            let level = levels.last_mut()?;
            for instance in instances {
                let (made, items) = match instance.ok()? {
                    ComponentInstance::Instantiate { component_index, args } => {
                        (*level.components.get(component_index as usize)?, args.len())
                    }
                    ComponentInstance::FromExports(exports) => (Made::default(), exports.len()),
                };
                let sum = &mut level.made;
                sum.instances = sum.instances.saturating_add(1 + made.instances);
                sum.items = sum.items.saturating_add(items as u64 + made.items);
            }
        }
        Payload::ComponentAliasSection(aliases) => {
            for alias in aliases {
                let made = match alias.ok()? {
                    ComponentAlias::Outer {
                        kind: ComponentOuterAliasKind::Component,
                        count,
                        index,
                    } => {
                        let outer = levels.len().checked_sub(1 + count as usize)?;
                        *levels[outer].components.get(index as usize)?
                    }
                    ComponentAlias::InstanceExport { kind: Kind::Component, .. } => UNKNOWN,
                    _ => continue,
                };
                levels.last_mut()?.components.push(made);
            }
        }
        Payload::ComponentImportSection(imports) => {
            for import in imports {
                if let ComponentTypeRef::Component(_) = import.ok()?.ty {
                    levels.last_mut()?.components.push(UNKNOWN);
                }
            }
        }
        Payload::ComponentExportSection(exports) => {
            for export in exports {
                let export = export.ok()?;
                if export.kind == Kind::Component {
                    let level = levels.last_mut()?;
                    let made = *level.components.get(export.index as usize)?;
                    level.components.push(made);
                }
            }
        }
        _ => {}
    }
    Some(())
}

/// How many items a section of a component has.
fn items(payload: &Payload<'_>) -> u64 {
    let count = match payload {
        Payload::CoreTypeSection(section) => section.count(),
        Payload::ComponentTypeSection(section) => section.count(),
        Payload::ComponentAliasSection(section) => section.count(),
        Payload::ComponentCanonicalSection(section) => section.count(),
        Payload::ComponentImportSection(section) => section.count(),
        Payload::ComponentExportSection(section) => section.count(),
        Payload::InstanceSection(section) => section.count(),
        Payload::ComponentInstanceSection(section) => section.count(),
        Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => 1,
        _ => 0,
    };
    u64::from(count)
}

#[cold]
fn refused(what: &str) -> Error {
    Error::new(
        ErrorKind::LIMIT,
        format!("the component {what}, which is more than this library allows"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A component that instantiates another one twice, which does the same, and so on.
    fn doubling(levels: usize) -> Vec<u8> {
        let mut text = "(component $c)".to_owned();
        for _ in 0..levels {
            text = format!(
                "(component $c {text} (instance (instantiate $c)) (instance (instantiate $c)))"
            );
        }
        wat::parse_str(text).expect("it is text")
    }

    #[test]
    fn instances_of_instances_are_counted() {
        assert!(check(&doubling(8)).is_ok());
        let error = check(&doubling(20)).expect_err("it makes a million instances");
        assert!(error.message().contains("more than 10000 instances"), "{}", error.message());
    }

    #[test]
    fn deep_nesting_is_refused() {
        let mut nested = b"\0asm\x0d\0\x01\0".to_vec();
        for depth in 1..=101_usize {
            assert_eq!(check(&nested).is_ok(), depth <= 100, "{depth}");
            let len = [nested.len() as u8 & 0x7f | 0x80, (nested.len() >> 7) as u8];
            nested = [&b"\0asm\x0d\0\x01\0\x04"[..], &len, &nested].concat();
        }
    }

    #[test]
    fn items_count_for_each_instance() {
        let many = |count: usize| {
            let inner = "(type (list u8))".repeat(1000);
            let outer = "(instance (instantiate $c))".repeat(count);
            let text = format!("(component (component $c {inner}) {outer})");
            check(&wat::parse_str(text).expect("it is text"))
        };
        assert!(many(990).is_ok());
        let error = many(1001).expect_err("it has more than a million types");
        assert!(error.message().contains("more than 1000000 items"), "{}", error.message());
    }

    #[test]
    fn aliases_and_exports_of_components_count_as_what_they_stand_for() {
        let ten = "(component $c (component $e) ".to_owned()
            + &"(instance (instantiate $e))".repeat(10)
            + ")";
        let outer = |inner: &str| format!("(component {ten} {inner})");
        let many = "(instance (instantiate $a))".repeat(900);
        let alias = outer(&format!("(component (alias outer 1 $c (component $a)) {many})"));
        assert!(check(&wat::parse_str(alias).unwrap()).is_ok(), "9,900 instances");
        let more = format!("{many}{}", "(instance (instantiate $a))".repeat(90));
        let alias = outer(&format!("(component (alias outer 1 $c (component $a)) {more})"));
        assert!(check(&wat::parse_str(alias).unwrap()).is_err(), "10,890 instances");
    }

    #[test]
    fn a_component_that_is_passed_in_may_make_any_number() {
        let text = r#"(component (component
            (import "c" (component $c))
            (instance (instantiate $c))))"#;
        assert!(check(&wat::parse_str(text).unwrap()).is_err());
    }
}
