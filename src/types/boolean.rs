//! C's `bool` as a caller passes it. A C program can put any byte into a `bool`, but a Rust `bool` with
//! any byte except 0 and 1 is undefined behaviour. These types accept all bytes; each except 0 is true.

use std::fmt;

/// A `bool` in a struct.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Bool(u8);

impl Bool {
    /// Whether it is true.
    pub const fn get(self) -> bool {
        self.0 != 0
    }
}

impl From<bool> for Bool {
    fn from(value: bool) -> Self {
        Self(u8::from(value))
    }
}

impl PartialEq for Bool {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for Bool {}

impl fmt::Debug for Bool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// A `bool` parameter. It is wider than a byte because C leaves the upper bits of its register
/// unspecified, and the compiler would assume that those of a `u8` are 0.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct BoolArg(u32);

impl BoolArg {
    /// Whether it is true.
    pub const fn get(self) -> bool {
        self.0 as u8 != 0
    }
}

impl From<bool> for BoolArg {
    fn from(value: bool) -> Self {
        Self(u32::from(value))
    }
}

#[cfg(test)]
mod tests {
    use super::{Bool, BoolArg};

    #[test]
    fn every_byte_but_0_is_true() {
        for byte in 0..=u8::MAX {
            assert_eq!(Bool(byte).get(), byte != 0);
            assert_eq!(Bool(byte), Bool::from(byte != 0));
        }
    }

    #[test]
    fn the_upper_bits_of_a_parameter_count_for_nothing() {
        for byte in 0..=u8::MAX {
            assert_eq!(BoolArg(u32::from(byte)).get(), byte != 0);
            assert_eq!(BoolArg(u32::from(byte) | 0xffff_ff00).get(), byte != 0);
        }
    }
}
