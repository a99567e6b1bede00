//! Messages about limits. Wasmtime's own messages name parts of Wasmtime that no program sees.

use super::text::count;

/// Messages of Wasmtime's, where `{}` is a number, each with its replacement, where `{0}` is the first of the
/// numbers, and `{0 page}` the same with a noun. The replacement is empty if another cause of the same error
/// says all that matters.
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
        "it has a memory of {0 byte}, and memories of the pool have at most {1}",
    ),
    (
        "table index {} has a minimum element size of {} which exceeds the limit of {}",
        "it has a table of {1 element}, and tables of the pool have at most {2}",
    ),
    (
        "memory is shared which is not supported in the pooling allocator",
        "it has a shared memory, and a pool can't have any",
    ),
    (
        "memory minimum size of {} pages exceeds memory limits",
        "there is no room for a memory of {0 page}",
    ),
    (
        "table minimum size of {} elements exceeds table limits",
        "there is no room for a table of {0 element}",
    ),
    (
        "GC heap out of memory: no capacity for allocation of {} bytes",
        "the store's memory limit, or the system, leaves no room for a garbage-collected object of {0 byte}; see \
         `safewasm_store_set_memory_limit`",
    ),
    ("mmap failed to allocate {} bytes", "the system has no memory left for {0 byte}"),
    ("mmap failed to reserve {} bytes", "no address space is left for {0 byte}"),
];

/// The message of an error that Wasmtime reports as this chain of causes, the outermost first.
pub(crate) fn plain(causes: &[String]) -> String {
    let words = causes.iter().map(|cause| reworded(cause).unwrap_or_else(|| cause.clone()));
    words.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(": ")
}

fn reworded(cause: &str) -> Option<String> {
    REWORDED.iter().find_map(|(said, words)| {
        let numbers = numbers(said, cause)?;
        Some(filled(words, &numbers))
    })
}

/// `words` with the numbers in place of `{0}` or `{0 page}`.
fn filled(words: &str, numbers: &[u64]) -> String {
    let mut parts = words.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (slot, after) = part.split_once('}').unwrap_or((part, ""));
        let (index, noun) = slot.split_once(' ').unwrap_or((slot, ""));
        let number = index.parse().map_or(0, |index: usize| numbers[index]);
        text += &if noun.is_empty() { number.to_string() } else { count(number, noun) };
        text += after;
    }
    text
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
}
