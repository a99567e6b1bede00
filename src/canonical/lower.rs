//! From nodes into wasm: as flat values, or as bytes of memory. The nodes were checked (`check.rs`). What indexes or
//! unwraps here relies on that for not panicking; only the bytes that nodes point to must be there.

use super::check::packed;
use super::node::safewasm_node_t as Node;
use super::resource::Passed;
use std::mem::MaybeUninit;
use wasmtime::component::__internal::wasmtime_environ::component::StringEncoding;
use wasmtime::component::__internal::{ComponentTypes, InterfaceType, LowerContext};
use wasmtime::component::Lower;
use wasmtime::{Result, ValRaw, bail};

/// Lowers nodes, one after another.
pub(super) struct Lowering<'c, 'a, T: 'static> {
    cx: &'c mut LowerContext<'a, T>,
    types: &'a ComponentTypes,
    nodes: &'c [Node],
    /// The next node.
    at: usize,
    /// The resources in the nodes, in their order.
    resources: std::slice::Iter<'c, Passed>,
    /// Memory images under construction, used as a stack. `realloc` may move or grow the guest's memory at any
    /// time, so an image is built here and copied when it is complete.
    scratch: Vec<u8>,
}

impl<'c, 'a, T: 'static> Lowering<'c, 'a, T> {
    pub(super) fn new(
        cx: &'c mut LowerContext<'a, T>,
        nodes: &'c [Node],
        resources: &'c [Passed],
    ) -> Self {
        let types = cx.types;
        Lowering { cx, types, nodes, at: 0, resources: resources.iter(), scratch: Vec::new() }
    }

    #[inline]
    fn next(&mut self) -> Node {
        let node = self.nodes[self.at];
        self.at += 1;
        node
    }

    /// The fields of a tuple type (parameters or results), as flat values from `dst[0]` on.
    pub(super) fn flat_all(
        &mut self,
        tuple: &[InterfaceType],
        dst: &mut [MaybeUninit<ValRaw>],
    ) -> Result<()> {
        let mut pos = 0;
        for ty in tuple {
            self.flat(*ty, dst, &mut pos)?;
        }
        Ok(())
    }

    /// The fields of a tuple type, into memory at `ptr`, which is in bounds for the tuple's size.
    pub(super) fn memory_all(
        &mut self,
        tuple: &[InterfaceType],
        size: usize,
        ptr: usize,
    ) -> Result<()> {
        let base = self.scratch.len();
        self.scratch.resize(base + size, 0);
        let mut offset = 0;
        for ty in tuple {
            let o = self.types.canonical_abi(ty).next_field32_size(&mut offset);
            self.store(*ty, base + o)?;
        }
        self.flush(base, size, ptr)
    }

    fn flush(&mut self, base: usize, size: usize, ptr: usize) -> Result<()> {
        let image = &self.scratch[base..base + size];
        self.cx.as_slice_mut()[ptr..][..size].copy_from_slice(image);
        self.scratch.truncate(base);
        Ok(())
    }

    fn flat(
        &mut self,
        ty: InterfaceType,
        dst: &mut [MaybeUninit<ValRaw>],
        pos: &mut usize,
    ) -> Result<()> {
        let mut put = |raw: ValRaw| {
            dst[*pos].write(raw);
            *pos += 1;
        };
        // SAFETY: each member of the union takes any bits.
        unsafe {
            match ty {
                InterfaceType::Bool => put(ValRaw::u32(self.next().of.b.into())),
                InterfaceType::S8 | InterfaceType::S16 | InterfaceType::S32 => {
                    put(ValRaw::i32(self.next().of.s as i32))
                }
                InterfaceType::U8 | InterfaceType::U16 | InterfaceType::U32 => {
                    put(ValRaw::u32(self.next().of.u as u32))
                }
                InterfaceType::S64 | InterfaceType::U64 => put(ValRaw::u64(self.next().of.u)),
                InterfaceType::Float32 => put(ValRaw::f32(self.next().of.f32.to_bits())),
                InterfaceType::Float64 => put(ValRaw::f64(self.next().of.f64.to_bits())),
                InterfaceType::Char => put(ValRaw::u32(self.next().of.c)),
                InterfaceType::String => {
                    let (ptr, len) = self.string()?;
                    put(ValRaw::u64(ptr.into()));
                    put(ValRaw::u64(len.into()));
                }
                InterfaceType::List(i) => {
                    let (ptr, len) = self.list(self.types[i].element)?;
                    put(ValRaw::u64(ptr.into()));
                    put(ValRaw::u64(len.into()));
                }
                InterfaceType::Enum(_) => put(ValRaw::u32(self.next().index)),
                InterfaceType::Flags(i) => {
                    let bits = self.next().of.u;
                    for word in 0..self.types[i].names.len().div_ceil(32) {
                        put(ValRaw::u32((bits >> (32 * word)) as u32));
                    }
                }
                InterfaceType::Record(i) => {
                    self.next();
                    for f in &self.types[i].fields {
                        self.flat(f.ty, dst, pos)?;
                    }
                }
                InterfaceType::Tuple(i) => {
                    self.next();
                    for ty in &self.types[i].types {
                        self.flat(*ty, dst, pos)?;
                    }
                }
                InterfaceType::Variant(_) | InterfaceType::Option(_) | InterfaceType::Result(_) => {
                    let index = self.next().index;
                    put(ValRaw::u32(index));
                    let end = *pos - 1 + self.types.canonical_abi(&ty).flat_count(16).unwrap();
                    if let Some(ty) = payload(self.types, ty, index) {
                        // A narrower payload in a joined slot needs no conversion: every constructor of `ValRaw`
                        // sets the low 64 bits.
                        self.flat(ty, dst, pos)?;
                    }
                    while *pos < end {
                        dst[*pos].write(ValRaw::u64(0));
                        *pos += 1;
                    }
                }
                InterfaceType::Own(_) | InterfaceType::Borrow(_) => {
                    let index = self.resource(ty)?;
                    dst[*pos].write(ValRaw::u32(index));
                    *pos += 1;
                }
                _ => bail!("values of this type aren't supported"),
            }
        }
        Ok(())
    }

    /// A resource: its index in the component.
    fn resource(&mut self, ty: InterfaceType) -> Result<u32> {
        self.next();
        match self.resources.next() {
            Some(resource) => resource.lower(self.cx, ty),
            None => bail!("a resource is missing"),
        }
    }

    #[inline]
    fn put<const N: usize>(&mut self, at: usize, bytes: [u8; N]) {
        self.scratch[at..at + N].copy_from_slice(&bytes);
    }

    /// A value into the image at `scratch[at..]`.
    fn store(&mut self, ty: InterfaceType, at: usize) -> Result<()> {
        // SAFETY: each member of the union takes any bits.
        unsafe {
            match ty {
                InterfaceType::Bool => {
                    let b = self.next().of.b;
                    self.put(at, [b]);
                }
                InterfaceType::S8 | InterfaceType::U8 => {
                    let u = self.next().of.u as u8;
                    self.put(at, [u]);
                }
                InterfaceType::S16 | InterfaceType::U16 => {
                    let u = self.next().of.u as u16;
                    self.put(at, u.to_le_bytes());
                }
                InterfaceType::S32 | InterfaceType::U32 => {
                    let u = self.next().of.u as u32;
                    self.put(at, u.to_le_bytes());
                }
                InterfaceType::S64 | InterfaceType::U64 => {
                    let u = self.next().of.u;
                    self.put(at, u.to_le_bytes());
                }
                InterfaceType::Float32 => {
                    let f = self.next().of.f32.to_bits();
                    self.put(at, f.to_le_bytes());
                }
                InterfaceType::Float64 => {
                    let f = self.next().of.f64.to_bits();
                    self.put(at, f.to_le_bytes());
                }
                InterfaceType::Char => {
                    let c = self.next().of.c;
                    self.put(at, c.to_le_bytes());
                }
                InterfaceType::String => {
                    let (ptr, len) = self.string()?;
                    self.put(at, ptr.to_le_bytes());
                    self.put(at + 4, len.to_le_bytes());
                }
                InterfaceType::List(i) => {
                    let (ptr, len) = self.list(self.types[i].element)?;
                    self.put(at, ptr.to_le_bytes());
                    self.put(at + 4, len.to_le_bytes());
                }
                InterfaceType::Enum(i) => {
                    let index = self.next().index;
                    self.discriminant(index, self.types[i].info.size.into(), at);
                }
                InterfaceType::Flags(_) => {
                    let bits = self.next().of.u.to_le_bytes();
                    let size = self.types.canonical_abi(&ty).size32 as usize;
                    self.scratch[at..at + size].copy_from_slice(&bits[..size]);
                }
                InterfaceType::Record(i) => {
                    self.next();
                    let mut offset = 0;
                    for f in &self.types[i].fields {
                        let o = self.types.canonical_abi(&f.ty).next_field32_size(&mut offset);
                        self.store(f.ty, at + o)?;
                    }
                }
                InterfaceType::Tuple(i) => {
                    self.next();
                    let mut offset = 0;
                    for ty in &self.types[i].types {
                        let o = self.types.canonical_abi(ty).next_field32_size(&mut offset);
                        self.store(*ty, at + o)?;
                    }
                }
                InterfaceType::Variant(_) | InterfaceType::Option(_) | InterfaceType::Result(_) => {
                    let index = self.next().index;
                    let info = match ty {
                        InterfaceType::Variant(i) => &self.types[i].info,
                        InterfaceType::Option(i) => &self.types[i].info,
                        InterfaceType::Result(i) => &self.types[i].info,
                        _ => unreachable!(),
                    };
                    self.discriminant(index, info.size.into(), at);
                    if let Some(ty) = payload(self.types, ty, index) {
                        self.store(ty, at + info.payload_offset32 as usize)?;
                    }
                }
                InterfaceType::Own(_) | InterfaceType::Borrow(_) => {
                    let index = self.resource(ty)?;
                    self.put(at, index.to_le_bytes());
                }
                _ => bail!("values of this type aren't supported"),
            }
        }
        Ok(())
    }

    fn discriminant(&mut self, index: u32, size: u32, at: usize) {
        let size = size as usize;
        self.scratch[at..at + size].copy_from_slice(&index.to_le_bytes()[..size]);
    }

    /// A string: its address and its length in wasm's memory.
    fn string(&mut self) -> Result<(u32, u32)> {
        let node = self.next();
        if self.cx.options().string_encoding == StringEncoding::Utf8 {
            let len = node.len;
            let address = self.cx.realloc(0, 0, 1, len)?;
            // SAFETY: the header demands `len` bytes at a `data` that isn't NULL. If the program changes them
            // meanwhile, wasm gets bad UTF-8, and nothing worse happens.
            let bytes = unsafe { node.bytes(len) };
            self.cx.as_slice_mut()[address..][..len].copy_from_slice(bytes);
            return Ok((address as u32, len as u32));
        }
        // SAFETY: as above.
        let text = std::str::from_utf8(unsafe { node.bytes(node.len) })?;
        // Wasmtime's own lowering to the other two encodings.
        let mut pair = MaybeUninit::<[ValRaw; 2]>::uninit();
        text.linear_lower_to_flat(self.cx, InterfaceType::String, &mut pair)?;
        // SAFETY: it has succeeded, so both are initialized.
        let pair = unsafe { pair.assume_init() };
        Ok((pair[0].get_u32(), pair[1].get_u32()))
    }

    fn list(&mut self, elem: InterfaceType) -> Result<(u32, u32)> {
        let node = self.next();
        let len = node.len;
        let abi = self.types.canonical_abi(&elem);
        let size = abi.size32 as usize;
        // Checked: no overflow, at most `u32::MAX`. `realloc` checks alignment and bounds of what it got.
        let ptr = self.cx.realloc(0, 0, abi.align32, len * size)?;
        if packed(elem).is_some() {
            // SAFETY: the header demands `len` elements at a `data` that isn't NULL.
            let bytes = unsafe { node.bytes(len * size) };
            self.cx.as_slice_mut()[ptr..][..bytes.len()].copy_from_slice(bytes);
        } else {
            // Images of some KiB at a time.
            let most = (8192 / size).max(1);
            let mut done = 0;
            while done < len {
                let n = most.min(len - done);
                let base = self.scratch.len();
                self.scratch.resize(base + n * size, 0);
                for i in 0..n {
                    self.store(elem, base + i * size)?;
                }
                self.flush(base, n * size, ptr + done * size)?;
                done += n;
            }
        }
        Ok((ptr as u32, len as u32))
    }
}

/// The type of the payload of a case. `None`: the case has none (or doesn't exist).
#[inline]
pub(super) fn payload(
    types: &ComponentTypes,
    ty: InterfaceType,
    index: u32,
) -> Option<InterfaceType> {
    match ty {
        InterfaceType::Variant(i) => types[i].cases.get_index(index as usize).and_then(|c| *c.1),
        InterfaceType::Option(i) => (index == 1).then(|| types[i].ty),
        InterfaceType::Result(i) => {
            if index == 0 {
                types[i].ok
            } else {
                types[i].err
            }
        }
        _ => None,
    }
}
