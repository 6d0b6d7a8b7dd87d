//! Strings. They are UTF-8 on both sides, so they are lists of bytes that were checked once.

use heapless::String;

use crate::list::{lower_list, store_list};
use crate::{Flat, FlatMut, Handles, Lift, Lifting, Lower, Lowering, Trap, Type};

impl Type for str {
    const SIZE: u32 = 8;
    const ALIGN: u32 = 4;
    const FLAT: usize = 2;
}

#[inline]
fn string_at<'m, H: Handles>(cx: &mut Lifting<'m, '_, H>, ptr: u32, len: u32) -> Result<&'m str, Trap> {
    let bytes = cx.range::<u8>(ptr, len)?;
    core::str::from_utf8(bytes).map_err(|_| Trap::InvalidUtf8)
}

impl<'m, H: Handles> Lift<'m, H> for &'m str {
    #[inline]
    fn lift(cx: &mut Lifting<'m, '_, H>, flat: &mut Flat<'_>) -> Result<Self, Trap> {
        let (ptr, len) = (flat.next_u32()?, flat.next_u32()?);
        string_at(cx, ptr, len)
    }

    #[inline]
    fn load(cx: &mut Lifting<'m, '_, H>, ptr: u32) -> Result<Self, Trap> {
        let (ptr, len) = cx.pointer_pair(ptr)?;
        string_at(cx, ptr, len)
    }
}

impl<H: Handles> Lower<H> for str {
    #[inline]
    fn lower(&self, cx: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap> {
        lower_list(self.as_bytes(), cx, flat)
    }

    #[inline]
    fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
        store_list(self.as_bytes(), cx, ptr)
    }
}

/// A string that was copied out of the guest's memory; one of more than `N` bytes is [`Trap::TooLong`].
impl<const N: usize> Type for String<N> {
    const SIZE: u32 = str::SIZE;
    const ALIGN: u32 = str::ALIGN;
    const FLAT: usize = str::FLAT;
}

impl<'m, H: Handles, const N: usize> Lift<'m, H> for String<N> {
    #[inline]
    fn lift(cx: &mut Lifting<'m, '_, H>, flat: &mut Flat<'_>) -> Result<Self, Trap> {
        <&str>::lift(cx, flat)?.try_into().map_err(|_| Trap::TooLong)
    }

    #[inline]
    fn load(cx: &mut Lifting<'m, '_, H>, ptr: u32) -> Result<Self, Trap> {
        <&str>::load(cx, ptr)?.try_into().map_err(|_| Trap::TooLong)
    }
}

impl<H: Handles, const N: usize> Lower<H> for String<N> {
    #[inline]
    fn lower(&self, cx: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap> {
        self.as_str().lower(cx, flat)
    }

    #[inline]
    fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
        self.as_str().store(cx, ptr)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{Allocator, FakeGuest, assert_round_trip, lift, load, lower, store};

    #[test]
    fn a_string_is_lowered_with_its_length_in_bytes() {
        let mut guest = FakeGuest::new();
        assert_eq!(lower(&mut guest, &"tür"), Ok([512, 4].to_vec()));
        assert_eq!(guest.reallocs, [[0, 0, 1, 4]]);
        assert_eq!(guest.memory[512..516], *"tür".as_bytes());
        store(&mut guest, &"ab", 64).unwrap();
        assert_eq!(guest.memory[64..72], [4, 2, 0, 0, 2, 0, 0, 0], "at 516, 2 bytes");
    }

    #[test]
    fn an_empty_string_asks_for_memory_too() {
        let mut guest = FakeGuest::with(Allocator::Null);
        assert_eq!(lower(&mut guest, &""), Ok([0, 0].to_vec()));
        assert_eq!(guest.reallocs, [[0, 0, 1, 0]]);
    }

    #[test]
    fn invalid_utf8_is_refused() {
        assert_eq!(lift::<&str>(&[0xc3, 0x28], &[0, 2]), Err(Trap::InvalidUtf8));
        assert_eq!(lift::<String<4>>(&[0xc3, 0x28], &[0, 2]), Err(Trap::InvalidUtf8));
        assert_eq!(load::<&str>(&[8, 0, 0, 0, 1, 0, 0, 0, 0xff], 0), Err(Trap::InvalidUtf8));
    }

    #[test]
    fn a_string_out_of_bounds_is_refused() {
        assert_eq!(lift::<&str>(b"abcd", &[2, 3]), Err(Trap::OutOfBounds));
        assert_eq!(lift::<&str>(b"abcd", &[0xffff_ffff, 2]), Err(Trap::OutOfBounds));
        assert_eq!(lift::<&str>(b"abcd", &[4, 0]), Ok(""));
        assert_eq!(lift::<&str>(b"abcd", &[5, 0]), Err(Trap::OutOfBounds));
    }

    #[test]
    fn a_string_that_its_copy_cannot_hold_is_refused() {
        assert_eq!(lift::<String<4>>(b"abcdef", &[1, 4]).unwrap(), "bcde");
        assert_eq!(lift::<String<4>>(b"abcdef", &[1, 5]), Err(Trap::TooLong));
    }

    proptest! {
        #[test]
        fn strings_survive(text in ".{0,40}", moves: bool) {
            let guest = || FakeGuest::with(if moves { Allocator::Moves } else { Allocator::Bump });
            assert_round_trip!(text.as_str(), &str, guest());
            assert_round_trip!(String::<160>::try_from(text.as_str()).unwrap(), String<160>, guest());
        }
    }
}
