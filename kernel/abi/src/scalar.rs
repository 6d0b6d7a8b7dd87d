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
scalar!(bool, u8, any: false,
    from_flat: |slot| Ok(slot as u32 != 0),
    to_flat: u64::from,
    load: |bits| Ok(bits != 0),
    store: u8::from);

// All NaNs are one NaN: their bits are neither shown to the host nor given to another guest.
scalar!(f32, u32, any: false,
    from_flat: |slot| Ok(one_nan32(f32::from_bits(slot as u32))),
    to_flat: |value| u64::from(one_nan32(value).to_bits()),
    load: |bits| Ok(one_nan32(f32::from_bits(bits))),
    store: |value| one_nan32(value).to_bits());

scalar!(f64, u64, any: false,
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
