//! What lifting and lowering carry along: memory, handle table, limits.

use crate::{
    Flat, FlatMut, Guest, Handles, Lends, Lift, Lower, Memory, MemoryMut, ResourceId, Trap, Type, allocate,
    check_alignment,
};

/// How many core values a function's parameters may flatten to before they are passed in memory.
pub const MAX_FLAT_PARAMS: usize = 16;
/// How many core values a function's result may flatten to before it is passed in memory.
pub const MAX_FLAT_RESULTS: usize = 1;

/// How many bytes of strings and lists a call may pass where its WIT sets no limit.
pub const DEFAULT_LIMIT: u32 = 65_536;

/// Lifts the values of one call. `'m` is the guest's memory.
#[derive(Debug)]
pub struct Lifting<'m, 'c, H: Handles> {
    memory: Memory<'m>,
    handles: &'c mut H,
    lends: &'c mut Lends,
    limit: u32,
}

impl<'m, 'c, H: Handles> Lifting<'m, 'c, H> {
    /// From `memory`, with handles out of `handles`; those that are borrowed are noted in `lends`.
    #[inline]
    pub const fn new(memory: Memory<'m>, handles: &'c mut H, lends: &'c mut Lends) -> Self {
        Self { memory, handles, lends, limit: DEFAULT_LIMIT }
    }

    /// Bounds what is lifted from here on: the bytes of all its strings and lists together, also of lists within
    /// lists, so that the work of one call is bounded too. More is [`Trap::TooLong`].
    #[inline]
    pub const fn set_limit(&mut self, bytes: u32) {
        self.limit = bytes;
    }

    /// The guest's memory.
    #[must_use]
    #[inline]
    pub const fn memory(&self) -> Memory<'m> {
        self.memory
    }

    /// Checks that `ptr` is aligned for a `T` and that a whole `T` is there.
    #[inline]
    pub fn check<T: Type>(&self, ptr: u32) -> Result<(), Trap> {
        check_alignment(ptr, T::ALIGN)?;
        self.memory.slice(ptr, T::SIZE).map(drop)
    }

    /// All parameters of a call, as a tuple: flat, or behind one pointer if they are more than [`MAX_FLAT_PARAMS`].
    #[inline]
    pub fn params<T: Lift<'m, H>>(&mut self, flat: &mut Flat<'_>) -> Result<T, Trap> {
        self.lift_up_to(MAX_FLAT_PARAMS, flat)
    }

    /// The result of an export: flat, or behind one pointer if it is more than [`MAX_FLAT_RESULTS`].
    #[inline]
    pub fn result<T: Lift<'m, H>>(&mut self, flat: &mut Flat<'_>) -> Result<T, Trap> {
        self.lift_up_to(MAX_FLAT_RESULTS, flat)
    }

    #[inline]
    fn lift_up_to<T: Lift<'m, H>>(&mut self, max: usize, flat: &mut Flat<'_>) -> Result<T, Trap> {
        if T::FLAT <= max {
            return T::lift(self, flat);
        }
        let ptr = flat.next_u32()?;
        self.check::<T>(ptr)?;
        T::load(self, ptr)
    }

    /// Takes the own handle at `index` away from the guest.
    #[inline]
    pub fn take_own(&mut self, index: u32, id: ResourceId) -> Result<H::Rep, Trap> {
        self.handles.take_own(index, id)
    }

    /// Borrows the handle at `index` for the call.
    #[inline]
    pub fn lend(&mut self, index: u32, id: ResourceId) -> Result<H::Rep, Trap> {
        let rep = self.handles.lend(index, id)?;
        self.lends.push(index)?;
        Ok(rep)
    }

    /// The place of `len` elements of type `T` at `ptr`, after the checks that a list or string passes before its
    /// elements are looked at: limit, alignment, bounds.
    #[inline]
    pub(crate) fn range<T: Type>(&mut self, ptr: u32, len: u32) -> Result<&'m [u8], Trap> {
        let bytes = len.checked_mul(T::SIZE).ok_or(Trap::TooLong)?;
        self.limit = self.limit.checked_sub(bytes).ok_or(Trap::TooLong)?;
        check_alignment(ptr, T::ALIGN)?;
        self.memory.slice(ptr, bytes)
    }

    /// Lifts something that holds no handles, under the same limit.
    #[inline]
    pub(crate) fn without_handles<T>(
        &mut self,
        f: impl FnOnce(&mut Lifting<'m, '_, crate::NoHandles>) -> Result<T, Trap>,
    ) -> Result<T, Trap> {
        let mut inner =
            Lifting { memory: self.memory, handles: &mut crate::NoHandles, lends: &mut *self.lends, limit: self.limit };
        let value = f(&mut inner)?;
        self.limit = inner.limit;
        Ok(value)
    }
}

/// Lowers values into one guest.
pub struct Lowering<'g, H: Handles> {
    target: Target<'g>,
    handles: &'g mut H,
}

/// Where a value is lowered to. Values without strings and lists never call the guest back, so they are written
/// through one view of its memory; the others take a new view for each write.
enum Target<'g> {
    Guest(&'g mut dyn Guest),
    Memory(MemoryMut<'g>),
}

impl<'g, H: Handles> Lowering<'g, H> {
    /// Into `guest`, with handles into `handles`.
    ///
    /// Lowering strings and lists calls `cabi_realloc`, with `handles` borrowed meanwhile: an import that the guest
    /// calls from there has to be refused before it looks at the table.
    #[inline]
    pub const fn new(guest: &'g mut dyn Guest, handles: &'g mut H) -> Self {
        Self { target: Target::Guest(guest), handles }
    }

    /// The guest's handle table.
    #[inline]
    pub const fn handles(&mut self) -> &mut H {
        self.handles
    }

    /// The guest's memory as it is now.
    #[inline]
    pub fn memory_mut(&mut self) -> MemoryMut<'_> {
        match &mut self.target {
            Target::Guest(guest) => guest.memory_mut(),
            Target::Memory(memory) => memory.reborrow(),
        }
    }

    /// Writes `bytes` at `ptr`.
    #[inline]
    pub fn write<const N: usize>(&mut self, ptr: u32, bytes: [u8; N]) -> Result<(), Trap> {
        self.memory_mut().write(ptr, bytes)
    }

    /// Has the guest allocate `size` bytes aligned to `align`.
    #[inline]
    pub fn allocate(&mut self, align: u32, size: u32) -> Result<u32, Trap> {
        match &mut self.target {
            Target::Guest(guest) => allocate(*guest, align, size),
            Target::Memory(_) => {
                debug_assert!(false, "a type with HEAP = false asks for memory");
                Err(Trap::BadRealloc)
            }
        }
    }

    /// Checks that `ptr` is aligned for a `T` and that a whole `T` fits there.
    #[inline]
    pub fn check<T: Type>(&mut self, ptr: u32) -> Result<(), Trap> {
        check_alignment(ptr, T::ALIGN)?;
        self.memory_mut().slice_mut(ptr, T::SIZE).map(drop)
    }

    /// Stores the result of an import at `ptr`, which the guest passed for it.
    #[inline]
    pub fn store_result<T: Lower<H>>(&mut self, value: &T, ptr: u32) -> Result<(), Trap> {
        self.with_one_view::<T, _>(|cx| {
            cx.check::<T>(ptr)?;
            value.store(cx, ptr)
        })
    }

    /// Lowers all parameters of an export, a tuple, to `args`: flat, or in memory that the guest allocates if they are
    /// more than [`MAX_FLAT_PARAMS`]. Returns how many core values they are.
    #[inline]
    pub fn params<T: Lower<H>>(&mut self, value: &T, args: &mut [u64; MAX_FLAT_PARAMS]) -> Result<usize, Trap> {
        let mut flat = FlatMut::new(args);
        if T::FLAT <= MAX_FLAT_PARAMS {
            value.lower(self, &mut flat)?;
            return Ok(T::FLAT);
        }
        let ptr = self.allocate(T::ALIGN, T::SIZE)?;
        self.with_one_view::<T, _>(|cx| value.store(cx, ptr))?;
        flat.push(ptr.into())?;
        Ok(1)
    }

    /// Runs `f` over one view of the memory if a `T` can do with that.
    #[inline]
    pub(crate) fn with_one_view<T: Type, U>(&mut self, f: impl FnOnce(&mut Lowering<'_, H>) -> U) -> U {
        let target = match &mut self.target {
            Target::Guest(guest) if T::HEAP => Target::Guest(&mut **guest),
            Target::Guest(guest) => Target::Memory(guest.memory_mut()),
            Target::Memory(memory) => Target::Memory(memory.reborrow()),
        };
        f(&mut Lowering { target, handles: &mut *self.handles })
    }
}
