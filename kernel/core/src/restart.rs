//! What follows when a container ends.

use locket_policy::{Backoff, Restart as Rule, RestartWhen};

use crate::ExitReason;

/// What the policy's restart rule says after an end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Restart {
    /// It stays ended.
    Never,
    /// It is started again in this many nanoseconds; [`crate::Kernel::pause`] waits that long.
    After(u64),
    /// It failed too often in a row and stays ended.
    GaveUp,
}

/// Decides after the end of a run that lasted `lasted` nanoseconds. `row` counts restarts in a row, and is kept here.
///
/// A run that lasted longer than the longest backoff was a healthy one: the row begins anew. A container that was
/// killed or refused is not started again: the one was somebody's will, the other would only repeat itself.
pub(crate) fn decide(rule: Rule, reason: ExitReason, lasted: u64, row: &mut u32) -> Restart {
    let Rule::Again { when, backoff, give_up_after } = rule else { return Restart::Never };
    if matches!(reason, ExitReason::Killed | ExitReason::Refused(_))
        || (reason.is_success() && when == RestartWhen::Failed)
    {
        return Restart::Never;
    }
    if reason.is_success() || lasted > millis(backoff.max_ms.get()) {
        *row = 0;
    }
    if give_up_after.is_some_and(|limit| *row >= u32::from(limit.get())) {
        return Restart::GaveUp;
    }
    let after = delay(backoff, *row);
    *row = row.saturating_add(1);
    Restart::After(after)
}

fn delay(backoff: Backoff, row: u32) -> u64 {
    millis(backoff.delay_ms(row))
}

const fn millis(ms: u32) -> u64 {
    (ms as u64).saturating_mul(1_000_000)
}

#[cfg(test)]
mod tests {
    use core::num::{NonZeroU16, NonZeroU32};

    use super::*;
    use crate::{Refusal, TrapKind};

    const MS: u64 = 1_000_000;
    const TRAP: ExitReason = ExitReason::Trapped(TrapKind::Unreachable);

    fn again(when: RestartWhen, give_up_after: u16) -> Rule {
        let ms = |ms| NonZeroU32::new(ms).unwrap();
        Rule::Again {
            when,
            backoff: Backoff { min_ms: ms(10), max_ms: ms(50) },
            give_up_after: NonZeroU16::new(give_up_after),
        }
    }

    #[test]
    fn failures_back_off_and_then_give_up() {
        let (rule, mut row) = (again(RestartWhen::Failed, 4), 0);
        let mut next = |lasted| decide(rule, TRAP, lasted, &mut row);
        assert_eq!([next(0), next(0), next(0)], [10, 20, 40].map(|ms| Restart::After(ms * MS)));
        assert_eq!(next(0), Restart::After(50 * MS));
        assert_eq!(next(0), Restart::GaveUp);
        assert_eq!(next(51 * MS), Restart::After(10 * MS), "a long run begins a new row");
    }

    #[test]
    fn only_what_the_rule_names_is_restarted() {
        let after = |rule, reason| decide(rule, reason, 0, &mut 0);
        let (failed, always) = (again(RestartWhen::Failed, 0), again(RestartWhen::Always, 0));
        assert_eq!(after(failed, ExitReason::Exited(0)), Restart::Never);
        assert_eq!(after(always, ExitReason::Exited(0)), Restart::After(10 * MS));
        assert_eq!(after(failed, ExitReason::Exited(1)), Restart::After(10 * MS));
        for reason in [ExitReason::OutOfFuel, ExitReason::OutOfMemory, ExitReason::Revoked, TRAP] {
            assert_eq!(after(failed, reason), Restart::After(10 * MS));
            assert_eq!(after(Rule::Never, reason), Restart::Never);
        }
        for reason in [ExitReason::Killed, ExitReason::Refused(Refusal::NoMemory)] {
            assert_eq!(after(always, reason), Restart::Never);
        }
    }
}
