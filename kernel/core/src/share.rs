//! A container's share of a processor core, counted by windows.
//!
//! In each [`WINDOW`] a container may use its share. What it uses beyond, because a slice ran over, is owed to the next
//! window, so that the share holds over time and not only on average of luck.

/// Length of a window in nanoseconds: 100 ms.
pub(crate) const WINDOW: u64 = 100_000_000;

/// A thousandth of it.
const PERMILLE: u64 = WINDOW / 1000;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    /// What a window allows, in nanoseconds of processor time; `None` for a whole core.
    allowance: Option<u64>,
    /// When the current window began.
    began: u64,
    /// What was used of it, and what is owed from before.
    used: u64,
}

impl Share {
    pub(crate) fn new(permille: u16, now: u64) -> Self {
        let allowance = (permille < 1000).then(|| PERMILLE.saturating_mul(u64::from(permille)));
        Self { allowance, began: now, used: 0 }
    }

    /// Accounts `cpu` nanoseconds of processor time at `now`. Returns until when the container has to pause.
    pub(crate) fn charge(&mut self, cpu: u64, now: u64) -> Option<u64> {
        let allowance = self.allowance?;
        self.used = self.used.saturating_add(cpu);
        let windows = now.saturating_sub(self.began) / WINDOW;
        self.began = self.began.saturating_add(windows.saturating_mul(WINDOW));
        self.used = self.used.saturating_sub(windows.saturating_mul(allowance));
        if self.used < allowance {
            return None;
        }
        // Full windows that have to pass until there is something to use again; at least this one.
        let owed = self.used.checked_div(allowance)?;
        Some(self.began.saturating_add(owed.saturating_mul(WINDOW)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_holds_over_many_windows() {
        for permille in [1_u16, 200, 999] {
            let (mut now, mut cpu) = (5_u64, 0_u64);
            let mut share = Share::new(permille, now);
            while now < 1_000 * WINDOW {
                // Slices of an odd length, so that they straddle windows.
                now += 1_234_567;
                cpu += 1_234_567;
                if let Some(until) = share.charge(1_234_567, now) {
                    assert!(until > now);
                    now = until;
                }
            }
            let (is, should) = (cpu * 1000 / now, u64::from(permille));
            assert!(is.abs_diff(should) <= 2, "{is} instead of {should} thousandths");
        }
    }

    #[test]
    fn a_whole_core_never_pauses() {
        assert_eq!(Share::new(1000, 0).charge(u64::MAX, 1), None);
    }

    #[test]
    fn unused_time_is_not_saved_up() {
        let mut share = Share::new(100, 0);
        assert_eq!(share.charge(0, 50 * WINDOW), None);
        assert_eq!(share.charge(WINDOW / 10, 50 * WINDOW + 1), Some(51 * WINDOW));
    }
}
