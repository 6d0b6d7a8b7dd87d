//! What the ABI asks of a running module, and the check of what its allocator returns.

use crate::{Memory, MemoryMut, Trap, check_alignment};

/// A running core module, as far as lifting and lowering need it. Engines implement it.
///
/// A call of [`realloc`](Guest::realloc) runs guest code: the memory may grow or move, so views are taken anew after
/// each one. The borrow checker enforces that.
pub trait Guest {
    /// Its linear memory as it is now.
    fn memory(&self) -> Memory<'_>;

    /// Its linear memory as it is now, to write.
    fn memory_mut(&mut self) -> MemoryMut<'_>;

    /// Calls the module's `cabi_realloc`, with imports forbidden ([`Trap::MayNotLeave`]) until it returns.
    ///
    /// The result is the guest's word only: call [`reallocate`] or [`allocate`], which check it.
    fn realloc(&mut self, old_ptr: u32, old_size: u32, align: u32, new_size: u32) -> Result<u32, Trap>;
}

/// Has the guest change an allocation's size, and returns where `new_size` bytes, aligned to `align`, exist now.
///
/// `old_ptr` and `old_size` are 0 for a new allocation. A null pointer is accepted for 0 bytes only: a guest that has
/// run out of memory must not have its address 0 overwritten.
#[inline]
pub fn reallocate(
    guest: &mut (impl Guest + ?Sized),
    old_ptr: u32,
    old_size: u32,
    align: u32,
    new_size: u32,
) -> Result<u32, Trap> {
    let ptr = guest.realloc(old_ptr, old_size, align, new_size)?;
    if ptr == 0 && new_size != 0 {
        return Err(Trap::BadRealloc);
    }
    check_alignment(ptr, align).map_err(|_| Trap::BadRealloc)?;
    guest.memory().slice(ptr, new_size).map_err(|_| Trap::BadRealloc)?;
    Ok(ptr)
}

/// Has the guest allocate `size` bytes aligned to `align`. It is asked for 0 bytes too, as the specification has it.
#[inline]
pub fn allocate(guest: &mut (impl Guest + ?Sized), align: u32, size: u32) -> Result<u32, Trap> {
    reallocate(guest, 0, 0, align, size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Allocator, FakeGuest};

    #[test]
    fn wrong_pointer_from_realloc_is_refused() {
        for allocator in [Allocator::Null, Allocator::Misaligned, Allocator::OutOfBounds] {
            let mut guest = FakeGuest::with(allocator);
            assert_eq!(allocate(&mut guest, 4, 16), Err(Trap::BadRealloc), "{allocator:?}");
        }
    }

    #[test]
    fn a_guest_that_stops_in_realloc_stays_stopped() {
        assert_eq!(allocate(&mut FakeGuest::with(Allocator::Traps), 4, 16), Err(Trap::Guest));
    }

    #[test]
    fn null_is_accepted_for_no_bytes() {
        assert_eq!(allocate(&mut FakeGuest::with(Allocator::Null), 4, 0), Ok(0));
    }

    #[test]
    fn reallocation_tells_the_guest_what_it_had() {
        let mut guest = FakeGuest::new();
        let ptr = reallocate(&mut guest, 40, 8, 4, 16).unwrap();
        assert_eq!(guest.reallocs, [[40, 8, 4, 16]]);
        assert_eq!(ptr % 4, 0);
    }
}
