//! Time since the device started.

use core::time::Duration;

use crate::bindings::wasi::clocks::monotonic_clock;
use crate::wait::Pollable;

/// Nanoseconds since the device started.
#[must_use]
pub fn now() -> u64 {
    monotonic_clock::now()
}

/// Waits for `time` to pass.
pub fn sleep(time: Duration) {
    after(time).block();
}

/// A pollable that is ready once `time` has passed.
#[must_use]
pub fn after(time: Duration) -> Pollable {
    monotonic_clock::subscribe_duration(nanoseconds(time))
}

/// Beats at a fixed distance, whatever the guest does between them.
#[derive(Debug)]
pub struct Rhythm {
    period: u64,
    next: u64,
}

impl Rhythm {
    /// The first beat is one `period` from now.
    #[must_use]
    pub fn every(period: Duration) -> Self {
        let period = nanoseconds(period);
        Self { period, next: monotonic_clock::now().saturating_add(period) }
    }

    /// Waits for the next beat. Beats that passed while the guest was busy are left out.
    pub fn wait(&mut self) {
        self.pollable().block();
        self.advance(monotonic_clock::now());
    }

    /// A pollable that is ready at the next beat.
    #[must_use]
    pub fn pollable(&self) -> Pollable {
        monotonic_clock::subscribe_instant(self.next)
    }

    /// Moves on to the first beat after `now`.
    fn advance(&mut self, now: u64) {
        let passed = now.saturating_sub(self.next) / self.period.max(1);
        self.next = self.next.saturating_add(self.period.saturating_mul(passed + 1));
    }
}

/// Without the 128-bit arithmetic of `Duration::as_nanos`. The longest time, some 584 years, stands for longer ones.
fn nanoseconds(time: Duration) -> u64 {
    time.as_secs().saturating_mul(1_000_000_000).saturating_add(u64::from(time.subsec_nanos()))
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::{Rhythm, nanoseconds};

    #[test]
    fn a_rhythm_keeps_its_phase_and_leaves_out_what_was_missed() {
        let mut rhythm = Rhythm { period: 10, next: 100 };
        for (now, next) in [(100, 110), (111, 120), (120, 130), (175, 180), (180, 190)] {
            rhythm.advance(now);
            assert_eq!(rhythm.next, next, "after a beat at {now}");
        }
    }

    #[test]
    fn a_rhythm_without_a_period_still_moves_on() {
        let mut rhythm = Rhythm { period: 0, next: 100 };
        rhythm.advance(u64::MAX);
        assert!(rhythm.next >= 100);
    }

    #[test]
    fn long_times_do_not_wrap() {
        assert_eq!(nanoseconds(Duration::from_millis(1500)), 1_500_000_000);
        assert_eq!(nanoseconds(Duration::MAX), u64::MAX);
    }
}
