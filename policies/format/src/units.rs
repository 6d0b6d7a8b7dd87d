//! Quantities with a unit.

use core::num::{NonZeroU16, NonZeroU32};

/// The time in which a [`Rate`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// `/s`
    Second,
    /// `/m`
    Minute,
    /// `/h`
    Hour,
}

/// How often something may happen: `count` times in a [`Period`], the whole count at once at most.
///
/// The kernel keeps it as a bucket of `count` tokens that fills evenly over the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    /// How many times.
    pub count: NonZeroU16,
    /// In which time.
    pub period: Period,
}

impl Rate {
    /// The period in nanoseconds.
    #[must_use]
    pub const fn period_ns(self) -> u64 {
        const SECOND: u64 = 1_000_000_000;
        match self.period {
            Period::Second => SECOND,
            Period::Minute => 60 * SECOND,
            Period::Hour => 3600 * SECOND,
        }
    }

    /// Nanoseconds in which one token comes back, rounded up so that the rate is never exceeded.
    #[must_use]
    pub const fn interval_ns(self) -> u64 {
        self.period_ns().div_ceil(self.count.get() as u64)
    }
}

/// A share of one processor core, in thousandths: 1 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpu(u16);

impl Cpu {
    /// A whole core: the container is never paused.
    pub const UNLIMITED: Self = Self(1000);

    /// A share of `permille` thousandths; `None` for 0 and above 1000.
    #[must_use]
    pub const fn from_permille(permille: u16) -> Option<Self> {
        match permille {
            1..=1000 => Some(Self(permille)),
            _ => None,
        }
    }

    /// Thousandths of a core.
    #[must_use]
    pub const fn permille(self) -> u16 {
        self.0
    }
}

/// How long the kernel waits before it restarts a container, in milliseconds: `min` at first, doubled each time, at
/// most `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Backoff {
    /// Before the first restart.
    pub min_ms: NonZeroU32,
    /// Before any restart; at least `min_ms`.
    pub max_ms: NonZeroU32,
}

impl Backoff {
    /// Milliseconds before the restart that follows `restarts` earlier ones in a row.
    #[must_use]
    pub fn delay_ms(self, restarts: u32) -> u32 {
        let factor = 1_u32.checked_shl(restarts).unwrap_or(u32::MAX);
        self.min_ms.get().saturating_mul(factor).min(self.max_ms.get())
    }
}
