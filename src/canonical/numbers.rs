//! Functions of numbers only, ready for calls with value slots.

use super::check::packed;
use super::function::{MAX_FLAT, Tuple, tuple};
use crate::types::wit::safewasm_witkind_t as Kind;
use std::mem::MaybeUninit;
use wasmtime::component::__internal::{
    CanonicalAbiInfo, InstanceType, InterfaceType, LiftContext, LowerContext,
};
use wasmtime::component::{ComponentNamedList, ComponentType, Func, Lift, Lower, TypedFunc};
use wasmtime::{AsContextMut, ValRaw, bail};

/// The arguments of a call. As for calls with nodes, one Rust type serves all signatures. Not a reference: the call may
/// run code of the program that writes the slots.
#[derive(Clone, Copy)]
struct Slots(*const [ValRaw]);

// SAFETY: a call uses the slots on its thread only. Wasmtime demands this for fibers, which aren't used.
unsafe impl Send for Slots {}
// SAFETY: as above.
unsafe impl Sync for Slots {}

impl Slots {
    #[inline]
    fn each(self) -> impl Iterator<Item = ValRaw> {
        // SAFETY: `Numbers::call` is passed a pointer to as many slots.
        (0..self.0.len()).map(move |index| unsafe { self.0.cast::<ValRaw>().add(index).read() })
    }
}

// SAFETY: `Lower` is an array of `MaybeUninit<ValRaw>`, whose size and alignment are right and which takes any bits.
unsafe impl ComponentType for Slots {
    type Lower = [MaybeUninit<ValRaw>; MAX_FLAT];

    const ABI: CanonicalAbiInfo = CanonicalAbiInfo::ZERO;

    /// `Numbers::new` has checked the types.
    fn typecheck(_: &InterfaceType, _: &InstanceType<'_>) -> wasmtime::Result<()> {
        Ok(())
    }
}

// SAFETY: `Numbers::call` is passed as many slots as the function has parameters, and nothing else makes `Slots`.
unsafe impl ComponentNamedList for Slots {}

// SAFETY: initializes as many flat values as the type has, or one that is the address.
unsafe impl Lower for Slots {
    #[inline]
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        dst: &mut MaybeUninit<Self::Lower>,
    ) -> wasmtime::Result<()> {
        // SAFETY: an array of `MaybeUninit` is always initialized.
        let dst: &mut [MaybeUninit<ValRaw>; MAX_FLAT] = unsafe { dst.assume_init_mut() };
        if self.0.len() <= MAX_FLAT {
            for (to, slot) in dst.iter_mut().zip(self.each()) {
                to.write(slot);
            }
            return Ok(());
        }
        let types = cx.types;
        let params = tuple(types, ty);
        let size = params.abi.size32 as usize;
        let address = cx.realloc(0, 0, params.abi.align32, size)?;
        dst[0].write(ValRaw::u64(address as u64));
        let memory = &mut cx.as_slice_mut()[address..][..size];
        let mut end = 0;
        for (ty, slot) in params.types.iter().zip(self.each()) {
            let abi = types.canonical_abi(ty);
            let (at, size) = (abi.next_field32_size(&mut end), abi.size32 as usize);
            memory[at..][..size].copy_from_slice(&slot.get_u64().to_le_bytes()[..size]);
        }
        Ok(())
    }

    fn linear_lower_to_memory<T>(
        &self,
        _: &mut LowerContext<'_, T>,
        _: InterfaceType,
        _: usize,
    ) -> wasmtime::Result<()> {
        bail!("arguments are lowered as flat values only")
    }
}

/// The result of a call, or 0 if the function returns nothing.
struct Slot(ValRaw);

// SAFETY: as for `Slots`.
unsafe impl ComponentType for Slot {
    type Lower = [MaybeUninit<ValRaw>; 1];

    const ABI: CanonicalAbiInfo = CanonicalAbiInfo::ZERO;

    fn typecheck(_: &InterfaceType, _: &InstanceType<'_>) -> wasmtime::Result<()> {
        Ok(())
    }
}

// SAFETY: a `Slot` is lifted by the function's own type.
unsafe impl ComponentNamedList for Slot {}

// SAFETY: reads the flat value only if the type says that there is one.
unsafe impl Lift for Slot {
    #[inline]
    fn linear_lift_from_flat(
        cx: &mut LiftContext<'_>,
        ty: InterfaceType,
        src: &Self::Lower,
    ) -> wasmtime::Result<Self> {
        let Some(ty) = tuple(cx.types, ty).types.first() else {
            return Ok(Self(ValRaw::u64(0)));
        };
        // SAFETY: the function has written its result.
        let raw = unsafe { src[0].assume_init() };
        Ok(Self(match ty {
            InterfaceType::Bool => ValRaw::u32((raw.get_u32() != 0).into()),
            InterfaceType::S8 => ValRaw::i32((raw.get_i32() as i8).into()),
            InterfaceType::U8 => ValRaw::u32((raw.get_u32() as u8).into()),
            InterfaceType::S16 => ValRaw::i32((raw.get_i32() as i16).into()),
            InterfaceType::U16 => ValRaw::u32((raw.get_u32() as u16).into()),
            InterfaceType::Char => ValRaw::u32(char::try_from(raw.get_u32())?.into()),
            InterfaceType::S64 | InterfaceType::U64 | InterfaceType::Float64 => {
                ValRaw::u64(raw.get_u64())
            }
            _ => ValRaw::u32(raw.get_u32()),
        }))
    }

    fn linear_lift_from_memory(
        _: &mut LiftContext<'_>,
        _: InterfaceType,
        _: &[u8],
    ) -> wasmtime::Result<Self> {
        bail!("results are lifted from flat values only")
    }
}

/// A function that takes and returns only `bool`, numbers and `char`.
pub(crate) struct Numbers {
    typed: TypedFunc<Slots, Slot>,
    params: Box<[Kind]>,
    result: Option<Kind>,
}

impl Numbers {
    /// The function, if it takes and returns nothing else.
    pub(super) fn new(
        func: Func,
        context: impl AsContextMut,
        params: &Tuple,
        results: &Tuple,
    ) -> wasmtime::Result<Option<Self>> {
        let (Some(params), Some(results)) = (kinds(params), kinds(results)) else {
            return Ok(None);
        };
        let typed = func.typed::<Slots, Slot>(context)?;
        Ok(Some(Self { typed, params, result: results.first().copied() }))
    }

    pub(crate) fn params(&self) -> &[Kind] {
        &self.params
    }

    pub(crate) fn result(&self) -> Option<Kind> {
        self.result
    }

    /// Calls the function. Without a result the returned slot means nothing.
    ///
    /// # Safety
    ///
    /// `args` points to as many arguments as parameters, and each [`fits`].
    #[inline]
    pub(crate) unsafe fn call(
        &self,
        context: impl AsContextMut,
        args: *const [ValRaw],
    ) -> wasmtime::Result<ValRaw> {
        self.typed.call(context, Slots(args)).map(|Slot(result)| result)
    }
}

/// The kinds of the types, if values of all of them fit into slots.
fn kinds(tuple: &Tuple) -> Option<Box<[Kind]>> {
    tuple.types().iter().map(|ty| packed(*ty).map(|(kind, _)| kind)).collect()
}

/// Whether a slot holds a value of that kind, as the canonical ABI has it in core wasm: up to 32 bits wide, signed
/// numbers with their sign, others with zeros above them.
#[inline]
pub(crate) fn fits(kind: Kind, slot: &ValRaw) -> bool {
    let bits = slot.get_u32();
    match kind {
        Kind::BOOL => bits <= 1,
        Kind::S8 => bits as i8 as u32 == bits,
        Kind::U8 => bits <= 0xff,
        Kind::S16 => bits as i16 as u32 == bits,
        Kind::U16 => bits <= 0xffff,
        Kind::CHAR => char::from_u32(bits).is_some(),
        _ => true,
    }
}

/// What is wrong with a slot that holds no value of that kind.
#[cold]
pub(crate) fn misfit(kind: Kind, slot: &ValRaw) -> String {
    match kind {
        Kind::BOOL => "a bool is 0 or 1".to_owned(),
        Kind::CHAR => format!("{:#x} is no Unicode scalar value", slot.get_u32()),
        kind => format!("{} is no {}", slot.get_i32(), kind.word()),
    }
}
