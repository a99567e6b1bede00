//! From wasm into nodes. Nothing that comes from the guest is trusted: pointers, lengths, discriminants, characters
//! and strings are checked; what the host allocates for it is taken from the hostcall fuel first.

use super::check::packed;
use super::lower::payload;
use super::node::{safewasm_node_t as Node, safewasm_nodevalue_t as Of};
use super::resource::Received;
use super::values::Values;
use crate::types::wit::safewasm_witkind_t as Kind;
use std::sync::Arc;
use wasmtime::component::__internal::wasmtime_environ::component::StringEncoding;
use wasmtime::component::__internal::{ComponentTypes, InterfaceType, LiftContext};
use wasmtime::component::Lift;
use wasmtime::{Result, ValRaw, bail, format_err};

const NODE: usize = size_of::<Node>();

/// Lifts values, one after another.
pub(super) struct Lifting<'c, 'a> {
    cx: &'c mut LiftContext<'a>,
    types: &'a Arc<ComponentTypes>,
    /// The guest's memory; it can't change while we lift.
    memory: &'a [u8],
    pub(super) out: Values,
}

impl<'c, 'a> Lifting<'c, 'a> {
    #[inline]
    pub(super) fn new(cx: &'c mut LiftContext<'a>) -> Self {
        let (types, memory) = (cx.types, cx.memory());
        Lifting { cx, types, memory, out: Values::new() }
    }

    pub(super) fn flat_all(&mut self, tuple: &[InterfaceType], src: &[ValRaw]) -> Result<()> {
        let mut pos = 0;
        self.cx.consume_fuel(tuple.len() * NODE)?;
        for ty in tuple {
            self.flat(*ty, src, &mut pos)?;
        }
        Ok(())
    }

    /// The fields of a tuple type from memory at `ptr`, which comes from the guest.
    pub(super) fn memory_all(
        &mut self,
        tuple: &[InterfaceType],
        size: usize,
        align: usize,
        ptr: usize,
    ) -> Result<()> {
        if !ptr.is_multiple_of(align) {
            bail!("the address of the result isn't aligned");
        }
        let bytes = self.slice(ptr, size)?;
        self.cx.consume_fuel(tuple.len() * NODE)?;
        let mut offset = 0;
        for ty in tuple {
            let o = self.types.canonical_abi(ty).next_field32_size(&mut offset);
            self.load(*ty, &bytes[o..])?;
        }
        Ok(())
    }

    #[inline]
    fn slice(&self, ptr: usize, len: usize) -> Result<&'a [u8]> {
        match self.memory.get(ptr..).and_then(|m| m.get(..len)) {
            Some(s) => Ok(s),
            None => bail!("an address is out of bounds of memory"),
        }
    }

    #[inline]
    fn push(&mut self, kind: Kind, index: u32, len: usize, of: Of) {
        self.out.push(Node::new(kind, index, len, of));
    }

    #[inline]
    fn unsigned(&mut self, kind: Kind, u: u64) {
        self.push(kind, 0, 0, Of { u });
    }

    #[inline]
    fn signed(&mut self, kind: Kind, s: i64) {
        self.push(kind, 0, 0, Of { s });
    }

    fn char(&mut self, c: u32) -> Result<()> {
        let c = char::try_from(c)?;
        // `u`, so that all bits of the node are set.
        self.unsigned(Kind::CHAR, u32::from(c).into());
        Ok(())
    }

    fn flat(&mut self, ty: InterfaceType, src: &[ValRaw], pos: &mut usize) -> Result<()> {
        let mut get = || {
            let raw = src[*pos];
            *pos += 1;
            raw
        };
        match ty {
            InterfaceType::Bool => self.unsigned(Kind::BOOL, (get().get_u32() != 0).into()),
            InterfaceType::S8 => self.signed(Kind::S8, (get().get_i32() as i8).into()),
            InterfaceType::S16 => self.signed(Kind::S16, (get().get_i32() as i16).into()),
            InterfaceType::S32 => self.signed(Kind::S32, get().get_i32().into()),
            InterfaceType::U8 => self.unsigned(Kind::U8, (get().get_u32() as u8).into()),
            InterfaceType::U16 => self.unsigned(Kind::U16, (get().get_u32() as u16).into()),
            InterfaceType::U32 => self.unsigned(Kind::U32, get().get_u32().into()),
            InterfaceType::S64 => self.signed(Kind::S64, get().get_i64()),
            InterfaceType::U64 => self.unsigned(Kind::U64, get().get_u64()),
            InterfaceType::Float32 => self.unsigned(Kind::F32, get().get_f32().into()),
            InterfaceType::Float64 => self.unsigned(Kind::F64, get().get_f64()),
            InterfaceType::Char => self.char(get().get_u32())?,
            InterfaceType::String => {
                let (ptr, len) = (get().get_u32(), get().get_u32());
                self.string(ptr, len)?;
            }
            InterfaceType::List(i) => {
                let (ptr, len) = (get().get_u32(), get().get_u32());
                self.list(self.types[i].element, ptr as usize, len as usize)?;
            }
            InterfaceType::Enum(i) => {
                let index = get().get_u32();
                self.enumeration(index, self.types[i].names.len())?;
            }
            InterfaceType::Flags(i) => {
                let n = self.types[i].names.len();
                let mut bits = 0;
                for word in 0..n.div_ceil(32) {
                    bits |= u64::from(get().get_u32()) << (32 * word);
                }
                self.flags(bits, n);
            }
            InterfaceType::Record(i) => {
                let fields = &self.types[i].fields;
                self.cx.consume_fuel(fields.len() * NODE)?;
                self.push(Kind::RECORD, 0, fields.len(), Of { u: 0 });
                for f in fields {
                    self.flat(f.ty, src, pos)?;
                }
            }
            InterfaceType::Tuple(i) => {
                let types = &self.types[i].types;
                self.cx.consume_fuel(types.len() * NODE)?;
                self.push(Kind::TUPLE, 0, types.len(), Of { u: 0 });
                for ty in types {
                    self.flat(*ty, src, pos)?;
                }
            }
            InterfaceType::Variant(_) | InterfaceType::Option(_) | InterfaceType::Result(_) => {
                let index = get().get_u32();
                let end = *pos - 1 + self.types.canonical_abi(&ty).flat_count(16).unwrap();
                if let Some(ty) = self.case(ty, index)? {
                    self.flat(ty, src, pos)?;
                }
                *pos = end;
            }
            InterfaceType::Own(_) | InterfaceType::Borrow(_) => {
                let index = get().get_u32();
                self.resource(ty, index)?;
            }
            _ => bail!("values of this type aren't supported"),
        }
        Ok(())
    }

    /// A value from the first bytes of `bytes`.
    fn load(&mut self, ty: InterfaceType, bytes: &[u8]) -> Result<()> {
        match ty {
            InterfaceType::Bool => self.unsigned(Kind::BOOL, (bytes[0] != 0).into()),
            InterfaceType::S8 => self.signed(Kind::S8, (bytes[0] as i8).into()),
            InterfaceType::U8 => self.unsigned(Kind::U8, bytes[0].into()),
            InterfaceType::S16 => self.signed(Kind::S16, i16::from_le_bytes(chunk(bytes)).into()),
            InterfaceType::U16 => self.unsigned(Kind::U16, u16::from_le_bytes(chunk(bytes)).into()),
            InterfaceType::S32 => self.signed(Kind::S32, i32::from_le_bytes(chunk(bytes)).into()),
            InterfaceType::U32 => self.unsigned(Kind::U32, word(bytes).into()),
            InterfaceType::S64 => self.signed(Kind::S64, i64::from_le_bytes(chunk(bytes))),
            InterfaceType::U64 => self.unsigned(Kind::U64, u64::from_le_bytes(chunk(bytes))),
            InterfaceType::Float32 => self.unsigned(Kind::F32, word(bytes).into()),
            InterfaceType::Float64 => self.unsigned(Kind::F64, u64::from_le_bytes(chunk(bytes))),
            InterfaceType::Char => self.char(word(bytes))?,
            InterfaceType::String => self.string(word(bytes), word(&bytes[4..]))?,
            InterfaceType::List(i) => {
                self.list(self.types[i].element, word(bytes) as usize, word(&bytes[4..]) as usize)?;
            }
            InterfaceType::Enum(i) => {
                let ty = &self.types[i];
                self.enumeration(discriminant(bytes, ty.info.size.into()), ty.names.len())?;
            }
            InterfaceType::Flags(i) => {
                let mut bits = [0; 8];
                let size = self.types.canonical_abi(&ty).size32 as usize;
                bits[..size].copy_from_slice(&bytes[..size]);
                self.flags(u64::from_le_bytes(bits), self.types[i].names.len());
            }
            InterfaceType::Record(i) => {
                let fields = &self.types[i].fields;
                self.cx.consume_fuel(fields.len() * NODE)?;
                self.push(Kind::RECORD, 0, fields.len(), Of { u: 0 });
                let mut offset = 0;
                for f in fields {
                    let o = self.types.canonical_abi(&f.ty).next_field32_size(&mut offset);
                    self.load(f.ty, &bytes[o..])?;
                }
            }
            InterfaceType::Tuple(i) => {
                let types = &self.types[i].types;
                self.cx.consume_fuel(types.len() * NODE)?;
                self.push(Kind::TUPLE, 0, types.len(), Of { u: 0 });
                let mut offset = 0;
                for ty in types {
                    let o = self.types.canonical_abi(ty).next_field32_size(&mut offset);
                    self.load(*ty, &bytes[o..])?;
                }
            }
            InterfaceType::Variant(_) | InterfaceType::Option(_) | InterfaceType::Result(_) => {
                let info = match ty {
                    InterfaceType::Variant(i) => &self.types[i].info,
                    InterfaceType::Option(i) => &self.types[i].info,
                    InterfaceType::Result(i) => &self.types[i].info,
                    _ => unreachable!(),
                };
                let index = discriminant(bytes, info.size.into());
                if let Some(ty) = self.case(ty, index)? {
                    self.load(ty, &bytes[info.payload_offset32 as usize..])?;
                }
            }
            InterfaceType::Own(_) | InterfaceType::Borrow(_) => self.resource(ty, word(bytes))?,
            _ => bail!("values of this type aren't supported"),
        }
        Ok(())
    }

    /// The node of a variant, option or result, and the type of what follows.
    fn case(&mut self, ty: InterfaceType, index: u32) -> Result<Option<InterfaceType>> {
        let (kind, cases) = match ty {
            InterfaceType::Variant(i) => (Kind::VARIANT, self.types[i].cases.len()),
            InterfaceType::Option(_) => (Kind::OPTION, 2),
            _ => (Kind::RESULT, 2),
        };
        if index as usize >= cases {
            bail!("case {index} doesn't exist: there are {cases}");
        }
        let payload = payload(self.types, ty, index);
        if payload.is_some() {
            self.cx.consume_fuel(NODE)?;
        }
        self.push(kind, index, 0, Of { u: 0 });
        Ok(payload)
    }

    fn enumeration(&mut self, index: u32, cases: usize) -> Result<()> {
        if index as usize >= cases {
            bail!("case {index} doesn't exist: there are {cases}");
        }
        self.push(Kind::ENUM, index, 0, Of { u: 0 });
        Ok(())
    }

    /// Bits beyond the type's flags are dropped, as the canonical ABI says.
    fn flags(&mut self, bits: u64, n: usize) {
        let bits = if n < 64 { bits & ((1 << n) - 1) } else { bits };
        self.push(Kind::FLAGS, 0, n, Of { u: bits });
    }

    fn resource(&mut self, ty: InterfaceType, index: u32) -> Result<()> {
        let kind = if let InterfaceType::Own(_) = ty { Kind::OWN } else { Kind::BORROW };
        let resource = Received::lift(self.cx, ty, index)?;
        self.out.receive(resource);
        self.push(kind, 0, 0, Of { u: 0 });
        Ok(())
    }

    fn copy(&mut self, bytes: &[u8]) -> Result<*const u8> {
        let Some(at) = self.out.bytes(bytes.len()) else {
            bail!("no memory for {} bytes of a value", bytes.len());
        };
        // SAFETY: `at` has room for them and is new.
        unsafe { at.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        Ok(at)
    }

    fn string(&mut self, ptr: u32, len: u32) -> Result<()> {
        let data;
        let n;
        if self.cx.options().string_encoding == StringEncoding::Utf8 {
            let bytes = self.slice(ptr as usize, len as usize)?;
            self.cx.consume_fuel(bytes.len())?;
            std::str::from_utf8(bytes)?;
            data = self.copy(bytes)?;
            n = bytes.len();
        } else {
            // Wasmtime's own decoding: bounds, alignment, fuel for the guest's bytes (UTF-8 may be half as much
            // again, Latin-1 twice).
            let pair = [ValRaw::u32(ptr), ValRaw::u32(len)];
            let s = <String as Lift>::linear_lift_from_flat(self.cx, InterfaceType::String, &pair)?;
            self.cx.consume_fuel(s.len())?;
            data = self.copy(s.as_bytes())?;
            n = s.len();
        }
        self.push(Kind::STRING, 0, n, Of { data: data.cast() });
        Ok(())
    }

    fn list(&mut self, elem: InterfaceType, ptr: usize, len: usize) -> Result<()> {
        let abi = self.types.canonical_abi(&elem);
        let size = abi.size32 as usize;
        let all = len.checked_mul(size).ok_or_else(|| format_err!("a list is too long"))?;
        let bytes = self.slice(ptr, all)?;
        if !ptr.is_multiple_of(abi.align32 as usize) {
            bail!("the address of a list isn't aligned");
        }
        match packed(elem) {
            Some((Kind::BOOL, _)) => {
                self.cx.consume_fuel(all)?;
                let Some(at) = self.out.bytes(all) else {
                    bail!("no memory for {all} bytes of a list")
                };
                for (i, b) in bytes.iter().enumerate() {
                    // SAFETY: `at` has room for `all` bytes.
                    unsafe { at.add(i).write((*b != 0).into()) };
                }
                self.push(Kind::LIST, 0, len, Of { data: at.cast() });
            }
            Some((k, _)) => {
                self.cx.consume_fuel(all)?;
                if k == Kind::CHAR {
                    for c in bytes.as_chunks::<4>().0 {
                        char::try_from(u32::from_le_bytes(*c))?;
                    }
                }
                let data = self.copy(bytes)?;
                self.push(Kind::LIST, 0, len, Of { data: data.cast() });
            }
            None => {
                // Fuel before memory: a node is larger than the smallest element.
                self.cx.consume_fuel_array(len, NODE)?;
                self.push(Kind::LIST, 0, len, Of { u: 0 });
                if !self.out.reserve(len) {
                    bail!("no memory for a list of {len} elements");
                }
                for i in 0..len {
                    self.load(elem, &bytes[i * size..])?;
                }
            }
        }
        Ok(())
    }
}

#[inline]
fn chunk<const N: usize>(bytes: &[u8]) -> [u8; N] {
    *bytes.first_chunk().unwrap()
}

#[inline]
fn word(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(chunk(bytes))
}

#[inline]
fn discriminant(bytes: &[u8], size: u32) -> u32 {
    match size {
        1 => bytes[0].into(),
        2 => u16::from_le_bytes(chunk(bytes)).into(),
        _ => word(bytes),
    }
}
