//! The memory of one container.
//!
//! An [`Arena`] is one fixed block of memory with an allocator inside: on 64-bit processors one that takes constant time,
//! on smaller ones one that takes next to no memory for itself. All that WAMR allocates for a container comes out of the container's arena: the decoded module, the
//! instance, the linear memory, the interpreter's stack. So a quota is exact and cannot be passed, containers
//! share no allocator lock, and when a container goes, everything of it goes with the block (principles 7
//! and 9).

use core::cell::UnsafeCell;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

#[cfg(any(target_pointer_width = "32", test))]
mod compact;
#[cfg(not(target_pointer_width = "32"))]
mod swift;

#[cfg(target_pointer_width = "32")]
use compact::Blocks;
#[cfg(not(target_pointer_width = "32"))]
use swift::Blocks;

/// What WAMR expects of `malloc`.
const ALIGN: usize = 8;

/// The memory of one container, as a fixed block with an allocator.
///
/// Not `Sync`: one thread at a time allocates, the one that runs the container.
pub struct Arena<'m> {
    heap: UnsafeCell<Heap>,
    memory: PhantomData<&'m mut [MaybeUninit<u8>]>,
}

struct Heap {
    blocks: Blocks,
    /// Address range of the block.
    start: usize,
    end: usize,
    capacity: usize,
    used: usize,
    peak: usize,
    refused: bool,
}

impl<'m> Arena<'m> {
    /// An arena of the whole of `memory`, but for some bytes of alignment.
    #[must_use]
    pub fn new(memory: &'m mut [MaybeUninit<u8>]) -> Self {
        let start = memory.as_ptr().addr();
        let end = start.saturating_add(memory.len());
        let block = NonNull::from(&mut *memory);
        let block = NonNull::slice_from_raw_parts(block.cast::<u8>(), block.len());
        // SAFETY: the block is borrowed for `'m`, which the arena cannot outlive, and nobody else uses it.
        let (blocks, capacity) = unsafe { Blocks::new(block) };
        let heap = Heap { blocks, start, end, capacity, used: 0, peak: 0, refused: false };
        Self { heap: UnsafeCell::new(heap), memory: PhantomData }
    }

    /// Bytes that can be allocated at most, the allocator's own headers included.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.with(|heap| heap.capacity)
    }

    /// Bytes allocated now, the allocator's own headers included. 0 exactly when nothing is allocated.
    #[must_use]
    pub fn used(&self) -> usize {
        self.with(|heap| heap.used)
    }

    /// The largest value of [`Arena::used`] so far.
    #[must_use]
    pub fn peak(&self) -> usize {
        self.with(|heap| heap.peak)
    }

    /// Runs `f` with WAMR's allocations on this thread coming from here: for those who call WAMR past the engine, as
    /// benchmarks do.
    pub fn enter<T>(&self, f: impl FnOnce() -> T) -> T {
        crate::current::with_arena(self, f)
    }

    /// Whether an allocation was refused for lack of room since [`Arena::forget_refusal`].
    pub(crate) fn has_refused(&self) -> bool {
        self.with(|heap| heap.refused)
    }

    pub(crate) fn forget_refusal(&self) {
        self.with(|heap| heap.refused = false);
    }

    /// Allocates at least `size` bytes, aligned to 8. `None`, and a refusal noted, if there is no room.
    pub(crate) fn allocate(&self, size: usize) -> Option<NonNull<u8>> {
        self.with(|heap| {
            let Some(pointer) = at_least_1(size).and_then(|size| heap.blocks.allocate(size)) else {
                heap.refused = true;
                return None;
            };
            // SAFETY: just allocated from these blocks.
            heap.count(0, unsafe { Blocks::block_size(pointer) });
            Some(pointer)
        })
    }

    /// As [`Arena::allocate`], with every byte that the allocation can hold set to 0.
    pub(crate) fn allocate_zeroed(&self, size: usize) -> Option<NonNull<u8>> {
        let pointer = self.allocate(size)?;
        // SAFETY: just allocated; its bytes are nobody else's.
        unsafe { pointer.write_bytes(0, Blocks::usable_size(pointer)) };
        Some(pointer)
    }

    /// Makes an allocation at least `size` bytes large, in its place if there is room behind it. `None`, with the
    /// old allocation untouched and a refusal noted, if there is no room. Bytes past the old ones are 0 if
    /// `zeroed`.
    ///
    /// # Safety
    /// `pointer` is a live allocation of this arena; it is no longer one if this returns another.
    pub(crate) unsafe fn reallocate(&self, pointer: NonNull<u8>, size: usize, zeroed: bool) -> Option<NonNull<u8>> {
        self.with(|heap| {
            // SAFETY: a live allocation of these blocks, as the caller guarantees.
            let (old_block, old_usable) = unsafe { (Blocks::block_size(pointer), Blocks::usable_size(pointer)) };
            // SAFETY: as above.
            let moved = at_least_1(size).and_then(|size| unsafe { heap.blocks.reallocate(pointer, size) });
            let Some(moved) = moved else {
                heap.refused = true;
                return None;
            };
            // SAFETY: `moved` is live now.
            let (new_block, new_usable) = unsafe { (Blocks::block_size(moved), Blocks::usable_size(moved)) };
            heap.count(old_block, new_block);
            if zeroed && new_usable > old_usable {
                // SAFETY: within the allocation, and behind what was copied over.
                unsafe { moved.add(old_usable).write_bytes(0, new_usable.saturating_sub(old_usable)) };
            }
            Some(moved)
        })
    }

    /// Frees an allocation.
    ///
    /// # Safety
    /// `pointer` is a live allocation of this arena, and not used again.
    pub(crate) unsafe fn free(&self, pointer: NonNull<u8>) {
        self.with(|heap| {
            // SAFETY: a live allocation of these blocks, as the caller guarantees.
            let block = unsafe { Blocks::block_size(pointer) };
            // SAFETY: as above.
            unsafe { heap.blocks.free(pointer) };
            heap.count(block, 0);
        });
    }

    /// Whether `pointer` points into this arena.
    pub(crate) fn contains(&self, pointer: NonNull<u8>) -> bool {
        let address = pointer.as_ptr().addr();
        self.with(|heap| (heap.start..heap.end).contains(&address))
    }

    fn with<T>(&self, f: impl FnOnce(&mut Heap) -> T) -> T {
        // SAFETY: not `Sync`, and `f` is one of the closures above, none of which comes back here: the reference
        // is the only one.
        f(unsafe { &mut *self.heap.get() })
    }
}

impl core::fmt::Debug for Arena<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Arena").field("capacity", &self.capacity()).field("used", &self.used()).finish_non_exhaustive()
    }
}

impl Heap {
    fn count(&mut self, freed: usize, allocated: usize) {
        self.used = self.used.saturating_sub(freed).saturating_add(allocated);
        self.peak = self.peak.max(self.used);
    }
}

/// WAMR asks for 0 bytes only when a size did not fit its type, which must not look like success.
fn at_least_1(size: usize) -> Option<usize> {
    (size > 0).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    fn memory(bytes: usize) -> Vec<MaybeUninit<u8>> {
        vec![MaybeUninit::new(0xA5); bytes]
    }

    #[test]
    fn counts_every_byte_and_gives_every_byte_back() {
        let mut memory = memory(4096);
        let arena = Arena::new(&mut memory);
        let first = arena.allocate(100).unwrap();
        let second = arena.allocate(1).unwrap();
        assert!(arena.used() >= 101, "and headers");
        let peak = arena.used();
        // SAFETY: both live, each freed once.
        unsafe {
            arena.free(first);
            arena.free(second);
        }
        assert_eq!(arena.used(), 0);
        assert_eq!(arena.peak(), peak);
        assert!(arena.allocate(arena.capacity() * 3 / 4).is_some(), "freed neighbours join");
    }

    #[test]
    fn refuses_what_does_not_fit_and_remembers() {
        let mut memory = memory(1024);
        let arena = Arena::new(&mut memory);
        assert!(!arena.has_refused());
        assert_eq!(arena.allocate(1025), None);
        assert_eq!(arena.allocate(0), None, "a size that overflowed in C");
        assert!(arena.has_refused());
        arena.forget_refusal();
        assert!(!arena.has_refused());
        assert_eq!(arena.used(), 0);
    }

    #[test]
    fn zeroed_memory_is_zero_after_growing() {
        let mut memory = memory(8192);
        let arena = Arena::new(&mut memory);
        let small = arena.allocate_zeroed(100).unwrap();
        // SAFETY: 100 bytes were allocated.
        unsafe { small.write_bytes(7, 100) };
        let wall = arena.allocate(64).unwrap();
        // SAFETY: live.
        let grown = unsafe { arena.reallocate(small, 3000, true) }.unwrap();
        assert_ne!(grown, small, "the wall is in the way");
        // SAFETY: live, and every byte was written.
        let bytes = unsafe { core::slice::from_raw_parts(grown.as_ptr(), 3000) };
        assert!(bytes[..100].iter().all(|byte| *byte == 7));
        assert!(bytes[100..].iter().all(|byte| *byte == 0));
        // SAFETY: live.
        assert_eq!(unsafe { arena.reallocate(grown, 9000, true) }, None);
        // SAFETY: both live, each freed once.
        unsafe {
            arena.free(grown);
            arena.free(wall);
        }
        assert_eq!(arena.used(), 0);
    }

    #[test]
    fn knows_its_own_addresses() {
        let (mut one, mut two) = (memory(512), memory(512));
        let (one, two) = (Arena::new(&mut one), Arena::new(&mut two));
        let pointer = one.allocate(8).unwrap();
        assert!(one.contains(pointer));
        assert!(!two.contains(pointer));
    }

    #[test]
    fn a_block_too_small_for_anything_is_an_empty_arena() {
        let mut memory = memory(3);
        let arena = Arena::new(&mut memory);
        assert_eq!(arena.capacity(), 0);
        assert_eq!(arena.allocate(1), None);
    }
}
