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
