//! Integers in the variable-length encoding of the binary format (LEB128).

/// Reads the integer at `at`, and advances `at` past it.
pub fn read(bytes: &[u8], at: &mut usize) -> Option<u32> {
    let mut value = 0_u64;
    for place in 0..5 {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return u32::try_from(value).ok();
        }
    }
    None
}

/// Appends an integer in its shortest form.
pub fn write(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Draws an integer at the edge of a range. Its encoding may be longer than necessary, or too long.
pub fn edge(rng: &mut fastrand::Rng) -> Vec<u8> {
    let edges = [
        0,
        1,
        0x7f,
        0x80,
        0xffff,
        0x1_0000,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
        0x1_0000_0000,
        u64::MAX >> 1,
        u64::MAX,
    ];
    let mut bytes = Vec::new();
    write(&mut bytes, *rng.choice(&edges).expect("there are edges"));
    if rng.u8(..4) == 0 {
        // Longer than necessary, or than five or ten bytes.
        *bytes.last_mut().expect("an integer has bytes") |= 0x80;
        bytes.extend(std::iter::repeat_n(0x80, rng.usize(..6)));
        bytes.push(*rng.choice(&[0, 0x7f]).expect("there are two"));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for value in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, 0xffff_ffff] {
            let (mut bytes, mut at) = (Vec::new(), 0);
            write(&mut bytes, value);
            assert_eq!(read(&bytes, &mut at).map(u64::from), Some(value));
            assert_eq!(at, bytes.len());
            assert_eq!(read(&bytes[..bytes.len() - 1], &mut 0), None);
        }
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0x7f], &mut 0), None);
    }
}
