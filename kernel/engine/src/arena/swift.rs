//! Blocks out of two-level segregated fit lists (`rlsf`): constant time, for some hundred bytes of lists.

use core::alloc::Layout;
use core::ptr::NonNull;

use rlsf::{GRANULARITY, Tlsf};

use super::ALIGN;

/// Size classes, for blocks up to 2 GiB.
const FIRST: usize = 26;
const SECOND: usize = 16;

/// What the allocator puts before each allocation.
const HEADER: usize = GRANULARITY / 2;

/// The block's lifetime is that of the arena: the lists are inside one, and hold pointers only.
pub(super) struct Blocks(Tlsf<'static, u32, u16, FIRST, SECOND>);

impl Blocks {
    /// The free memory `block`, and how many bytes of it can be allocated.
    ///
    /// # Safety
    /// Nobody else uses `block` while the result and what is allocated from it are used.
    pub(super) unsafe fn new(block: NonNull<[u8]>) -> (Self, usize) {
        let mut lists = Tlsf::new();
        // SAFETY: as the caller guarantees.
        let capacity = unsafe { lists.insert_free_block_ptr(block) }.map_or(0, usize::from);
        (Self(lists), capacity)
    }

    pub(super) fn allocate(&mut self, size: usize) -> Option<NonNull<u8>> {
        self.0.allocate(layout(size)?)
    }

    /// In its place if there is room behind it; else moved, if there is room elsewhere; else `None`, and nothing has
    /// changed.
    ///
    /// # Safety
    /// `pointer` is a live allocation.
    pub(super) unsafe fn reallocate(&mut self, pointer: NonNull<u8>, size: usize) -> Option<NonNull<u8>> {
        // SAFETY: live, and made with the same alignment.
        unsafe { self.0.reallocate(pointer, layout(size)?) }
    }

    /// # Safety
    /// `pointer` is a live allocation, and not used again.
    pub(super) unsafe fn free(&mut self, pointer: NonNull<u8>) {
        // SAFETY: live, and made with this alignment.
        unsafe { self.0.deallocate(pointer, ALIGN) };
    }

    /// Bytes that an allocation takes out of the block.
    ///
    /// # Safety
    /// `pointer` is a live allocation.
    pub(super) unsafe fn block_size(pointer: NonNull<u8>) -> usize {
        // SAFETY: passed on.
        unsafe { Self::usable_size(pointer) }.saturating_add(HEADER)
    }

    /// Bytes that an allocation can hold.
    ///
    /// # Safety
    /// `pointer` is a live allocation.
    pub(super) unsafe fn usable_size(pointer: NonNull<u8>) -> usize {
        // SAFETY: passed on.
        unsafe { Tlsf::<'static, u32, u16, FIRST, SECOND>::allocation_usable_size(pointer) }
    }
}

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size, ALIGN).ok()
}
