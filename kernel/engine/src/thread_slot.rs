//! A word per thread, which the board provides where there is no standard library.
//!
//! The engine keeps there which container the thread runs. With the feature `std` it has a word of its own, and what
//! was installed is not asked.

use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

/// The board's word per thread; null in a thread that has not set it.
#[derive(Debug)]
pub struct ThreadSlot {
    /// What this thread set last.
    pub get: fn() -> *mut (),
    /// Sets it for this thread.
    pub set: fn(*mut ()),
}

static INSTALLED: AtomicPtr<ThreadSlot> = AtomicPtr::new(ptr::null_mut());

/// Gives the engine the board's word per thread. Once, before the engine is used.
///
/// # Safety
/// `get` returns what `set` was last called with on the same thread, and null before. Nobody else calls `set`.
pub unsafe fn install(slot: &'static ThreadSlot) {
    INSTALLED.store(ptr::from_ref(slot).cast_mut(), Ordering::Release);
}

#[cfg(not(feature = "std"))]
fn installed() -> Option<&'static ThreadSlot> {
    // SAFETY: null, or what `install` stored: a `&'static`.
    unsafe { INSTALLED.load(Ordering::Acquire).as_ref() }
}

#[cfg(not(feature = "std"))]
pub(crate) fn get() -> *mut () {
    installed().map_or(ptr::null_mut(), |slot| (slot.get)())
}

#[cfg(not(feature = "std"))]
pub(crate) fn set(pointer: *mut ()) {
    if let Some(slot) = installed() {
        (slot.set)(pointer);
    }
}
