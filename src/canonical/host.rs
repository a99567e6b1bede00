//! Host functions: what a component gets for the functions that it imports.

use super::check::{Checker, TakeResource};
use super::copy::Copier;
use super::function::{MAX_FLAT, Tuple, note, take_noted, tuple};
use super::lift::Lifting;
use super::lower::Lowering;
use super::node::safewasm_node_t as Node;
use super::resource::Passed;
use super::values::Values;
use crate::error::{Error, ErrorKind, Result};
use std::mem::MaybeUninit;
use std::sync::Arc;
use wasmtime::component::__internal::{
    CanonicalAbiInfo, ComponentTypes, InstanceType, InterfaceType, LiftContext, LowerContext,
};
use wasmtime::component::types::{ComponentFunc, Type};
use wasmtime::component::{ComponentNamedList, ComponentType, Lift, LinkerInstance, Lower};
use wasmtime::{StoreContextMut, ValRaw, bail};

/// The result type of a function that a component imports.
pub(crate) struct Signature(Tuple);

impl Signature {
    /// Runs `body`, in which Wasmtime compares imports with definitions made by [`define`]. Returns what it returns, and
    /// the signatures of these imports in their order.
    pub(crate) fn noted<R>(body: impl FnOnce() -> R) -> (R, Vec<Self>) {
        take_noted();
        let result = body();
        // Wasmtime shows the types of the parameters, and then those of the results.
        let results = take_noted().into_iter().skip(1).step_by(2);
        (result, results.map(Self).collect())
    }

    /// Checks that nodes are the function's result, and copies them with what they point to. `take` gets the resources,
    /// and `name` is what errors call the nodes.
    ///
    /// # Safety
    ///
    /// What the nodes point to is there, and nothing writes it meanwhile.
    pub(crate) unsafe fn result(
        &self,
        nodes: &[Node],
        name: &str,
        take: &mut TakeResource<'_>,
    ) -> Result<HostResult> {
        let Tuple { types, ty, known } = &self.0;
        let results = &tuple(types, *ty).types;
        Checker::new((types, known), nodes, take).result(results).map_err(|bad| bad.error(name))?;
        // SAFETY: the nodes were checked; the rest is as the caller vouches.
        let values = unsafe { Copier::new(types, nodes).all(results) };
        let Some(values) = values else {
            let why = format!("no memory for a copy of `{name}`");
            return Err(Error::new(ErrorKind::OUT_OF_MEMORY, why));
        };
        let of = (Arc::as_ptr(types).addr(), *ty);
        Ok(HostResult { values, resources: Vec::new(), of })
    }
}

/// The result of a host function, checked against its type.
pub(crate) struct HostResult {
    values: Values,
    /// The resources in the values, in their order.
    pub(crate) resources: Vec<Passed>,
    /// The address of the types, and the type that the values have.
    of: (usize, InterfaceType),
}

/// Arguments of a host function with `N` flat values, or with `N` = 0 if they come through memory.
struct Args<const N: usize>(Values);

/// The result of a host function, with one flat value (`N` = 1), or with none or through memory (0).
struct Results<const N: usize>(HostResult);

// SAFETY: `Lower` is an array of `ValRaw`, which takes any bits.
unsafe impl<const N: usize> ComponentType for Args<N> {
    type Lower = [ValRaw; N];

    /// Of size 0: `linear_lift_from_memory` gets an empty slice at the right place, and reads what the type says.
    const ABI: CanonicalAbiInfo = CanonicalAbiInfo::ZERO;

    fn typecheck(ty: &InterfaceType, cx: &InstanceType<'_>) -> wasmtime::Result<()> {
        if tuple(cx.types, *ty).abi.flat_count(MAX_FLAT).unwrap_or(0) != N {
            bail!("another number of flat parameters");
        }
        note(ty, cx);
        Ok(())
    }
}

// SAFETY: `Args` are lifted by the import's own type.
unsafe impl<const N: usize> ComponentNamedList for Args<N> {}

// SAFETY: reads as many flat values as the type has, which `typecheck` compared, or memory within its bounds.
unsafe impl<const N: usize> Lift for Args<N> {
    fn linear_lift_from_flat(
        cx: &mut LiftContext<'_>,
        ty: InterfaceType,
        src: &Self::Lower,
    ) -> wasmtime::Result<Self> {
        lift_flat(cx, ty, src).map(Self)
    }

    fn linear_lift_from_memory(
        cx: &mut LiftContext<'_>,
        ty: InterfaceType,
        bytes: &[u8],
    ) -> wasmtime::Result<Self> {
        lift_memory(cx, ty, bytes).map(Self)
    }
}

fn lift_flat(
    cx: &mut LiftContext<'_>,
    ty: InterfaceType,
    src: &[ValRaw],
) -> wasmtime::Result<Values> {
    let types = cx.types;
    let mut lifting = Lifting::new(cx);
    lifting.flat_all(&tuple(types, ty).types, src)?;
    Ok(lifting.out)
}

fn lift_memory(
    cx: &mut LiftContext<'_>,
    ty: InterfaceType,
    bytes: &[u8],
) -> wasmtime::Result<Values> {
    let types = cx.types;
    let params = tuple(types, ty);
    // `bytes` is empty, and begins where the arguments do. `memory_all` checks the bounds.
    let address = bytes.as_ptr().addr().wrapping_sub(cx.memory().as_ptr().addr());
    let (size, align) = (params.abi.size32 as usize, params.abi.align32 as usize);
    let mut lifting = Lifting::new(cx);
    lifting.memory_all(&params.types, size, align, address)?;
    Ok(lifting.out)
}

// SAFETY: `Lower` is an array of `MaybeUninit<ValRaw>`, which takes any bits.
unsafe impl<const N: usize> ComponentType for Results<N> {
    type Lower = [MaybeUninit<ValRaw>; N];

    const ABI: CanonicalAbiInfo = CanonicalAbiInfo::ZERO;

    fn typecheck(ty: &InterfaceType, cx: &InstanceType<'_>) -> wasmtime::Result<()> {
        if tuple(cx.types, *ty).abi.flat_count(1).unwrap_or(0) != N {
            bail!("another number of flat results");
        }
        note(ty, cx);
        Ok(())
    }
}

// SAFETY: `Results` were checked against the import's own type, which `HostResult::nodes_of` compares.
unsafe impl<const N: usize> ComponentNamedList for Results<N> {}

// SAFETY: initializes as many flat values as the type has, or the memory that it needs, for which Wasmtime has checked
// the address.
unsafe impl<const N: usize> Lower for Results<N> {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        dst: &mut MaybeUninit<Self::Lower>,
    ) -> wasmtime::Result<()> {
        let nodes = self.0.nodes_of(cx.types, ty)?;
        // SAFETY: an array of `MaybeUninit` is always initialized.
        let dst: &mut [MaybeUninit<ValRaw>; N] = unsafe { dst.assume_init_mut() };
        let types = &tuple(cx.types, ty).types;
        Lowering::new(cx, nodes, &self.0.resources).flat_all(types, dst)
    }

    fn linear_lower_to_memory<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        offset: usize,
    ) -> wasmtime::Result<()> {
        let nodes = self.0.nodes_of(cx.types, ty)?;
        let results = tuple(cx.types, ty);
        Lowering::new(cx, nodes, &self.0.resources).memory_all(
            &results.types,
            results.abi.size32 as usize,
            offset,
        )
    }
}

impl HostResult {
    /// The nodes, which must be of that type.
    fn nodes_of(&self, types: &ComponentTypes, ty: InterfaceType) -> wasmtime::Result<&[Node]> {
        if self.of != (std::ptr::from_ref(types).addr(), ty) {
            bail!("the result of a host function is of another type than its import");
        }
        Ok(self.values.nodes())
    }
}

/// Defines the host function for a component's import of type `ty`. `call` gets the arguments.
pub(crate) fn define<T: 'static>(
    linker: &mut LinkerInstance<'_, T>,
    name: &str,
    ty: &ComponentFunc,
    call: impl Fn(StoreContextMut<'_, T>, Values) -> wasmtime::Result<HostResult>
    + Send
    + Sync
    + 'static,
) -> wasmtime::Result<()> {
    let params = flat_all(ty.params().map(|(_, ty)| ty)).unwrap_or(0);
    let results = flat_all(ty.results()).filter(|flat| *flat <= 1).unwrap_or(0);
    // One closure type for all counts, so that the code is made once for each count.
    let call: Box<Call<T>> = Box::new(call);
    macro_rules! by_count {
        ($($count:literal)+) => {
            match (params, results) {
                $(
                    ($count, 0) => wrap::<$count, 0, T>(linker, name, call),
                    ($count, _) => wrap::<$count, 1, T>(linker, name, call),
                )+
                _ => unreachable!("more parameters go through memory"),
            }
        };
    }
    by_count!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
}

type Call<T> =
    dyn Fn(StoreContextMut<'_, T>, Values) -> wasmtime::Result<HostResult> + Send + Sync + 'static;

fn wrap<const PARAMS: usize, const RESULTS: usize, T: 'static>(
    linker: &mut LinkerInstance<'_, T>,
    name: &str,
    call: Box<Call<T>>,
) -> wasmtime::Result<()> {
    linker.func_wrap(name, move |context: StoreContextMut<'_, T>, args: Args<PARAMS>| {
        call(context, args.0).map(Results::<RESULTS>)
    })
}

/// The number of flat values of these types; `None` if they go through memory.
fn flat_all(types: impl Iterator<Item = Type>) -> Option<usize> {
    let mut count = 0;
    for ty in types {
        count += flat(&ty)?;
    }
    (count <= MAX_FLAT).then_some(count)
}

fn flat(ty: &Type) -> Option<usize> {
    let cases = |types: &mut dyn Iterator<Item = Option<Type>>| {
        let mut most = 0;
        for ty in types.flatten() {
            most = most.max(flat(&ty)?);
        }
        Some(most + 1)
    };
    let count = match ty {
        Type::String | Type::List(_) => 2,
        Type::Record(record) => flat_all(record.fields().map(|field| field.ty))?,
        Type::Tuple(tuple) => flat_all(tuple.types())?,
        Type::Variant(variant) => cases(&mut variant.cases().map(|case| case.ty))?,
        Type::Option(option) => cases(&mut [Some(option.ty())].into_iter())?,
        Type::Result(result) => cases(&mut [result.ok(), result.err()].into_iter())?,
        Type::Flags(flags) => flags.names().len().div_ceil(32),
        _ => 1,
    };
    (count <= MAX_FLAT).then_some(count)
}
