//! `wasi:clocks`: the kernel's time, and the time of day if the board knows it.

use locket_kernel::{Access, Instant, Platform, WaitSource};

use crate::{
    System,
    monotonic_clock::MonotonicClock,
    wall_clock::{Datetime, WallClock},
};

const NANOSECONDS: u64 = 1_000_000_000;

impl<B: Platform> MonotonicClock<B> for System {
    fn now(&self, caller: &Access<'_, B>) -> u64 {
        caller.board().monotonic()
    }

    fn resolution(&self, _: &Access<'_, B>) -> u64 {
        B::CLOCK_RESOLUTION
    }

    fn subscribe_instant(&self, _: &Access<'_, B>, when: u64) -> WaitSource {
        WaitSource::Instant(Instant::at(when))
    }

    fn subscribe_duration(&self, caller: &Access<'_, B>, when: u64) -> WaitSource {
        // A time that is too far off to be expressed is a time that never comes.
        caller
            .board()
            .monotonic()
            .checked_add(when)
            .map_or(WaitSource::Never, |at| WaitSource::Instant(Instant::at(at)))
    }
}

impl<B: Platform> WallClock<B> for System {
    fn now(&self, caller: &Access<'_, B>) -> Datetime {
        let (seconds, nanoseconds) = caller.board().wall_clock().unwrap_or_default();
        Datetime { seconds, nanoseconds }
    }

    fn resolution(&self, _: &Access<'_, B>) -> Datetime {
        let step = B::CLOCK_RESOLUTION;
        Datetime { seconds: step / NANOSECONDS, nanoseconds: u32::try_from(step % NANOSECONDS).unwrap_or_default() }
    }
}
