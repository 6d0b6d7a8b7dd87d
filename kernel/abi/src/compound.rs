//! Tuples, options and results.

use crate::layout::{Fields, Layout, lift_discriminant, load_discriminant, payload_offset, store_discriminant};
use crate::{Flat, FlatMut, Handles, Lift, Lifting, Lower, Lowering, Trap, Type};

/// What a function without result returns, and the payload of a case without payload.
impl Type for () {
    const SIZE: u32 = 0;
    const ALIGN: u32 = 1;
    const FLAT: usize = 0;
    const HEAP: bool = false;
}

impl<'m, H: Handles> Lift<'m, H> for () {
    #[inline]
    fn lift(_: &mut Lifting<'m, '_, H>, _: &mut Flat<'_>) -> Result<Self, Trap> {
        Ok(())
    }

    #[inline]
    fn load(_: &mut Lifting<'m, '_, H>, _: u32) -> Result<Self, Trap> {
        Ok(())
    }
}

impl<H: Handles> Lower<H> for () {
    #[inline]
    fn lower(&self, _: &mut Lowering<'_, H>, _: &mut FlatMut<'_>) -> Result<(), Trap> {
        Ok(())
    }

    #[inline]
    fn store(&self, _: &mut Lowering<'_, H>, _: u32) -> Result<(), Trap> {
        Ok(())
    }
}

macro_rules! tuple {
    ($($name:ident)*) => {
        impl<$($name: Type),*> Type for ($($name,)*) {
            const SIZE: u32 = Layout::record(&[$(Layout::of::<$name>()),*]).size;
            const ALIGN: u32 = Layout::record(&[$(Layout::of::<$name>()),*]).align;
            const FLAT: usize = Layout::record(&[$(Layout::of::<$name>()),*]).flat;
            const HEAP: bool = Layout::record(&[$(Layout::of::<$name>()),*]).heap;
        }

        impl<'m, H: Handles, $($name: Lift<'m, H>),*> Lift<'m, H> for ($($name,)*) {
            #[inline]
            fn lift(cx: &mut Lifting<'m, '_, H>, flat: &mut Flat<'_>) -> Result<Self, Trap> {
                Ok(($($name::lift(cx, flat)?,)*))
            }

            #[inline]
            fn load(cx: &mut Lifting<'m, '_, H>, ptr: u32) -> Result<Self, Trap> {
                let mut fields = Fields::at(ptr);
                Ok(($(fields.load::<H, $name>(cx)?,)*))
            }
        }

        impl<H: Handles, $($name: Lower<H>),*> Lower<H> for ($($name,)*) {
            #[inline]
            fn lower(&self, cx: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap> {
                #[allow(non_snake_case, reason = "the type parameters' names are at hand for the fields")]
                let ($($name,)*) = self;
                $($name.lower(cx, flat)?;)*
                Ok(())
            }

            #[inline]
            fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
                #[allow(non_snake_case, reason = "the type parameters' names are at hand for the fields")]
                let ($($name,)*) = self;
                let mut fields = Fields::at(ptr);
                $(fields.store(cx, $name)?;)*
                Ok(())
            }
        }
    };
}

/// Tuples of 1 to 24 fields: also the parameters of a function, of which there may be many.
macro_rules! tuples {
    ($first:ident) => { tuple!($first); };
    ($first:ident $($rest:ident)*) => { tuple!($first $($rest)*); tuples!($($rest)*); };
}

tuples!(A B C D E F G I J K L M N O P Q R S T U V W X Y);

const OPTION_CASES: usize = 2;

impl<T: Type> Type for Option<T> {
    const SIZE: u32 = Layout::variant(&[Layout::EMPTY, Layout::of::<T>()]).size;
    const ALIGN: u32 = Layout::variant(&[Layout::EMPTY, Layout::of::<T>()]).align;
    const FLAT: usize = 1 + T::FLAT;
    const HEAP: bool = T::HEAP;
}

impl<'m, H: Handles, T: Lift<'m, H>> Lift<'m, H> for Option<T> {
    #[inline]
    fn lift(cx: &mut Lifting<'m, '_, H>, flat: &mut Flat<'_>) -> Result<Self, Trap> {
        let case = lift_discriminant(flat, OPTION_CASES)?;
        let mut payload = flat.take(T::FLAT)?;
        if case == 0 { Ok(None) } else { T::lift(cx, &mut payload).map(Some) }
    }

    #[inline]
    fn load(cx: &mut Lifting<'m, '_, H>, ptr: u32) -> Result<Self, Trap> {
        let case = load_discriminant(cx.memory(), ptr, OPTION_CASES)?;
        let payload = ptr.wrapping_add(payload_offset(OPTION_CASES, T::ALIGN));
        if case == 0 { Ok(None) } else { T::load(cx, payload).map(Some) }
    }
}

impl<H: Handles, T: Lower<H>> Lower<H> for Option<T> {
    #[inline]
    fn lower(&self, cx: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap> {
        flat.push(self.is_some().into())?;
        let mut payload = flat.take(T::FLAT)?;
        match self {
            None => Ok(()),
            Some(value) => value.lower(cx, &mut payload),
        }
    }

    #[inline]
    fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
        store_discriminant(cx, ptr, OPTION_CASES, self.is_some().into())?;
        let payload = ptr.wrapping_add(payload_offset(OPTION_CASES, T::ALIGN));
        match self {
            None => Ok(()),
            Some(value) => value.store(cx, payload),
        }
    }
}

const RESULT_CASES: usize = 2;

/// The greater of two alignments.
const fn widest(a: u32, b: u32) -> u32 {
    if a > b { a } else { b }
}

/// A `result` without payload on a side has `()` there.
impl<T: Type, E: Type> Type for Result<T, E> {
    const SIZE: u32 = Layout::variant(&[Layout::of::<T>(), Layout::of::<E>()]).size;
    const ALIGN: u32 = Layout::variant(&[Layout::of::<T>(), Layout::of::<E>()]).align;
    const FLAT: usize = Layout::variant(&[Layout::of::<T>(), Layout::of::<E>()]).flat;
    const HEAP: bool = T::HEAP || E::HEAP;
}

impl<'m, H: Handles, T: Lift<'m, H>, E: Lift<'m, H>> Lift<'m, H> for Result<T, E> {
    #[inline]
    fn lift(cx: &mut Lifting<'m, '_, H>, flat: &mut Flat<'_>) -> Result<Self, Trap> {
        let case = lift_discriminant(flat, RESULT_CASES)?;
        let mut payload = flat.take(const { Self::FLAT.wrapping_sub(1) })?;
        if case == 0 { T::lift(cx, &mut payload).map(Ok) } else { E::lift(cx, &mut payload).map(Err) }
    }

    #[inline]
    fn load(cx: &mut Lifting<'m, '_, H>, ptr: u32) -> Result<Self, Trap> {
        let case = load_discriminant(cx.memory(), ptr, RESULT_CASES)?;
        let payload = ptr.wrapping_add(payload_offset(RESULT_CASES, widest(T::ALIGN, E::ALIGN)));
        if case == 0 { T::load(cx, payload).map(Ok) } else { E::load(cx, payload).map(Err) }
    }
}

impl<H: Handles, T: Lower<H>, E: Lower<H>> Lower<H> for Result<T, E> {
    #[inline]
    fn lower(&self, cx: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap> {
        flat.push(self.is_err().into())?;
        let mut payload = flat.take(const { Self::FLAT.wrapping_sub(1) })?;
        match self {
            Ok(value) => value.lower(cx, &mut payload),
            Err(error) => error.lower(cx, &mut payload),
        }
    }

    #[inline]
    fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
        store_discriminant(cx, ptr, RESULT_CASES, self.is_err().into())?;
        let payload = ptr.wrapping_add(payload_offset(RESULT_CASES, widest(T::ALIGN, E::ALIGN)));
        match self {
            Ok(value) => value.store(cx, payload),
            Err(error) => error.store(cx, payload),
        }
    }
}
