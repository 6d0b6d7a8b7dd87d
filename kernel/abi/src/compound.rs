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
            const ANY_BITS: bool = true $(&& $name::ANY_BITS)*;
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{FakeGuest, assert_round_trip, lift, load, lower, store};

    #[test]
    fn joined_flat_widths() {
        type Mixed = Result<u8, (u64, f32)>;
        type Float = Result<u64, f32>;
        // Both sides share the slots behind the case number, as many as the wider side needs.
        assert_eq!(Mixed::FLAT, 3);
        let guest = &mut FakeGuest::new();
        assert_eq!(lower::<Mixed>(guest, &Ok(5)), Ok([0, 5, 0].to_vec()), "unused slots are zero");
        assert_eq!(lower::<Mixed>(guest, &Err((6, 1.0))), Ok([1, 6, 0x3f80_0000].to_vec()));
        assert_eq!(lift::<Mixed>(&[], &[0, 0xffff_ffff_0000_0105, 99]), Ok(Ok(5)), "a u8 in an i64 slot is wrapped");
        assert_eq!(lift::<(Mixed, u8)>(&[], &[0, 5, 0, 77]), Ok((Ok(5), 77)), "what follows is not mistaken");
        assert_eq!(lower::<(Mixed, u8)>(guest, &(Ok(5), 77)), Ok([0, 5, 0, 77].to_vec()));

        // An `f32` in a slot joined with `u64` is its bits, zero-extended.
        assert_eq!(lower::<Float>(guest, &Err(-1.0)), Ok([1, 0xbf80_0000].to_vec()));
        assert_eq!(lift::<Float>(&[], &[1, 0xdead_beef_bf80_0000]), Ok(Err(-1.0)));
        assert_eq!(lower::<Result<i64, i8>>(guest, &Err(-1)), Ok([1, 0xffff_ffff].to_vec()), "an i32 in an i64 slot");
    }

    #[test]
    fn none_leaves_its_payload_zero() {
        assert_eq!(lower::<Option<(u8, u64)>>(&mut FakeGuest::new(), &None), Ok([0, 0, 0].to_vec()));
        assert_eq!(lift::<(Option<u64>, u8)>(&[], &[0, 9, 4]), Ok((None, 4)));
    }

    #[test]
    fn variant_payload_offset_in_memory() {
        let guest = &mut FakeGuest::new();
        store::<Result<u64, u8>>(guest, &Err(7), 64).unwrap();
        assert_eq!(guest.memory[64], 1);
        assert_eq!(guest.memory[72], 7, "behind the alignment of the wider side");
        assert_eq!(load::<Result<u64, u8>>(&guest.memory, 64), Ok(Err(7)));
        store::<Option<u32>>(guest, &Some(0x0102_0304), 80).unwrap();
        assert_eq!((guest.memory[80], &guest.memory[84..88]), (1, &[4, 3, 2, 1][..]));
        assert_eq!(load::<Option<u32>>(&guest.memory, 80), Ok(Some(0x0102_0304)));
        assert_eq!(<Result<u64, u8>>::SIZE, 16);
        assert_eq!(<Option<u32>>::SIZE, 8);
    }

    #[test]
    fn record_field_alignment_in_memory() {
        let guest = &mut FakeGuest::new();
        store(guest, &(1_u8, 2_u32, 3_u8, 4_u16), 64).unwrap();
        assert_eq!(guest.memory[64], 1);
        assert_eq!(guest.memory[68..72], [2, 0, 0, 0]);
        assert_eq!(guest.memory[72], 3);
        assert_eq!(guest.memory[74..76], [4, 0]);
        assert_eq!(load(&guest.memory, 64), Ok((1_u8, 2_u32, 3_u8, 4_u16)));
    }

    #[test]
    fn wrong_case_numbers_are_refused() {
        assert_eq!(lift::<Option<u8>>(&[], &[2, 0]), Err(Trap::InvalidDiscriminant));
        assert_eq!(lift::<Result<u8, ()>>(&[], &[0xffff_ffff, 0]), Err(Trap::InvalidDiscriminant));
        assert_eq!(load::<Option<u8>>(&[2, 0], 0), Err(Trap::InvalidDiscriminant));
        assert_eq!(load::<Result<(), ()>>(&[3], 0), Err(Trap::InvalidDiscriminant));
    }

    #[test]
    fn a_pointer_for_a_result_is_checked() {
        let guest = &mut FakeGuest::new();
        let before = guest.memory.clone();
        assert_eq!(store(guest, &(1_u8, 2_u32), 66), Err(Trap::Misaligned));
        assert_eq!(store(guest, &(1_u8, 2_u32), 1020), Err(Trap::OutOfBounds));
        assert_eq!(guest.memory, before, "nothing was written in part");
    }

    proptest! {
        #[test]
        fn compounds_survive(
            a: (u8, i64, char), b: Option<(u16, f32)>, c: Result<u64, (bool, f64)>,
            d: Option<Option<Result<(), u8>>>, e: (Option<u8>, Result<i8, ()>, u64),
        ) {
            assert_round_trip!(a, (u8, i64, char));
            assert_round_trip!(b, Option<(u16, f32)>);
            assert_round_trip!(c, Result<u64, (bool, f64)>);
            assert_round_trip!(d, Option<Option<Result<(), u8>>>);
            assert_round_trip!(e, (Option<u8>, Result<i8, ()>, u64));
        }

        #[test]
        fn compounds_with_strings_survive(a: Option<std::string::String>, b: Result<std::string::String, u64>, n: u8) {
            assert_round_trip!((a.as_deref(), n), (Option<&str>, u8));
            assert_round_trip!(b.as_deref().map_err(|error| *error), Result<&str, u64>);
        }
    }
}
