//! Functions of components, ready for calls with nodes.

use super::check::{Checker, TakeResource, packed};
use super::lift::Lifting;
use super::lower::Lowering;
use super::node::safewasm_node_t as Node;
use super::numbers::Numbers;
use super::resource::{Known, Passed};
use super::values::Values;
use crate::error::text::quoted;
use crate::error::{Error, ErrorKind, Result};
use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::sync::Arc;
use wasmtime::component::__internal::wasmtime_environ::component::TypeTuple;
use wasmtime::component::__internal::{
    CanonicalAbiInfo, ComponentTypes, InstanceType, InterfaceType, LiftContext, LowerContext,
};
#[cfg(feature = "wasi")]
use wasmtime::component::types::Type;
use wasmtime::component::{ComponentNamedList, ComponentType, Func, Lift, Lower, TypedFunc};
use wasmtime::{AsContextMut, ValRaw, bail};

/// Wasmtime's limit (`MAX_FLAT_PARAMS`): parameters of more flat values go through memory.
pub(super) const MAX_FLAT: usize = 16;

/// The arguments of a call.
///
/// One Rust type serves all signatures. Wasmtime asks only whether `flatten_count()` is at most 16, reserves room for
/// that many values, and its trampoline reads as many as the function has, as for `Func::call`. Parameters of more
/// than 16 flat values are put into memory here.
#[derive(Clone, Copy)]
struct Args<'a>(&'a [Node], &'a [Passed]);

// SAFETY: a call uses the arguments on its thread only. Wasmtime demands this for fibers, which aren't used.
unsafe impl Send for Args<'_> {}
// SAFETY: as above.
unsafe impl Sync for Args<'_> {}

thread_local! {
    /// What Wasmtime has shown to [`note`], the only place where it shows the types of a function.
    static SHOWN: RefCell<Vec<Tuple>> = const { RefCell::new(Vec::new()) };
}

/// The types of parameters or of results.
pub(super) struct Tuple {
    pub(super) types: Arc<ComponentTypes>,
    pub(super) ty: InterfaceType,
    /// The resource types in it.
    pub(super) known: Known,
}

impl Tuple {
    pub(super) fn types(&self) -> &[InterfaceType] {
        &tuple(&self.types, self.ty).types
    }
}

pub(super) fn note(ty: &InterfaceType, cx: &InstanceType<'_>) {
    let tuple = Tuple { types: Arc::clone(cx.types), ty: *ty, known: Known::of(*ty, cx) };
    SHOWN.with_borrow_mut(|shown| shown.push(tuple));
}

/// What was noted since the last time.
pub(super) fn take_noted() -> Vec<Tuple> {
    SHOWN.take()
}

pub(super) fn tuple(types: &ComponentTypes, ty: InterfaceType) -> &TypeTuple {
    match ty {
        InterfaceType::Tuple(index) => &types[index],
        _ => unreachable!("parameters and results are tuples"),
    }
}

// SAFETY: `Lower` is an array of `MaybeUninit<ValRaw>`, whose size and alignment are right and which takes any bits.
unsafe impl ComponentType for Args<'_> {
    type Lower = [MaybeUninit<ValRaw>; MAX_FLAT];

    /// Asked for only where `flatten_count()` is more than 16, or for values in another value.
    const ABI: CanonicalAbiInfo = CanonicalAbiInfo::ZERO;

    fn typecheck(ty: &InterfaceType, cx: &InstanceType<'_>) -> wasmtime::Result<()> {
        note(ty, cx);
        Ok(())
    }
}

// SAFETY: `Function::call` checks that the nodes fit the function's type, and nothing else makes `Args`.
unsafe impl ComponentNamedList for Args<'_> {}

// SAFETY: initializes as many flat values as the type has, or one that is the address.
unsafe impl Lower for Args<'_> {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        dst: &mut MaybeUninit<Self::Lower>,
    ) -> wasmtime::Result<()> {
        // SAFETY: an array of `MaybeUninit` is always initialized.
        let dst: &mut [MaybeUninit<ValRaw>; MAX_FLAT] = unsafe { dst.assume_init_mut() };
        let params = tuple(cx.types, ty);
        if params.abi.flat_count(MAX_FLAT).is_some() {
            return Lowering::new(cx, self.0, self.1).flat_all(&params.types, dst);
        }
        let size = params.abi.size32 as usize;
        let address = cx.realloc(0, 0, params.abi.align32, size)?;
        dst[0].write(ValRaw::u64(address as u64));
        Lowering::new(cx, self.0, self.1).memory_all(&params.types, size, address)
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

/// The result of a call. One flat value is the result itself, or its address.
struct Results(Values);

// SAFETY: as for `Args`.
unsafe impl ComponentType for Results {
    type Lower = [MaybeUninit<ValRaw>; 1];

    const ABI: CanonicalAbiInfo = CanonicalAbiInfo::ZERO;

    fn typecheck(ty: &InterfaceType, cx: &InstanceType<'_>) -> wasmtime::Result<()> {
        note(ty, cx);
        Ok(())
    }
}

// SAFETY: `Results` are lifted by the function's own type.
unsafe impl ComponentNamedList for Results {}

// SAFETY: reads the flat value only if the type says that there is one.
unsafe impl Lift for Results {
    fn linear_lift_from_flat(
        cx: &mut LiftContext<'_>,
        ty: InterfaceType,
        src: &Self::Lower,
    ) -> wasmtime::Result<Self> {
        let types = cx.types;
        let results = tuple(types, ty);
        let mut lifting = Lifting::new(cx);
        match results.abi.flat_count(1) {
            Some(0) => {}
            Some(_) => {
                // SAFETY: the function has written its result.
                let value = unsafe { src[0].assume_init() };
                lifting.flat_all(&results.types, &[value])?;
            }
            None => {
                // SAFETY: the function has written the address.
                let address = unsafe { src[0].assume_init() }.get_u32() as usize;
                let (size, align) = (results.abi.size32 as usize, results.abi.align32 as usize);
                lifting.memory_all(&results.types, size, align, address)?;
            }
        }
        Ok(Self(lifting.out))
    }

    fn linear_lift_from_memory(
        _: &mut LiftContext<'_>,
        _: InterfaceType,
        _: &[u8],
    ) -> wasmtime::Result<Self> {
        bail!("results are lifted from flat values only")
    }
}

/// A function of a component instance.
pub(crate) struct Function {
    typed: TypedFunc<Args<'static>, Results>,
    params: Tuple,
    names: Vec<String>,
    /// The number of its component instance.
    instance: u32,
    /// The same function, for calls with slots.
    numbers: Option<Numbers>,
}

impl Function {
    /// The function `func` of the component instance with the number `instance`.
    pub(crate) fn new(func: Func, instance: u32, mut context: impl AsContextMut) -> Result<Self> {
        let ty = func.ty(&mut context);
        take_noted();
        // Wasmtime shows the types of the parameters, and then those of the results.
        let failed = |error| Error::wasmtime(&error, ErrorKind::INTERNAL);
        let typed = func.typed::<Args<'static>, Results>(&mut context).map_err(failed)?;
        let Ok([params, results]) = <[Tuple; 2]>::try_from(take_noted()) else {
            unreachable!("Wasmtime has shown them");
        };
        let names = ty.params().map(|(name, _)| name.to_owned()).collect();
        let numbers = Numbers::new(func, context, &params, &results).map_err(failed)?;
        Ok(Self { typed, params, names, instance, numbers })
    }

    /// Whether it takes resources.
    pub(crate) fn takes_resources(&self) -> bool {
        !self.params.known.is_empty()
    }

    /// The number of its component instance.
    pub(crate) fn instance(&self) -> u32 {
        self.instance
    }

    /// The names of the parameters.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether it has the type of a command's function `run`: `func() -> result`.
    #[cfg(feature = "wasi")]
    pub(crate) fn is_run(&self, context: impl wasmtime::AsContext) -> bool {
        let ty = self.typed.func().ty(context);
        let is_plain = |ty: &Type| match ty {
            Type::Result(result) => result.ok().is_none() && result.err().is_none(),
            _ => false,
        };
        let results: Vec<_> = ty.results().collect();
        ty.params().len() == 0 && matches!(results.as_slice(), [only] if is_plain(only))
    }

    /// The function as one of numbers only. An error if it takes or returns something else.
    #[inline]
    pub(crate) fn numbers(&self) -> Result<&Numbers> {
        self.numbers.as_ref().ok_or_else(|| self.not_numbers())
    }

    #[cold]
    fn not_numbers(&self) -> Error {
        let mut params = self.params.types().iter().zip(&self.names);
        let what = match params.find(|(ty, _)| packed(**ty).is_none()) {
            Some((_, name)) => format!("the parameter `{}`", quoted(name)),
            None => "the result".to_owned(),
        };
        let why = format!(
            "{what} of `func` is no bool, number or char, so slots and columns can't hold it; call the function with \
             nodes, by `safewasm_componentfunc_call`"
        );
        Error::new(ErrorKind::UNSUPPORTED, why)
    }

    /// Checks that nodes are arguments for the function. `take` gets the resources, and `name` is what errors call the
    /// nodes.
    pub(crate) fn check(
        &self,
        args: &[Node],
        name: &str,
        take: &mut TakeResource<'_>,
    ) -> Result<()> {
        let params = &self.params;
        Checker::new((&params.types, &params.known), args, take)
            .arguments(params.types(), &self.names)
            .map_err(|bad| bad.error(name))
    }

    /// Calls the function. `resources` are those in the nodes, in their order.
    ///
    /// # Safety
    ///
    /// The nodes were checked, and what they point to is there.
    pub(crate) unsafe fn call(
        &self,
        context: impl AsContextMut,
        args: &[Node],
        resources: &[Passed],
    ) -> wasmtime::Result<Values> {
        let typed: TypedFunc<Args<'_>, Results> = self.typed;
        typed.call(context, Args(args, resources)).map(|Results(values)| values)
    }
}
