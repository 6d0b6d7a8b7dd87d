//! What a guest can do inside `cabi_realloc`, where the kernel has called it back in the middle of a call.
//!
//! The exported `cabi_realloc` asks the global allocator, so the misbehaviour is in that.

use alloc::alloc::alloc as allocate;
use core::alloc::{GlobalAlloc, Layout};
use core::hint::black_box;
use core::sync::atomic::{AtomicU8, Ordering};

use locket_guest::{Arena, Result, info};

use crate::{SURVIVED, code, raw};

#[global_allocator]
static HEAP: Heap = Heap { arena: Arena::new(), mood: AtomicU8::new(Mood::Obey as u8) };

struct Heap {
    arena: Arena<512>,
    mood: AtomicU8,
}

/// What the next allocations do.
#[derive(Clone, Copy)]
pub enum Mood {
    /// Allocate.
    Obey,
    /// Find no memory: the guest stops with `unreachable`.
    Fail,
    /// Stop with `unreachable` without looking: the same end, from another place.
    Trap,
    /// Never come back: out of fuel where there is a limit.
    Loop,
    /// Call the kernel: trap, an import must not be called from inside `cabi_realloc`.
    Call,
}

// SAFETY: the arena upholds the contract; every other mood returns null or not at all.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let mood = self.mood.load(Ordering::Relaxed);
        if mood == Mood::Fail as u8 {
            return core::ptr::null_mut();
        } else if mood == Mood::Trap as u8 {
            code::trap();
        } else if mood == Mood::Loop as u8 {
            code::spin();
        } else if mood == Mood::Call as u8 {
            raw::log(2, raw::SCRATCH.address(), 0, raw::SCRATCH.address(), 0);
        }
        // SAFETY: the caller keeps the contract.
        unsafe { self.arena.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract, and every block is the arena's.
        unsafe { self.arena.dealloc(block, layout) };
    }
}

/// Asks for a text while the allocator is in this mood. The mood says how the container ends.
pub fn during_realloc(mood: Mood) -> Result<u8> {
    HEAP.mood.store(mood as u8, Ordering::Relaxed);
    let name = info::name();
    HEAP.mood.store(Mood::Obey as u8, Ordering::Relaxed);
    drop(name);
    Ok(SURVIVED)
}

/// Takes all memory, then has the kernel hand over a text: `cabi_realloc` finds no room, so trap: unreachable.
pub fn exhaust() -> Result<u8> {
    for size in [64, 8] {
        // SAFETY: the layout has a size. (Unseen, an allocation that nobody uses would be optimised away.)
        while !black_box(unsafe { allocate(Layout::from_size_align_unchecked(size, 8)) }).is_null() {}
    }
    drop(info::name());
    Ok(SURVIVED)
}
