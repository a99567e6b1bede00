//! Resources on their way into a component and out of one.

use std::mem::MaybeUninit;
use wasmtime::component::__internal::wasmtime_environ::component::TypeResourceTableIndex;
use wasmtime::component::__internal::{
    ComponentTypes, InstanceType, InterfaceType, LiftContext, LowerContext,
};
use wasmtime::component::{ComponentType, Lift, Lower, ResourceAny, ResourceDynamic, ResourceType};
use wasmtime::{Result, ValRaw};

/// A resource that is passed to a component.
#[derive(Clone, Copy)]
pub(crate) enum Passed {
    /// A resource of a component, or of the library.
    Any(ResourceAny),
    /// A resource of the program: its number in its store, and the number of its type.
    Own { number: u32, ty: u32 },
    /// The same, only lent.
    Borrow { number: u32, ty: u32 },
}

impl Passed {
    /// The flat value for the component. The resource is given away or lent by that.
    pub(super) fn lower<T>(self, cx: &mut LowerContext<'_, T>, ty: InterfaceType) -> Result<u32> {
        match self {
            Self::Any(any) => lowered(&any, cx, ty),
            Self::Own { number, ty: of } => lowered(&ResourceDynamic::new_own(number, of), cx, ty),
            Self::Borrow { number, ty: of } => {
                lowered(&ResourceDynamic::new_borrow(number, of), cx, ty)
            }
        }
    }
}

fn lowered<R: Lower + ComponentType<Lower = ValRaw>, T>(
    resource: &R,
    cx: &mut LowerContext<'_, T>,
    ty: InterfaceType,
) -> Result<u32> {
    let mut raw = MaybeUninit::<ValRaw>::uninit();
    resource.linear_lower_to_flat(cx, ty, &mut raw)?;
    // SAFETY: it has succeeded, so the value is initialized.
    Ok(unsafe { raw.assume_init() }.get_u32())
}

/// A resource that came from a component.
pub(crate) enum Received {
    Any(ResourceAny),
    /// A resource of the program.
    Host(ResourceDynamic),
}

impl Received {
    pub(super) fn lift(cx: &mut LiftContext<'_>, ty: InterfaceType, index: u32) -> Result<Self> {
        let raw = ValRaw::u32(index);
        if ResourceDynamic::typecheck(&ty, &cx.instance_type()).is_ok() {
            ResourceDynamic::linear_lift_from_flat(cx, ty, &raw).map(Self::Host)
        } else {
            ResourceAny::linear_lift_from_flat(cx, ty, &raw).map(Self::Any)
        }
    }
}

/// The resource types that a type mentions, in a component instance.
pub(super) struct Known(Vec<(TypeResourceTableIndex, ResourceType)>);

impl Known {
    pub(super) fn of(ty: InterfaceType, cx: &InstanceType<'_>) -> Self {
        let mut known = Self(Vec::new());
        known.note(ty, cx);
        known
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn find(&self, index: TypeResourceTableIndex) -> Option<ResourceType> {
        self.0.iter().find(|(known, _)| *known == index).map(|(_, ty)| *ty)
    }

    /// Wasmtime limits how deep types are nested.
    fn note(&mut self, ty: InterfaceType, cx: &InstanceType<'_>) {
        let types: &ComponentTypes = cx.types;
        match ty {
            InterfaceType::Own(index) | InterfaceType::Borrow(index)
                if self.find(index).is_none() =>
            {
                self.0.push((index, cx.resource_type(index)));
            }
            InterfaceType::List(i) => self.note(types[i].element, cx),
            InterfaceType::Option(i) => self.note(types[i].ty, cx),
            InterfaceType::Record(i) => {
                self.note_all(&mut types[i].fields.iter().map(|field| field.ty), cx)
            }
            InterfaceType::Tuple(i) => self.note_all(&mut types[i].types.iter().copied(), cx),
            InterfaceType::Variant(i) => {
                self.note_all(&mut types[i].cases.values().filter_map(|case| *case), cx);
            }
            InterfaceType::Result(i) => {
                self.note_all(&mut [types[i].ok, types[i].err].into_iter().flatten(), cx);
            }
            _ => {}
        }
    }

    fn note_all(&mut self, types: &mut dyn Iterator<Item = InterfaceType>, cx: &InstanceType<'_>) {
        types.for_each(|ty| self.note(ty, cx));
    }
}
