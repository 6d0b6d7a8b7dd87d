//! What makes a Rust type a WIT type.

use crate::{Flat, FlatMut, Handles, Lifting, Lowering, Trap};

/// The layout of a WIT type, in memory and as core values.
///
/// Generated code implements this, [`Lift`] and [`Lower`] for the types of an interface, in this manner:
///
/// ```
/// use locket_abi::layout::{Fields, Layout};
/// use locket_abi::{Flat, FlatMut, Handles, Lift, Lifting, Lower, Lowering, Trap, Type};
///
/// /// `record datetime { seconds: u64, nanoseconds: u32 }`
/// pub struct Datetime {
///     pub seconds: u64,
///     pub nanoseconds: u32,
/// }
///
/// const DATETIME: Layout = Layout::record(&[Layout::of::<u64>(), Layout::of::<u32>()]);
///
/// impl Type for Datetime {
///     const SIZE: u32 = DATETIME.size;
///     const ALIGN: u32 = DATETIME.align;
///     const FLAT: usize = DATETIME.flat;
///     const HEAP: bool = DATETIME.heap;
/// }
///
/// impl<'m, H: Handles> Lift<'m, H> for Datetime {
///     fn lift(cx: &mut Lifting<'m, '_, H>, flat: &mut Flat<'_>) -> Result<Self, Trap> {
///         Ok(Self { seconds: u64::lift(cx, flat)?, nanoseconds: u32::lift(cx, flat)? })
///     }
///     fn load(cx: &mut Lifting<'m, '_, H>, ptr: u32) -> Result<Self, Trap> {
///         let mut fields = Fields::at(ptr);
///         Ok(Self { seconds: fields.load(cx)?, nanoseconds: fields.load(cx)? })
///     }
/// }
///
/// impl<H: Handles> Lower<H> for Datetime {
///     fn lower(&self, cx: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap> {
///         self.seconds.lower(cx, flat)?;
///         self.nanoseconds.lower(cx, flat)
///     }
///     fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
///         let mut fields = Fields::at(ptr);
///         fields.store(cx, &self.seconds)?;
///         fields.store(cx, &self.nanoseconds)
///     }
/// }
///
/// assert_eq!((Datetime::SIZE, Datetime::ALIGN, Datetime::FLAT), (16, 8, 2));
/// ```
pub trait Type {
    /// Bytes it takes in memory, padded at its end as the specification has it.
    const SIZE: u32;
    /// Its alignment in memory: 1, 2, 4 or 8.
    const ALIGN: u32;
    /// How many core values it flattens to.
    const FLAT: usize;
    /// Whether it holds a string or a list, so that lowering it calls `cabi_realloc`, and a result of it is freed by
    /// post-return. `true` is always right, `false` is faster.
    const HEAP: bool = true;
    /// Whether each bit pattern of `SIZE` bytes is a value, so that lifting a list of it has nothing to check in the
    /// elements. `false` is always right.
    const ANY_BITS: bool = false;
}

/// A type that can be made from what a guest passes. `'m` is the guest's memory, which the value may borrow from.
pub trait Lift<'m, H: Handles>: Type + Sized {
    /// From core values: takes exactly [`FLAT`](Type::FLAT) of them.
    fn lift(cx: &mut Lifting<'m, '_, H>, flat: &mut Flat<'_>) -> Result<Self, Trap>;

    /// From memory. `ptr` is aligned; where it comes from the guest, [`Lifting::check`] made sure of that.
    fn load(cx: &mut Lifting<'m, '_, H>, ptr: u32) -> Result<Self, Trap>;
}

/// A type that can be given to a guest.
pub trait Lower<H: Handles>: Type {
    /// As core values: writes exactly [`FLAT`](Type::FLAT) of them.
    fn lower(&self, cx: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap>;

    /// Into memory. `ptr` is aligned; where it comes from the guest, [`Lowering::check`] made sure of that.
    fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap>;

    /// Stores `values` one behind the other from `ptr` on, which is where a list of them was allocated.
    #[inline]
    fn store_all(values: &[Self], cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap>
    where
        Self: Sized,
    {
        let mut ptr = ptr;
        for value in values {
            value.store(cx, ptr)?;
            ptr = ptr.wrapping_add(Self::SIZE);
        }
        Ok(())
    }
}

impl<T: Type + ?Sized> Type for &T {
    const SIZE: u32 = T::SIZE;
    const ALIGN: u32 = T::ALIGN;
    const FLAT: usize = T::FLAT;
    const HEAP: bool = T::HEAP;
    const ANY_BITS: bool = T::ANY_BITS;
}

impl<H: Handles, T: Lower<H> + ?Sized> Lower<H> for &T {
    #[inline]
    fn lower(&self, cx: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap> {
        T::lower(self, cx, flat)
    }

    #[inline]
    fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
        T::store(self, cx, ptr)
    }
}
