//! The kernel's safepoint inside a running container: fuel, processor share, kill.

use crate::lifecycle::Phase;
use crate::{Instance, Platform, Stop};

/// What the engine does after a slice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refill {
    /// Runs so many operations more, at least one, then asks again.
    Continue(u32),
    /// Ends the guest; [`Instance::stop_reason`] says why.
    End,
}

impl<B: Platform> Instance<'_, B> {
    /// Notes that the container begins to run, on the calling thread, whose processor time counts from here on.
    pub fn begin(&self) {
        self.cpu_read.set(Some(self.board().cpu_time()));
    }

    /// Accounts `used` operations and gives the next slice; called by the engine before the first slice, with 0, and
    /// whenever a slice is used up. A container that is over its processor share is held here until its window ends.
    pub fn refill(&self, used: u32) -> Refill {
        self.account_operations(used);
        if let Some(until) = self.charge() {
            // Should guest code run in the middle of an operation, no revocation waits for it while it is held here.
            if self.outside(|| self.throttle(until)).is_none() {
                self.stopped(Stop::Revoked);
            }
        }
        self.publish();
        if self.stop_reason().is_some() || self.is_open_but_revoked() {
            self.stopped(Stop::Revoked);
            return Refill::End;
        }
        if self.kernel.is_stopped(self.id) {
            self.stopped(Stop::Killed);
            return Refill::End;
        }
        let left = self.kernel.limits(self.id).fuel.map_or(u64::MAX, |limit| limit.saturating_sub(self.burnt.get()));
        if left == 0 {
            self.stopped(Stop::OutOfFuel);
            return Refill::End;
        }
        Refill::Continue(B::SLICE.min(u32::try_from(left).unwrap_or(u32::MAX)))
    }

    /// Accounts the processor time since this was last called. Returns until when the container has to pause.
    pub(crate) fn charge(&self) -> Option<u64> {
        let read = self.board().cpu_time();
        let cpu = self.cpu_read.replace(Some(read)).map_or(0, |before| read.saturating_sub(before));
        self.update(|account| account.cpu_time = account.cpu_time.saturating_add(cpu));
        let mut share = self.share.get();
        let until = share.charge(cpu, self.board().monotonic());
        self.share.set(share);
        until
    }

    fn throttle(&self, until: u64) {
        self.kernel.set_phase(self.id, Phase::Throttled);
        while !self.kernel.is_stopped(self.id) && self.board().monotonic() < until {
            self.board().park(self.id, Some(until));
        }
        self.kernel.set_phase(self.id, Phase::Running);
    }
}
