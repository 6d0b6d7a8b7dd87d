//! How much of a granted rate is used up.

use locket_policy::Rate;

/// A rate in use. One point in time says it all: when the rate will be whole again. Compared with a count of tokens and
/// a time of refill, it cannot drift, and idle time costs nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    rate: Rate,
    /// Nanoseconds, low half first: there is one in each entry of the capability table, where alignment to 8 bytes
    /// would cost more than it gains.
    whole_at: [u32; 2],
}

impl Bucket {
    pub(crate) const fn new(rate: Rate) -> Self {
        Self { rate, whole_at: [0; 2] }
    }

    pub(crate) const fn rate(&self) -> Rate {
        self.rate
    }

    const fn whole_at(&self) -> u64 {
        let [low, high] = self.whole_at;
        low as u64 | (high as u64) << 32
    }

    const fn set_whole_at(&mut self, time: u64) {
        #[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
        let halves = [time as u32, (time >> 32) as u32];
        self.whole_at = halves;
    }

    /// Whether one more use is within the rate at `now`.
    pub(crate) const fn available(&self, now: u64) -> bool {
        let interval = self.rate.interval_ns();
        let used = self.whole_at().saturating_sub(now);
        used.saturating_add(interval) <= interval.saturating_mul(self.rate.count.get() as u64)
    }

    /// Takes one use.
    pub(crate) const fn debit(&mut self, now: u64) {
        let whole_at = self.whole_at();
        let start = if whole_at > now { whole_at } else { now };
        self.set_whole_at(start.saturating_add(self.rate.interval_ns()));
    }

    /// Gives one use back.
    pub(crate) const fn credit(&mut self) {
        self.set_whole_at(self.whole_at().saturating_sub(self.rate.interval_ns()));
    }
}

/// Whether `rate` never allows more than `other`, neither at once nor in the long run.
pub(crate) const fn within(rate: Rate, other: Rate) -> bool {
    rate.count.get() <= other.count.get() && rate.interval_ns() >= other.interval_ns()
}

#[cfg(test)]
mod tests {
    use core::num::NonZeroU16;

    use locket_policy::Period;

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn rate(count: u16, period: Period) -> Rate {
        Rate { count: NonZeroU16::new(count).unwrap(), period }
    }

    fn take(bucket: &mut Bucket, now: u64) -> bool {
        let available = bucket.available(now);
        if available {
            bucket.debit(now);
        }
        available
    }

    #[test]
    fn a_burst_up_to_the_count_then_one_per_interval() {
        let mut bucket = Bucket::new(rate(4, Period::Second));
        assert_eq!((0..10).filter(|_| take(&mut bucket, SECOND)).count(), 4);
        assert!(!take(&mut bucket, SECOND + SECOND / 4 - 1));
        assert!(take(&mut bucket, SECOND + SECOND / 4));
        assert!(!take(&mut bucket, SECOND + SECOND / 2 - 1));
        assert_eq!((0..10).filter(|_| take(&mut bucket, 90 * SECOND)).count(), 4, "idle time saves up nothing more");
    }

    #[test]
    fn what_is_given_back_can_be_used_again() {
        let mut bucket = Bucket::new(rate(1, Period::Hour));
        assert!(take(&mut bucket, 50));
        bucket.credit();
        assert!(take(&mut bucket, 50));
        assert!(!take(&mut bucket, 50));
    }

    #[test]
    fn rates_compare_by_burst_and_by_speed() {
        let ten = rate(10, Period::Second);
        assert!(within(ten, ten));
        assert!(within(rate(10, Period::Minute), ten));
        assert!(!within(rate(600, Period::Minute), ten), "as fast in the long run, but sixty times the burst");
        assert!(!within(rate(20, Period::Second), ten));
    }
}
