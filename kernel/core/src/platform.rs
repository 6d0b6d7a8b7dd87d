//! What the kernel asks of a board.

use crate::{ContainerId, Event, Footprint};

/// The board's side of the kernel: time, threads, and where events go.
///
/// Each container runs on a thread of its own. The kernel calls these functions from container threads and from the
/// board's own, never while it holds one of its locks (except for the raw lock itself).
pub trait Platform: Sized + 'static {
    /// The lock around the kernel's tables. It is held for short, bounded times; a spin lock is only right where
    /// threads do not preempt one another.
    type RawMutex: lock_api::RawMutex;

    /// Operations that a container runs between two calls of [`crate::Instance::refill`]; at most a millisecond's
    /// worth, because a kill of a busy loop takes effect there.
    const SLICE: u32 = 10_000;

    /// The smallest step of [`Platform::monotonic`] and [`Platform::wall_clock`] in nanoseconds, from 1 on.
    const CLOCK_RESOLUTION: u64 = 1;

    /// Nanoseconds since the device started; never goes back.
    fn monotonic(&self) -> u64;

    /// Seconds since 1970 and nanoseconds within the second, or `None` on a device that does not know.
    fn wall_clock(&self) -> Option<(u64, u32)>;

    /// Puts the calling thread, which runs `container`, to sleep until [`Platform::unpark`] or until `deadline`
    /// (in the time of [`Platform::monotonic`]).
    ///
    /// An `unpark` that came before leaves a token that makes the next `park` return at once. May return early.
    fn park(&self, container: ContainerId, deadline: Option<u64>);

    /// Wakes `container` out of [`Platform::park`], or leaves the token. Called from any thread.
    fn unpark(&self, container: ContainerId);

    /// Lets other threads run, also those of lower priority: the kernel calls it while a revocation waits for calls of
    /// theirs that are under way.
    fn yield_now(&self);

    /// Processor time that the calling thread has used, in nanoseconds.
    fn cpu_time(&self) -> u64;

    /// Bytes that there are for containers (linear memory, module, instance, stack of each); the policy's `memory`
    /// lines have to fit in them.
    fn container_memory(&self) -> u64 {
        u64::MAX
    }

    /// Takes note of what happened: console, log, trace. Must return soon and must not call a container.
    fn event(&self, event: &Event<'_>);

    /// Takes note of what `container` takes up in its memory, as it is about to run; for reports.
    fn loaded(&self, container: ContainerId, footprint: &Footprint) {
        let _ = (container, footprint);
    }
}
