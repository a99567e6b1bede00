//! Splits a binary module into sections, for mutations, and for comparing custom sections with those that the
//! library reads.

use crate::leb;

/// The first bytes of every module.
pub const PREAMBLE: &[u8] = b"\0asm\x01\0\0\0";

#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub id: u8,
    pub body: Vec<u8>,
}

/// Splits a module into sections, if it consists of sections.
pub fn split(wasm: &[u8]) -> Option<Vec<Section>> {
    let mut rest = wasm.strip_prefix(PREAMBLE)?;
    let mut sections = Vec::new();
    while let Some((&id, after)) = rest.split_first() {
        let mut at = 0;
        let len = leb::read(after, &mut at)? as usize;
        let body = after.get(at..at.checked_add(len)?)?.to_vec();
        rest = &after[at + len..];
        sections.push(Section { id, body });
    }
    Some(sections)
}

/// Joins sections to a module.
pub fn join(sections: &[Section]) -> Vec<u8> {
    let mut wasm = PREAMBLE.to_vec();
    for section in sections {
        wasm.push(section.id);
        leb::write(&mut wasm, section.body.len() as u64);
        wasm.extend(&section.body);
    }
    wasm
}

/// The name and the data of each custom section of a valid module.
pub fn custom(wasm: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let sections = split(wasm)?.into_iter().filter(|section| section.id == 0);
    sections
        .map(|Section { body, .. }| {
            let mut at = 0;
            let len = leb::read(&body, &mut at)? as usize;
            let name = body.get(at..at + len)?.to_vec();
            Some((String::from_utf8(name).ok()?, body[at + len..].to_vec()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_the_sum_of_its_sections() {
        let wasm = wat::parse_str(r#"(module $m (func) (@custom "a" "bc"))"#).unwrap();
        let sections = split(&wasm).unwrap();
        assert_eq!(join(&sections), wasm);
        assert!(custom(&wasm).unwrap().contains(&("a".to_owned(), b"bc".to_vec())));
        assert_eq!(split(&wasm[..wasm.len() - 1]), None);
    }
}
