//! The revocation barrier: generations of capabilities, and one gate per container (principle 4).
//!
//! A call stores its capability's number in its container's gate and then looks at the generation; a revocation changes
//! the generation and then looks at the gates. Both in the one order of sequentially consistent accesses, so either the
//! call sees that it was revoked, or the revocation sees the call and waits until it has left. A call pays one store
//! and one load. There is no read-modify-write: a gate is written by its container's thread alone, generations under
//! the capability table's lock alone.

use core::sync::atomic::{
    AtomicU32,
    Ordering::{Relaxed, Release, SeqCst},
};

use crate::ContainerId;
use crate::capacity::{CAPABILITIES, CONTAINERS};

pub(crate) struct Gates {
    generations: [AtomicU32; CAPABILITIES],
    /// Number of the capability in use plus one; 0 while none is.
    gates: [AtomicU32; CONTAINERS],
}

/// A generation that no capability ever has again: its number is retired instead of starting over, so that a reference
/// that was kept for four billion revocations cannot come back to life.
const RETIRED: u32 = u32::MAX;

impl Gates {
    pub(crate) const fn new() -> Self {
        Self {
            generations: [const { AtomicU32::new(0) }; CAPABILITIES],
            gates: [const { AtomicU32::new(0) }; CONTAINERS],
        }
    }

    /// Opens `container`'s gate for a use of capability `index`; `false` if that is not of `generation` any more, and
    /// then the gate is closed again. Only for the container's own thread.
    #[inline]
    pub(crate) fn open(&self, container: ContainerId, index: u16, generation: u32) -> bool {
        let (Some(gate), Some(current)) = (self.gates.get(container.index()), self.generations.get(usize::from(index)))
        else {
            return false;
        };
        gate.store(u32::from(index).wrapping_add(1), SeqCst);
        if current.load(SeqCst) == generation {
            return true;
        }
        gate.store(0, Release);
        false
    }

    /// Closes `container`'s gate: what was done behind it happened before a revocation that finds it closed.
    #[inline]
    pub(crate) fn close(&self, container: ContainerId) {
        if let Some(gate) = self.gates.get(container.index()) {
            gate.store(0, Release);
        }
    }

    /// Number of the capability that `container` is using now.
    pub(crate) fn in_use(&self, container: ContainerId) -> Option<u16> {
        let value = self.gates.get(container.index())?.load(SeqCst);
        u16::try_from(value.checked_sub(1)?).ok()
    }

    /// Whether capability `index` is still of `generation`.
    #[inline]
    pub(crate) fn is_current(&self, index: u16, generation: u32) -> bool {
        self.generations.get(usize::from(index)).is_some_and(|current| current.load(SeqCst) == generation)
    }

    /// The generation of capability `index`. Under the table's lock.
    pub(crate) fn generation(&self, index: u16) -> u32 {
        self.generations.get(usize::from(index)).map_or(RETIRED, |current| current.load(Relaxed))
    }

    /// Makes every reference to capability `index` stale. Under the table's lock.
    pub(crate) fn bump(&self, index: u16) {
        if let Some(current) = self.generations.get(usize::from(index)) {
            current.store(current.load(Relaxed).saturating_add(1), SeqCst);
        }
    }

    /// Whether capability `index` must not be given out again.
    pub(crate) fn is_retired(&self, index: u16) -> bool {
        self.generation(index) == RETIRED
    }
}
