//! Deriving weaker capabilities, and taking capabilities back (principle 4).

use core::num::NonZeroU32;

use locket_policy::Rate;

use crate::capability::{Capability, Class};
use crate::table::{Doomed, Refused};
use crate::{ContainerId, Kernel, Platform, Rights};

/// Why no capability was derived.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DeriveError {
    /// The parent is gone.
    #[error("the capability was revoked")]
    Revoked,
    /// It would have rights that its parent lacks, a higher rate or a larger quota.
    #[error("a derived capability cannot be wider than its parent")]
    Wider,
    /// The receiving end of a channel belongs to the container that the policy names.
    #[error("the receiving end of a channel cannot be passed on")]
    NotPassedOn,
    /// The container that should hold it does not run.
    #[error("the container that should hold it is not running")]
    NotRunning,
    /// There is no room for another capability.
    #[error("the capability table is full")]
    TableFull,
}

impl<B: Platform> Kernel<B> {
    /// Makes a capability out of `parent` that `holder` holds: with `rights`, which `parent` must have, and with `rate`
    /// on top of the rates of all that it descends from, and with a `quota` of bytes that is at most its parent's (`None`:
    /// the parent's). It ends with `parent`, and with either container's run.
    pub fn derive(
        &self,
        parent: &Capability,
        rights: Rights,
        rate: Option<Rate>,
        quota: Option<NonZeroU32>,
        holder: ContainerId,
    ) -> Result<Capability, DeriveError> {
        if parent.class == Class::Receiver && holder != parent.holder {
            return Err(DeriveError::NotPassedOn);
        }
        let run = self.run_number(holder).ok_or(DeriveError::NotRunning)?;
        let derived = self.capabilities.lock().derive(parent, rights, rate, quota, holder, &self.gates);
        let derived = derived.map_err(|refused| match refused {
            Refused::Revoked => DeriveError::Revoked,
            Refused::Wider => DeriveError::Wider,
            Refused::Full => DeriveError::TableFull,
        })?;
        if self.run_number(holder) != Some(run) {
            // The run ended meanwhile, perhaps before it could take this capability down with it; its successor must
            // not inherit it.
            self.revoke(&derived);
            return Err(DeriveError::NotRunning);
        }
        Ok(derived)
    }

    /// Which run of `container` is under way, if one is.
    fn run_number(&self, container: ContainerId) -> Option<u32> {
        self.with_record(container, |record| record.active.then_some(record.starts)).flatten()
    }

    /// Takes back `capability` and everything derived from it. When this returns, no holder can start or complete an
    /// operation on any of it; waits for it have been ended. Returns `false` if it was gone already.
    ///
    /// Operations are short, as providers do not block, so this waits shortly. It must not be called from within an
    /// operation on what it takes back, because it would wait for itself: [`crate::Instance::revoke`] is for that.
    pub fn revoke(&self, capability: &Capability) -> bool {
        let doomed = self.capabilities.lock().condemn(capability, &self.gates);
        self.finish_revocation(&doomed);
        !doomed.capabilities.is_empty()
    }

    /// Revokes all that `container` holds; its gate is closed.
    pub(crate) fn revoke_all_of(&self, container: ContainerId) {
        let doomed = self.capabilities.lock().condemn_all_of(container, &self.gates);
        self.finish_revocation(&doomed);
    }

    /// Wakes, waits, frees.
    fn finish_revocation(&self, doomed: &Doomed) {
        // They may be waiting for something that was just taken away.
        self.wake(doomed.holders);
        for container in doomed.holders {
            while self.gates.in_use(container).is_some_and(|index| doomed.capabilities.contains(index)) {
                self.board.yield_now();
            }
        }
        for index in doomed.capabilities.iter() {
            let buried = self.capabilities.lock().bury(index, &self.gates);
            if let Some((class, object, holder)) = buried {
                self.leave_channel(class, object, holder);
            }
        }
    }
}
