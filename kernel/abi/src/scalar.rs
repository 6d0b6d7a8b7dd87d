//! `bool`, integers, floats and `char`.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "the ABI defines these conversions as taking or extending the low bits"
)]

use crate::{Flat, FlatMut, Handles, Lift, Lifting, Lower, Lowering, Trap, Type};

/// The layout and the conversions of a scalar: `from` a slot's 64 bits, `to` them, and the integer that it is in
/// memory, with the conversions from and to that.
macro_rules! scalar {
    ($type:ty, $bits:ty, any: $any:literal, from_flat: $from:expr, to_flat: $to:expr, load: $load:expr, store: $store:expr) => {
        impl Type for $type {
            const SIZE: u32 = size_of::<$bits>() as u32;
            const ALIGN: u32 = size_of::<$bits>() as u32;
            const FLAT: usize = 1;
            const HEAP: bool = false;
            const ANY_BITS: bool = $any;
        }

        impl<'m, H: Handles> Lift<'m, H> for $type {
            #[inline]
            fn lift(_: &mut Lifting<'m, '_, H>, flat: &mut Flat<'_>) -> Result<Self, Trap> {
                let from: fn(u64) -> Result<$type, Trap> = $from;
                from(flat.next_u64()?)
            }

            #[inline]
            fn load(cx: &mut Lifting<'m, '_, H>, ptr: u32) -> Result<Self, Trap> {
                let load: fn($bits) -> Result<$type, Trap> = $load;
                load(<$bits>::from_le_bytes(cx.memory().read(ptr)?))
            }
        }

        impl<H: Handles> Lower<H> for $type {
            #[inline]
            fn lower(&self, _: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap> {
                let to: fn($type) -> u64 = $to;
                flat.push(to(*self))
            }

            #[inline]
            fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
                let store: fn($type) -> $bits = $store;
                cx.write(ptr, store(*self).to_le_bytes())
            }

            #[inline]
            fn store_all(values: &[Self], cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
                const WIDTH: usize = size_of::<$bits>();
                let store: fn($type) -> $bits = $store;
                // A list's byte length was computed in 32 bits when its memory was allocated.
                let len = size_of_val(values) as u32;
                let mut memory = cx.memory_mut();
                let (places, _) = memory.slice_mut(ptr, len)?.as_chunks_mut::<WIDTH>();
                for (place, value) in places.iter_mut().zip(values) {
                    *place = store(*value).to_le_bytes();
                }
                Ok(())
            }
        }
    };
}

/// Integers: lifting ignores the bits above the type's width, lowering extends to 32 bits by the type's sign.
macro_rules! integers {
    ($($type:ty as $bits:ty, $flat:ty, $core:ty;)*) => {
        $(scalar!($type, $bits, any: true,
            from_flat: |slot| Ok(slot as $type),
            to_flat: |value| u64::from(value as $flat as $core),
            load: |bits| Ok(bits as $type),
            store: |value| value as $bits);)*
    };
}

integers! {
    u8 as u8, u32, u32;
    u16 as u16, u32, u32;
    u32 as u32, u32, u32;
    u64 as u64, u64, u64;
    i8 as u8, i32, u32;
    i16 as u16, i32, u32;
    i32 as u32, i32, u32;
    i64 as u64, i64, u64;
}

// Anything but 0 is true; true is lowered as 1.
scalar!(bool, u8, any: true,
    from_flat: |slot| Ok(slot as u32 != 0),
    to_flat: u64::from,
    load: |bits| Ok(bits != 0),
    store: u8::from);

// All NaNs are one NaN: their bits are neither shown to the host nor given to another guest.
scalar!(f32, u32, any: true,
    from_flat: |slot| Ok(one_nan32(f32::from_bits(slot as u32))),
    to_flat: |value| u64::from(one_nan32(value).to_bits()),
    load: |bits| Ok(one_nan32(f32::from_bits(bits))),
    store: |value| one_nan32(value).to_bits());

scalar!(f64, u64, any: true,
    from_flat: |slot| Ok(one_nan64(f64::from_bits(slot))),
    to_flat: |value| one_nan64(value).to_bits(),
    load: |bits| Ok(one_nan64(f64::from_bits(bits))),
    store: |value| one_nan64(value).to_bits());

scalar!(char, u32, any: false,
    from_flat: |slot| char::from_u32(slot as u32).ok_or(Trap::InvalidChar),
    to_flat: |value| u64::from(u32::from(value)),
    load: |bits| char::from_u32(bits).ok_or(Trap::InvalidChar),
    store: u32::from);

#[inline]
const fn one_nan32(value: f32) -> f32 {
    if value.is_nan() { f32::from_bits(0x7fc0_0000) } else { value }
}

#[inline]
const fn one_nan64(value: f64) -> f64 {
    if value.is_nan() { f64::from_bits(0x7ff8_0000_0000_0000) } else { value }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{FakeGuest, assert_round_trip, lift, load, lower};

    #[test]
    fn small_signed_integers_are_sign_extended() {
        let guest = &mut FakeGuest::new();
        assert_eq!(lower(guest, &-1_i8), Ok([0xffff_ffff].to_vec()));
        assert_eq!(lower(guest, &-300_i16), Ok([0xffff_fed4].to_vec()));
        assert_eq!(lower(guest, &-1_i32), Ok([0xffff_ffff].to_vec()), "the upper half of the slot stays zero");
        assert_eq!(lower(guest, &-1_i64), Ok([u64::MAX].to_vec()));
        assert_eq!(lower(guest, &200_u8), Ok([200].to_vec()));
    }

    #[test]
    fn integers_ignore_the_bits_above_their_width() {
        assert_eq!(lift::<u8>(&[], &[0xffff_ffff_ffff_ff12]), Ok(0x12));
        assert_eq!(lift::<i8>(&[], &[0x0000_0080]), Ok(-128));
        assert_eq!(lift::<i16>(&[], &[0x1234_8000]), Ok(-32768));
        assert_eq!(lift::<u16>(&[], &[0x1234_8000]), Ok(0x8000));
        assert_eq!(lift::<u32>(&[], &[0xdead_0000_0001]), Ok(1));
    }

    #[test]
    fn bool_is_normalised() {
        for (slot, value) in [(0, false), (1, true), (2, true), (0x100, true), (0xffff_ffff, true), (1 << 32, false)] {
            assert_eq!(lift::<bool>(&[], &[slot]), Ok(value), "{slot:#x}");
        }
        assert_eq!([0, 1, 2, 255].map(|byte| load::<bool>(&[byte], 0)), [Ok(false), Ok(true), Ok(true), Ok(true)]);
        assert_eq!(lower(&mut FakeGuest::new(), &true), Ok([1].to_vec()));
    }

    #[test]
    fn invalid_char_is_refused() {
        for invalid in [0xd800_u32, 0xdfff, 0x11_0000, u32::MAX] {
            assert_eq!(lift::<char>(&[], &[invalid.into()]), Err(Trap::InvalidChar), "{invalid:#x}");
            assert_eq!(load::<char>(&invalid.to_le_bytes(), 0), Err(Trap::InvalidChar), "{invalid:#x}");
        }
        assert_eq!(lift::<char>(&[], &[0x10_ffff]), Ok('\u{10ffff}'));
        assert_eq!(lift::<char>(&[], &[0xd7ff]), Ok('\u{d7ff}'));
    }

    #[test]
    fn nan_payloads_are_not_passed() {
        let signalling = f32::from_bits(0xffa0_1234);
        assert_eq!(lift::<f32>(&[], &[0xffa0_1234]).map(f32::to_bits), Ok(0x7fc0_0000));
        assert_eq!(load::<f32>(&0xffa0_1234_u32.to_le_bytes(), 0).map(f32::to_bits), Ok(0x7fc0_0000));
        assert_eq!(lower(&mut FakeGuest::new(), &signalling), Ok([0x7fc0_0000].to_vec()));
        let payload = 0xfff0_0000_0000_0001_u64;
        assert_eq!(lift::<f64>(&[], &[payload]).map(f64::to_bits), Ok(0x7ff8_0000_0000_0000));
        assert_eq!(lower(&mut FakeGuest::new(), &f64::from_bits(payload)), Ok([0x7ff8_0000_0000_0000].to_vec()));
        assert_eq!(lift::<f32>(&[], &[0x8000_0000]).map(f32::to_bits), Ok(0x8000_0000), "minus zero is no NaN");
    }

    proptest! {
        #[test]
        #[expect(clippy::float_cmp, reason = "values are passed bit by bit")]
        fn scalars_survive(
            a: bool, b: u8, c: i8, d: u16, e: i16, f: u32, g: i32, h: u64, i: i64, j: f32, k: f64, l: char,
        ) {
            assert_round_trip!(a, bool);
            assert_round_trip!(b, u8);
            assert_round_trip!(c, i8);
            assert_round_trip!(d, u16);
            assert_round_trip!(e, i16);
            assert_round_trip!(f, u32);
            assert_round_trip!(g, i32);
            assert_round_trip!(h, u64);
            assert_round_trip!(i, i64);
            assert_round_trip!(j, f32);
            assert_round_trip!(k, f64);
            assert_round_trip!(l, char);
        }
    }
}
