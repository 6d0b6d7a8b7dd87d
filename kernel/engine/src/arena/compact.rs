//! Blocks out of a list of the free ones (`linked_list_allocator`), first fit: no lists by size, no rounding to classes.
//!
//! Where a container has some KiB, size classes take more memory than they save time: an allocator of constant time
//! needed a tenth of a small container's memory for itself. Allocations happen while a container is loaded; searching
//! the few free blocks there are is bounded by their number. A block that grows is moved: in its place there is hardly
//! ever room.

use core::alloc::Layout;
use core::ptr::{self, NonNull};

use linked_list_allocator::Heap;

use super::ALIGN;

/// Before each allocation: how long it is, header included.
const HEADER: usize = ALIGN;
/// The least that the list can manage.
const SMALLEST: usize = 64;

pub(super) struct Blocks(Heap);

impl Blocks {
    /// The free memory `block`, and how many bytes of it can be allocated.
    ///
    /// # Safety
    /// Nobody else uses `block` while the result and what is allocated from it are used.
    pub(super) unsafe fn new(block: NonNull<[u8]>) -> (Self, usize) {
        let mut heap = Heap::empty();
        let start = block.cast::<u8>();
        let skipped = start.as_ptr().addr().wrapping_neg() % ALIGN;
        let length = block.len().saturating_sub(skipped) / ALIGN * ALIGN;
        if length >= SMALLEST {
            // SAFETY: inside of the block, which nobody else uses, as the caller guarantees.
            unsafe { heap.init(start.as_ptr().add(skipped), length) };
        }
        let capacity = heap.size();
        (Self(heap), capacity)
    }

    pub(super) fn allocate(&mut self, size: usize) -> Option<NonNull<u8>> {
        let layout = layout(size.checked_add(HEADER)?)?;
        let block = self.0.allocate_first_fit(layout).ok()?;
        // SAFETY: just allocated, with room for the header, and aligned to it.
        unsafe {
            block.cast::<usize>().write(layout.size());
            Some(block.add(HEADER))
        }
    }

    /// Moved if it grows and there is room elsewhere; `None`, and nothing has changed, if there is not.
    ///
    /// # Safety
    /// `pointer` is a live allocation.
    pub(super) unsafe fn reallocate(&mut self, pointer: NonNull<u8>, size: usize) -> Option<NonNull<u8>> {
        // SAFETY: live.
        let usable = unsafe { Self::usable_size(pointer) };
        if size <= usable {
            return Some(pointer);
        }
        let moved = self.allocate(size)?;
        // SAFETY: both live, and not the same; the old one is not used again.
        unsafe {
            ptr::copy_nonoverlapping(pointer.as_ptr(), moved.as_ptr(), usable);
            self.free(pointer);
        }
        Some(moved)
    }

    /// # Safety
    /// `pointer` is a live allocation, and not used again.
    pub(super) unsafe fn free(&mut self, pointer: NonNull<u8>) {
        // SAFETY: live, so that the header before it is what `allocate` wrote, and the block was made with this layout.
        unsafe {
            if let Some(layout) = layout(Self::block_size(pointer)) {
                self.0.deallocate(pointer.sub(HEADER), layout);
            }
        }
    }

    /// Bytes that an allocation takes out of the block.
    ///
    /// # Safety
    /// `pointer` is a live allocation.
    pub(super) unsafe fn block_size(pointer: NonNull<u8>) -> usize {
        // SAFETY: live, so that the header is there.
        unsafe { pointer.sub(HEADER).cast::<usize>().read() }
    }

    /// Bytes that an allocation can hold.
    ///
    /// # Safety
    /// `pointer` is a live allocation.
    pub(super) unsafe fn usable_size(pointer: NonNull<u8>) -> usize {
        // SAFETY: passed on.
        unsafe { Self::block_size(pointer) }.saturating_sub(HEADER)
    }
}

/// Whole multiples of the alignment.
fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_next_multiple_of(ALIGN)?, ALIGN).ok()
}

#[cfg(test)]
mod tests {
    use core::mem::MaybeUninit;
    use std::vec;
    use std::vec::Vec;

    use super::*;

    fn with_blocks(bytes: usize, f: impl FnOnce(&mut Blocks, usize)) {
        let mut memory: Vec<MaybeUninit<u8>> = vec![MaybeUninit::new(0xA5); bytes];
        let block = NonNull::slice_from_raw_parts(NonNull::from(&mut *memory).cast::<u8>(), bytes);
        // SAFETY: nobody else uses it, and it outlives `f`.
        let (mut blocks, capacity) = unsafe { Blocks::new(block) };
        f(&mut blocks, capacity);
    }

    #[test]
    fn every_byte_can_be_had_and_comes_back() {
        with_blocks(4096, |blocks, capacity| {
            for _ in 0..3 {
                let all = blocks.allocate(capacity - HEADER).unwrap();
                assert_eq!(blocks.allocate(1), None);
                // SAFETY: live, and freed once.
                unsafe { blocks.free(all) };
                let small: Vec<_> = core::iter::from_fn(|| blocks.allocate(12)).collect();
                assert_eq!(small.len(), capacity / 24, "12 bytes and a header, rounded up to 8");
                for (index, pointer) in small.iter().enumerate() {
                    assert_eq!(pointer.as_ptr().addr() % ALIGN, 0);
                    // SAFETY: live; every other one first, so that neighbours join later.
                    unsafe {
                        assert!(Blocks::usable_size(*pointer) >= 12);
                        if index % 2 == 0 {
                            blocks.free(*pointer);
                        }
                    }
                }
                for pointer in small.iter().skip(1).step_by(2) {
                    // SAFETY: live, and freed once.
                    unsafe { blocks.free(*pointer) };
                }
            }
        });
    }

    #[test]
    fn what_grows_keeps_its_bytes_or_stays_where_it_is() {
        with_blocks(1024, |blocks, _| {
            let pointer = blocks.allocate(100).unwrap();
            // SAFETY: live with 100 bytes, then moved to where 300 are.
            unsafe {
                pointer.write_bytes(7, 100);
                assert_eq!(blocks.reallocate(pointer, 101), Some(pointer), "there was room for it");
                let moved = blocks.reallocate(pointer, 300).unwrap();
                assert_ne!(moved, pointer);
                assert!(core::slice::from_raw_parts(moved.as_ptr(), 100).iter().all(|byte| *byte == 7));
                assert_eq!(blocks.reallocate(moved, 2000), None);
                blocks.free(moved);
            }
        });
    }

    #[test]
    fn a_block_too_small_is_empty() {
        for bytes in 0..SMALLEST {
            with_blocks(bytes, |blocks, capacity| {
                assert_eq!((capacity, blocks.allocate(1)), (0, None));
            });
        }
    }
}
