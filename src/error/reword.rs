//! Messages about limits. Wasmtime's own messages name parts of Wasmtime that no program sees.

use super::{Error, ErrorKind};

/// Messages of Wasmtime's, where `{}` is a number, each with its replacement, where `{0}` is the first of the
/// numbers. The replacement is empty if another cause of the same error says all that matters.
const REWORDED: &[(&str, &str)] = &[
    (
        "maximum concurrent limit of {} for memory stripe {} reached",
        "all memories of the engine's pool, {0}, are in use",
    ),
    (
        "maximum concurrent limit of {} for tables reached",
        "all tables of the engine's pool, {0}, are in use",
    ),
    (
        "maximum concurrent limit of {} for GC heaps reached",
        "all memories of the engine's pool that can hold references, {0}, are in use",
    ),
    ("module memory does not fit in pooling allocator requirements", ""),
    ("module table does not fit in pooling allocator requirements", ""),
    ("memory index {} is unsupported in this pooling allocator configuration", ""),
    ("failed to parse WebAssembly module", ""),
    ("failed to create memory pool mapping", ""),
    ("failed to create table pool mapping", ""),
    (
        "defined memories count of {} exceeds the per-instance limit of {}",
        "it has {0} memories, and the pool allows a module at most {1}",
    ),
    (
        "defined tables count of {} exceeds the per-instance limit of {}",
        "it has {0} tables, and the pool allows a module at most {1}",
    ),
    (
        "defined tables count of {} exceeds the total tables limit of {}",
        "it has {0} tables, and the pool has {1} in total",
    ),
    (
        "memory has a minimum byte size of {} which exceeds the limit of {} bytes",
        "it has a memory of {0} bytes, and memories of the pool have at most {1}",
    ),
    (
        "table index {} has a minimum element size of {} which exceeds the limit of {}",
        "it has a table of {1} elements, and tables of the pool have at most {2}",
    ),
    (
        "memory is shared which is not supported in the pooling allocator",
        "it has a shared memory, and a pool can't have any",
    ),
    (
        "memory minimum size of {} pages exceeds memory limits",
        "a memory of {0} pages is more than the store's limit or the address space allows",
    ),
    (
        "table minimum size of {} elements exceeds table limits",
        "a table of {0} elements is more than the store's limit or the address space allows",
    ),
    ("mmap failed to allocate {} bytes", "no memory is left for {0} bytes"),
    ("mmap failed to reserve {} bytes", "no address space is left for {0} bytes"),
];

/// The message of an error that Wasmtime reports as this chain of causes, the outermost first.
pub(crate) fn plain(causes: &[String]) -> String {
    let words = causes.iter().map(|cause| reworded(cause).unwrap_or_else(|| cause.clone()));
    words.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(": ")
}

fn reworded(cause: &str) -> Option<String> {
    REWORDED.iter().find_map(|(said, words)| {
        let numbers = numbers(said, cause)?;
        let fill = |words: String, (index, number): (usize, &u64)| {
            words.replace(&format!("{{{index}}}"), &number.to_string())
        };
        Some(numbers.iter().enumerate().fold((*words).to_owned(), fill))
    })
}

/// The numbers of `text` at the positions of `{}` in `template`, if the rest of the text equals the template.
fn numbers(template: &str, text: &str) -> Option<Vec<u64>> {
    let mut parts = template.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut numbers = Vec::new();
    for part in parts {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let number = match number.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => number.parse(),
        };
        numbers.push(number.ok()?);
        rest = after.strip_prefix(part)?;
    }
    rest.is_empty().then_some(numbers)
}

/// The error for a memory or table `name`, of `size` pages or elements (`unit`), that can't grow by `delta`.
pub(crate) fn cannot_grow(
    name: &str,
    delta: u64,
    unit: &str,
    size: u64,
    max: Option<u64>,
) -> Error {
    let wanted = size.saturating_add(delta);
    let why = match max.filter(|&max| wanted > max) {
        Some(max) => format!(", and its maximum is {max}"),
        None => "; more would be beyond the store's limit or the memory of the system".to_owned(),
    };
    Error::new(
        ErrorKind::LIMIT,
        format!("`{name}` can't grow by {delta} {unit}: it has {size}{why}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasmtimes_messages_about_pools_are_replaced_by_words_of_the_header() {
        let said =
            |causes: &[&str]| plain(&causes.iter().map(|&c| c.to_owned()).collect::<Vec<_>>());
        assert_eq!(
            said(&["maximum concurrent limit of 3 for memory stripe 0 reached"]),
            "all memories of the engine's pool, 3, are in use"
        );
        assert_eq!(
            said(&[
                "module memory does not fit in pooling allocator requirements",
                "memory index 0 is unsupported in this pooling allocator configuration",
                "memory has a minimum byte size of 327680 which exceeds the limit of 0x40000 bytes",
            ]),
            "it has a memory of 327680 bytes, and memories of the pool have at most 262144"
        );
        assert_eq!(
            said(&["a host function said this", "and this"]),
            "a host function said this: and this"
        );
        assert_eq!(said(&["mmap failed to reserve all bytes"]), "mmap failed to reserve all bytes");
    }

    #[test]
    fn an_error_of_growing_says_why() {
        let grown = |max| cannot_grow("memory", 2, "pages", 1, max);
        assert_eq!(
            grown(Some(2)).message(),
            "`memory` can't grow by 2 pages: it has 1, and its maximum is 2"
        );
        for max in [None, Some(3)] {
            assert!(
                grown(max).message().ends_with("the store's limit or the memory of the system")
            );
        }
    }
}
