//! The lock of the test board: whoever holds one is not preempted.
//!
//! The kernel holds its locks for short, bounded times, so that is right on one core. Interrupts still come through.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

use crate::threads;

/// How many locks the running thread holds.
static HELD: AtomicU32 = AtomicU32::new(0);
/// A switch that was put off.
static PUT_OFF: AtomicBool = AtomicBool::new(false);

/// Whether no switch may happen now; it then happens when the last lock is released.
pub fn defers_switch() -> bool {
    let held = HELD.load(SeqCst) > 0;
    if held {
        PUT_OFF.store(true, SeqCst);
    }
    held
}

/// One lock.
#[derive(Debug)]
pub struct PreemptionLock(AtomicBool);

// SAFETY: between `lock` and `unlock` no other thread runs, on the only core; taking a lock that the thread holds
// already, which would break that, is a panic.
unsafe impl lock_api::RawMutex for PreemptionLock {
    const INIT: Self = Self(AtomicBool::new(false));

    type Guard = ();

    fn lock(&self) {
        assert!(self.try_lock().is_some(), "a thread takes a lock that it holds");
    }

    fn try_lock(&self) -> Option<()> {
        HELD.fetch_add(1, SeqCst);
        if self.0.swap(true, SeqCst) {
            release();
            None
        } else {
            Some(())
        }
    }

    unsafe fn unlock(&self, (): ()) {
        self.0.store(false, SeqCst);
        release();
    }

    fn is_locked(&self) -> bool {
        self.0.load(SeqCst)
    }
}

fn release() {
    if HELD.fetch_sub(1, SeqCst) == 1 && PUT_OFF.swap(false, SeqCst) {
        threads::yield_now();
    }
}
