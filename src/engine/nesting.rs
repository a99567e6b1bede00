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

/// A module or component that is being read.
#[derive(Default)]
struct Level {
    is_component: bool,
    /// The numbers of instances that the components in the index space make; `None` if that is unknown.
    components: Vec<Option<u64>>,
    instances: u64,
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
                level.components.push(Some(ended.instances));
            }
        } else if note(&mut levels, payload).is_none() {
            return Ok(());
        }
        if levels.last().is_some_and(|level| level.instances > MOST_INSTANCES) {
            let most = count(MOST_INSTANCES, "instance");
            return Err(refused(&format!("makes more than {most}")));
        }
    }
    Ok(())
}

/// Notes a section. `None` if it is damaged.
fn note(levels: &mut [Level], payload: Payload<'_>) -> Option<()> {
    match payload {
        Payload::InstanceSection(instances) => {
            levels.last_mut()?.instances += u64::from(instances.count());
        }
        Payload::ComponentInstanceSection(instances) => {
            let level = levels.last_mut()?;
            for instance in instances {
                let made = match instance.ok()? {
                    ComponentInstance::Instantiate { component_index, .. } => {
                        // An unknown one, which is passed in from outside, may be any.
                        let known = level.components.get(component_index as usize)?;
                        known.unwrap_or(MOST_INSTANCES)
                    }
                    ComponentInstance::FromExports(_) => 0,
                };
                level.instances = level.instances.saturating_add(1 + made);
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
                    ComponentAlias::InstanceExport { kind: Kind::Component, .. } => None,
                    _ => continue,
                };
                levels.last_mut()?.components.push(made);
            }
        }
        Payload::ComponentImportSection(imports) => {
            for import in imports {
                if let ComponentTypeRef::Component(_) = import.ok()?.ty {
                    levels.last_mut()?.components.push(None);
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
        let nested = |depth: usize| {
            let text = "(component ".repeat(depth) + &")".repeat(depth);
            wat::parse_str(text).expect("it is text")
        };
        assert!(check(&nested(100)).is_ok());
        assert!(check(&nested(101)).is_err());
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
