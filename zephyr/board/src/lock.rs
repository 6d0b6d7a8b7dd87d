//! Locks between threads.

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use lock_api::{GuardNoSend, RawMutex};
use zephyr_sys as sys;

/// A lock that keeps other threads from running while it is held: right on one processor, for short and bounded times.
///
/// Whoever holds it may sleep, as a driver does that waits for its bus. Then others run, and find it held: they sleep
/// until it is free.
pub(crate) struct SchedulerLock {
    /// Only looked at and changed while the scheduler is locked.
    held: AtomicBool,
}

// SAFETY: between `try_lock` and `unlock` no other thread finds `held` unset: it is looked at and set in one piece,
// because the scheduler is locked. Only one processor runs (Kconfig).
unsafe impl RawMutex for SchedulerLock {
    const INIT: Self = Self { held: AtomicBool::new(false) };

    type Guard = GuardNoSend;

    fn lock(&self) -> GuardNoSend {
        loop {
            match self.try_lock() {
                Some(guard) => return guard,
                None => sys::locket_zephyr_nap(),
            }
        }
    }

    fn try_lock(&self) -> Option<GuardNoSend> {
        sys::locket_zephyr_lock_scheduler();
        if self.held.load(Relaxed) {
            // SAFETY: locked above.
            unsafe { sys::locket_zephyr_unlock_scheduler() };
            return None;
        }
        self.held.store(true, Relaxed);
        Some(GuardNoSend::new())
    }

    unsafe fn unlock(&self, _: GuardNoSend) {
        self.held.store(false, Relaxed);
        // SAFETY: the caller holds this lock, so the scheduler has been locked on this thread.
        unsafe { sys::locket_zephyr_unlock_scheduler() };
    }

    fn is_locked(&self) -> bool {
        self.held.load(Relaxed)
    }
}

/// The lock of the console, under which threads sleep: a line takes milliseconds. There is one, and one thing in it.
pub(crate) struct ConsoleLock(());

// SAFETY: a binary semaphore of Zephyr's. There is only one mutex of this type, so no two share it.
unsafe impl RawMutex for ConsoleLock {
    const INIT: Self = Self(());

    type Guard = GuardNoSend;

    fn lock(&self) -> GuardNoSend {
        sys::locket_zephyr_lock_console();
        GuardNoSend::new()
    }

    fn try_lock(&self) -> Option<GuardNoSend> {
        sys::locket_zephyr_try_lock_console().then(GuardNoSend::new)
    }

    unsafe fn unlock(&self, _: GuardNoSend) {
        // SAFETY: the caller holds it.
        unsafe { sys::locket_zephyr_unlock_console() };
    }

    fn is_locked(&self) -> bool {
        let free = self.try_lock();
        // SAFETY: locked right here.
        free.map(|guard| unsafe { self.unlock(guard) }).is_none()
    }
}
