//! The arena that the calling thread allocates from.
//!
//! WAMR's allocator callbacks say what is wanted, not for whom. The engine therefore sets a slot of the thread
//! whenever it calls WAMR, and empties it afterwards: outside of such a call, an allocation fails.

use core::ptr;

use crate::arena::Arena;

/// Runs `f` with `arena` as the one that this thread's WAMR calls allocate from. The arena that was current
/// before, if any, is current again afterwards.
pub(crate) fn with_arena<T>(arena: &Arena<'_>, f: impl FnOnce() -> T) -> T {
    /// Also on unwinding.
    struct Restore(*const Arena<'static>);
    impl Drop for Restore {
        fn drop(&mut self) {
            slot::set(self.0);
        }
    }
    let _restore = Restore(slot::get());
    slot::set(ptr::from_ref(arena).cast());
    f()
}

/// Calls `f` with the current arena.
pub(crate) fn arena<T>(f: impl FnOnce(&Arena<'_>) -> T) -> Option<T> {
    // SAFETY: set by `with_arena` on this thread, which has not returned yet, from a reference that lives longer.
    unsafe { slot::get().as_ref() }.map(f)
}

#[cfg(feature = "std")]
mod slot {
    use std::cell::Cell;
    use std::ptr;
    use std::thread_local;

    use crate::arena::Arena;

    thread_local! {
        static SLOT: Cell<*const Arena<'static>> = const { Cell::new(ptr::null()) };
    }

    pub(super) fn get() -> *const Arena<'static> {
        SLOT.get()
    }

    pub(super) fn set(arena: *const Arena<'static>) {
        SLOT.set(arena);
    }
}

#[cfg(not(feature = "std"))]
mod slot {
    use crate::arena::Arena;
    use crate::thread_slot;

    pub(super) fn get() -> *const Arena<'static> {
        thread_slot::get().cast_const().cast()
    }

    pub(super) fn set(arena: *const Arena<'static>) {
        thread_slot::set(arena.cast_mut().cast());
    }
}
