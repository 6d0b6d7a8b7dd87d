//! The guest's heap: a fixed block of memory, decided at compile time.
//!
//! An ordinary wasm allocator asks for pages of 64 KiB with `memory.grow`, and a module that contains that
//! instruction keeps whole pages for itself. This one hands out parts of a static [`Arena`], so that the engine
//! can cut the container's linear memory down to the bytes that the guest declared.
//!
//! Blocks carry no header: the caller of an allocator gives the size back when it frees. Free blocks form one list
//! in ascending order of address, first fit; a freed block merges with free neighbours, so memory that is free and
//! adjacent is always one block.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::{self, NonNull};

/// Bytes of a granule, the unit of every size and position in the heap.
const GRANULE: usize = size_of::<Granule>();

/// What a free block keeps in its first granule.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Granule {
    /// Length of this free block, in granules.
    len: u32,
    /// Position of the next free block, in granules from the start of the heap; 0 ends the list.
    next: u32,
}

/// Position of the granule that heads the list. It belongs to no block; its `len` says whether the heap was set up.
const HEAD: u32 = 0;

/// `N` bytes of memory for the guest's heap, to be made the global allocator.
///
/// [`main!`](crate::main) declares it; a guest only chooses `N`, a multiple of 8 of at least 16, of which the arena keeps 8
/// for itself. An allocation takes its size rounded up to 8 bytes, and nothing more. One that does not fit fails
/// like any failed allocation in Rust: `alloc::alloc` returns null and `Vec` panics.
#[repr(C, align(8))]
pub struct Arena<const N: usize> {
    memory: UnsafeCell<[u8; N]>,
}

impl<const N: usize> Arena<N> {
    const SIZE_IS_VALID: () = assert!(
        N.is_multiple_of(GRANULE) && N >= 2 * GRANULE && N <= u32::MAX as usize,
        "an arena's size is a multiple of 8 bytes, and at least 16"
    );

    /// An arena with all its memory free. All zero, so that it takes no room in the module's file.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only useful in a static, which `Default` cannot initialise")]
    pub const fn new() -> Self {
        let () = Self::SIZE_IS_VALID;
        Self { memory: UnsafeCell::new([0; N]) }
    }

    fn heap(&self) -> Heap {
        Heap {
            start: NonNull::from_ref(&self.memory).cast(),
            #[expect(clippy::cast_possible_truncation, reason = "SIZE_IS_VALID bounds N by u32::MAX")]
            len: (N / GRANULE) as u32,
        }
    }
}

// SAFETY: a guest has one thread, and the kernel enters it only while that thread waits in a call to the kernel,
// which no method of this type makes; so no two of them run at the same time.
#[cfg(all(target_family = "wasm", not(target_feature = "atomics")))]
unsafe impl<const N: usize> Sync for Arena<N> {}

// SAFETY: `Heap` upholds the allocator's contract: its blocks lie inside the arena, are aligned as asked, and do not
// overlap until they are freed. It never unwinds. The layouts that callers pass back are trusted, as the contract of
// `GlobalAlloc` allows.
unsafe impl<const N: usize> GlobalAlloc for Arena<N> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.heap().allocate(layout).map_or(ptr::null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller passes what `alloc` or `realloc` returned, and its layout.
        unsafe { self.heap().free(NonNull::new_unchecked(block), layout) };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller passes what `alloc` or `realloc` returned, its layout, and a size that is valid for
        // its alignment.
        unsafe {
            let block = NonNull::new_unchecked(block);
            let mut heap = self.heap();
            if heap.resize(block, layout, new_size) {
                return block.as_ptr();
            }
            let Some(moved) = heap.allocate(Layout::from_size_align_unchecked(new_size, layout.align())) else {
                return ptr::null_mut();
            };
            // Only growing moves a block: shrinking succeeds in place.
            moved.copy_from_nonoverlapping(block, layout.size());
            heap.free(block, layout);
            moved.as_ptr()
        }
    }
}

/// The list of free blocks in one piece of memory. All of its state is in that memory; all zero means all free.
///
/// Holding one proves nothing about exclusive use: the arena makes one for the length of a call.
struct Heap {
    start: NonNull<Granule>,
    /// Granules in the heap, the head included.
    len: u32,
}

impl Heap {
    fn allocate(&mut self, layout: Layout) -> Option<NonNull<u8>> {
        let need = granules(layout.size())?;
        if self.get(HEAD).len == 0 {
            self.set(HEAD, Granule { len: 1, next: 1 });
            self.set(1, Granule { len: self.len - 1, next: 0 });
        }
        let mut before = HEAD;
        loop {
            let at = self.get(before).next;
            if at == 0 {
                return None;
            }
            let free = self.get(at);
            let front = self.misalignment(at, layout.align())?;
            if front.checked_add(need)? <= free.len {
                self.carve(before, at, front, need);
                return Some(self.address(at + front));
            }
            before = at;
        }
    }

    /// Frees `block`.
    ///
    /// # Safety
    /// `block` is a block of this heap with the given layout that has not been freed.
    unsafe fn free(&mut self, block: NonNull<u8>, layout: Layout) {
        // A block of this heap was allocated with a size that fits.
        let len = granules(layout.size()).unwrap_or(0);
        self.release(self.position(block), len);
    }

    /// Tries to change the size of `block` where it is. Making it smaller always succeeds.
    ///
    /// # Safety
    /// As for [`free`](Self::free).
    unsafe fn resize(&mut self, block: NonNull<u8>, layout: Layout, new_size: usize) -> bool {
        let (Some(old), Some(new)) = (granules(layout.size()), granules(new_size)) else { return false };
        let end = self.position(block) + old;
        let Some(more) = new.checked_sub(old) else {
            self.release(end - (old - new), old - new);
            return true;
        };
        let before = self.last_free_before(end);
        if more == 0 {
            return true;
        }
        let fits = self.get(before).next == end && self.get(end).len >= more;
        if fits {
            self.carve(before, end, 0, more);
        }
        fits
    }

    /// Takes `need` granules, `front` granules into the free block at `at`, out of the list; the pieces before and
    /// after stay in it. `before` is the free block, or the head, that precedes `at`.
    fn carve(&mut self, before: u32, at: u32, front: u32, need: u32) {
        let free = self.get(at);
        let end = at + front + need;
        let rest = free.len - front - need;
        let mut next = free.next;
        if rest > 0 {
            self.set(end, Granule { len: rest, next });
            next = end;
        }
        if front > 0 {
            self.set(at, Granule { len: front, next });
        } else {
            self.set(before, Granule { next, ..self.get(before) });
        }
    }

    /// Puts `len` granules at `at` into the list and merges them with free neighbours.
    fn release(&mut self, at: u32, len: u32) {
        if len == 0 {
            return;
        }
        let before = self.last_free_before(at);
        let previous = self.get(before);
        let mut freed = Granule { len, next: previous.next };
        if freed.next == at + len {
            let following = self.get(freed.next);
            freed = Granule { len: len + following.len, next: following.next };
        }
        // The head never merges: it is not part of any block.
        if before != HEAD && before + previous.len == at {
            self.set(before, Granule { len: previous.len + freed.len, next: freed.next });
        } else {
            self.set(at, freed);
            self.set(before, Granule { next: at, ..previous });
        }
    }

    /// The last free block, or the head, that lies before `position`.
    fn last_free_before(&self, position: u32) -> u32 {
        let mut before = HEAD;
        loop {
            let next = self.get(before).next;
            if next == 0 || next >= position {
                return before;
            }
            before = next;
        }
    }

    /// Granules from `at` to the next address that is a multiple of `align`; none if they are more than any heap has.
    fn misalignment(&self, at: u32, align: usize) -> Option<u32> {
        let address = self.address(at).addr().get();
        u32::try_from((address.wrapping_neg() & (align - 1)) / GRANULE).ok()
    }

    fn address(&self, at: u32) -> NonNull<u8> {
        debug_assert!(at <= self.len);
        // SAFETY: a position lies inside the heap or at its end.
        unsafe { self.start.add(at as usize) }.cast()
    }

    fn position(&self, block: NonNull<u8>) -> u32 {
        let offset = block.addr().get() - self.start.addr().get();
        #[expect(clippy::cast_possible_truncation, reason = "a heap has at most u32::MAX bytes")]
        let position = (offset / GRANULE) as u32;
        position
    }

    fn get(&self, at: u32) -> Granule {
        debug_assert!(at < self.len);
        // SAFETY: only the head and the first granules of free blocks are read. They lie inside the heap, are
        // initialised, and nobody else uses them.
        unsafe { self.start.add(at as usize).read() }
    }

    fn set(&mut self, at: u32, granule: Granule) {
        debug_assert!(at < self.len);
        // SAFETY: only the head and the first granules of free blocks are written. They lie inside the heap, and
        // nobody else uses them.
        unsafe { self.start.add(at as usize).write(granule) };
    }
}

/// The granules that `size` bytes take; none if no heap could hold them.
fn granules(size: usize) -> Option<u32> {
    u32::try_from(size.div_ceil(GRANULE)).ok()
}

#[cfg(test)]
mod tests;
