//! Where the parts of records and variants stand in memory.
//!
//! Generated code takes its constants and offsets from here.

use crate::{Flat, Handles, Lift, Lifting, Lower, Lowering, Memory, Trap, Type};

/// The layout of a type, for constants of types that are made of others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// [`Type::SIZE`].
    pub size: u32,
    /// [`Type::ALIGN`].
    pub align: u32,
    /// [`Type::FLAT`].
    pub flat: usize,
    /// [`Type::HEAP`].
    pub heap: bool,
}

impl Layout {
    /// Of nothing: a case without payload.
    pub const EMPTY: Self = Self { size: 0, align: 1, flat: 0, heap: false };

    /// Of a type.
    #[must_use]
    pub const fn of<T: Type + ?Sized>() -> Self {
        Self { size: T::SIZE, align: T::ALIGN, flat: T::FLAT, heap: T::HEAP }
    }

    /// Of a record or tuple with these fields.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "evaluated when the program is built")]
    pub const fn record(mut fields: &[Self]) -> Self {
        let mut all = Self::EMPTY;
        while let [field, rest @ ..] = fields {
            all.size = align_to(all.size, field.align) + field.size;
            all.align = max(all.align, field.align);
            all.flat += field.flat;
            all.heap |= field.heap;
            fields = rest;
        }
        all.size = align_to(all.size, all.align);
        all
    }

    /// Of a variant, option, result or enum whose cases have these payloads; [`Layout::EMPTY`] for none.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "evaluated when the program is built")]
    pub const fn variant(cases: &[Self]) -> Self {
        let mut payload = Self::EMPTY;
        let mut rest = cases;
        while let [case, others @ ..] = rest {
            payload.size = max(payload.size, case.size);
            payload.align = max(payload.align, case.align);
            payload.flat = if payload.flat > case.flat { payload.flat } else { case.flat };
            payload.heap |= case.heap;
            rest = others;
        }
        let align = max(discriminant_size(cases.len()), payload.align);
        let size = align_to(payload_offset(cases.len(), payload.align) + payload.size, align);
        Self { size, align, flat: 1 + payload.flat, heap: payload.heap }
    }
}

const fn max(a: u32, b: u32) -> u32 {
    if a > b { a } else { b }
}

/// `ptr` rounded up to a multiple of `align`, a power of two. At the end of the address space it wraps around to 0.
#[must_use]
#[inline]
pub const fn align_to(ptr: u32, align: u32) -> u32 {
    let mask = align.wrapping_sub(1);
    ptr.wrapping_add(mask) & !mask
}

/// Bytes of the case number of a variant with this many cases, which is also its alignment: 1, 2 or 4.
#[must_use]
pub const fn discriminant_size(cases: usize) -> u32 {
    match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

/// Where the payload of a variant with this many cases begins; `align` is the greatest alignment of its payloads.
#[must_use]
pub const fn payload_offset(cases: usize, align: u32) -> u32 {
    align_to(discriminant_size(cases), align)
}

/// Bytes of a flags type with this many flags, which is also its alignment: 1, 2 or 4. More than 32 flags do not exist.
#[must_use]
pub const fn flags_size(flags: usize) -> u32 {
    match flags {
        0..=8 => 1,
        9..=16 => 2,
        _ => 4,
    }
}

/// The case number in core values, of a variant with `cases` cases.
#[inline]
pub fn lift_discriminant(flat: &mut Flat<'_>, cases: usize) -> Result<u32, Trap> {
    check_discriminant(flat.next_u32()?, cases)
}

/// The case number in memory, of a variant with `cases` cases.
#[inline]
pub fn load_discriminant(memory: Memory<'_>, ptr: u32, cases: usize) -> Result<u32, Trap> {
    let case = match discriminant_size(cases) {
        1 => u32::from(u8::from_le_bytes(memory.read(ptr)?)),
        2 => u32::from(u16::from_le_bytes(memory.read(ptr)?)),
        _ => u32::from_le_bytes(memory.read(ptr)?),
    };
    check_discriminant(case, cases)
}

#[inline]
const fn check_discriminant(case: u32, cases: usize) -> Result<u32, Trap> {
    if (case as usize) < cases { Ok(case) } else { Err(Trap::InvalidDiscriminant) }
}

/// Writes the case number of a variant with `cases` cases to memory.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the size is chosen by the number of cases")]
pub fn store_discriminant<H: Handles>(cx: &mut Lowering<'_, H>, ptr: u32, cases: usize, case: u32) -> Result<(), Trap> {
    match discriminant_size(cases) {
        1 => cx.write(ptr, (case as u8).to_le_bytes()),
        2 => cx.write(ptr, (case as u16).to_le_bytes()),
        _ => cx.write(ptr, case.to_le_bytes()),
    }
}

/// The fields of a record in memory, one after the other.
#[derive(Debug)]
pub struct Fields(u32);

impl Fields {
    /// Of the record at `ptr`.
    #[must_use]
    #[inline]
    pub const fn at(ptr: u32) -> Self {
        Self(ptr)
    }

    /// Where the next field, a `T`, stands.
    #[inline]
    pub const fn place<T: Type>(&mut self) -> u32 {
        let ptr = align_to(self.0, T::ALIGN);
        self.0 = ptr.wrapping_add(T::SIZE);
        ptr
    }

    /// Loads the next field.
    #[inline]
    pub fn load<'m, H: Handles, T: Lift<'m, H>>(&mut self, cx: &mut Lifting<'m, '_, H>) -> Result<T, Trap> {
        T::load(cx, self.place::<T>())
    }

    /// Stores the next field.
    #[inline]
    pub fn store<H: Handles, T: Lower<H>>(&mut self, cx: &mut Lowering<'_, H>, value: &T) -> Result<(), Trap> {
        value.store(cx, self.place::<T>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const U8: Layout = Layout { size: 1, align: 1, flat: 1, heap: false };
    const U16: Layout = Layout { size: 2, align: 2, flat: 1, heap: false };
    const U64: Layout = Layout { size: 8, align: 8, flat: 1, heap: false };
    const STRING: Layout = Layout { size: 8, align: 4, flat: 2, heap: true };

    #[test]
    fn record_fields_are_aligned() {
        assert_eq!(Layout::record(&[U8, U16, U8]), Layout { size: 6, align: 2, flat: 3, heap: false });
        assert_eq!(Layout::record(&[U8, U64, U8]), Layout { size: 24, align: 8, flat: 3, heap: false });
        assert_eq!(Layout::record(&[STRING, U8]), Layout { size: 12, align: 4, flat: 3, heap: true });
        let mut fields = Fields::at(64);
        let places = [fields.place::<u8>(), fields.place::<u64>(), fields.place::<u8>(), fields.place::<u16>()];
        assert_eq!(places, [64, 72, 80, 82]);
    }

    #[test]
    fn variant_payload_stands_behind_the_case_number() {
        assert_eq!(payload_offset(2, 1), 1);
        assert_eq!(payload_offset(2, 8), 8);
        assert_eq!(payload_offset(300, 1), 2);
        assert_eq!(payload_offset(300, 4), 4);
        assert_eq!(Layout::variant(&[U8, U64]), Layout { size: 16, align: 8, flat: 2, heap: false });
        assert_eq!(Layout::variant(&[Layout::EMPTY, STRING]), Layout { size: 12, align: 4, flat: 3, heap: true });
        assert_eq!(Layout::variant(&[Layout::EMPTY; 300]), Layout { size: 2, align: 2, flat: 1, heap: false });
    }

    #[test]
    fn case_numbers_and_flags_take_the_smallest_integer() {
        assert_eq!([1, 2, 256, 257, 65_536, 65_537].map(discriminant_size), [1, 1, 1, 2, 2, 4]);
        assert_eq!([1, 8, 9, 16, 17, 32].map(flags_size), [1, 1, 2, 2, 4, 4]);
    }

    #[test]
    fn a_case_number_without_case_is_refused() {
        assert_eq!(lift_discriminant(&mut Flat::new(&[2]), 3), Ok(2));
        assert_eq!(lift_discriminant(&mut Flat::new(&[3]), 3), Err(Trap::InvalidDiscriminant));
        assert_eq!(lift_discriminant(&mut Flat::new(&[0xffff_ffff]), 3), Err(Trap::InvalidDiscriminant));
        let memory = Memory::new(&[3, 1]);
        assert_eq!(load_discriminant(memory, 1, 3), Ok(1));
        assert_eq!(load_discriminant(memory, 0, 3), Err(Trap::InvalidDiscriminant));
        assert_eq!(load_discriminant(memory, 0, 300), Ok(259));
        assert_eq!(load_discriminant(memory, 0, 259), Err(Trap::InvalidDiscriminant));
    }
}
