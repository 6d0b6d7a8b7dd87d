//! From the start of a container to its end, and on to the next start (principle 9).

use core::borrow::Borrow;
use core::sync::atomic::Ordering::SeqCst;

use locket_policy::Object;

use crate::capability::Class;
use crate::kernel::index_of;
use crate::lifecycle::Phase;
use crate::table::New;
use crate::{
    Account, ContainerId, Event, ExitReason, Instance, Kernel, Platform, Restart, Rights, StartError, restart,
};

/// A run that was started and has no instance yet; dropped without one, it ends.
#[must_use = "the run that was started needs its instance"]
pub struct Begun<'k, B: Platform> {
    kernel: &'k Kernel<B>,
    container: ContainerId,
    now: u64,
}

impl<'k, B: Platform> Begun<'k, B> {
    /// The run's instance.
    // Not inlined: the caller's stack then holds it once.
    #[inline(never)]
    #[must_use]
    pub fn instance(self) -> Instance<'k, B> {
        let (kernel, container, now) = (self.kernel, self.container, self.now);
        core::mem::forget(self);
        Instance::new(kernel, container, now)
    }
}

impl<B: Platform> Drop for Begun<'_, B> {
    fn drop(&mut self) {
        self.kernel.end(self.container, ExitReason::Killed, Account::default());
    }
}

impl<B: Platform> Kernel<B> {
    /// Starts a run of `container`: it gets its capabilities, and its channel ends exist from here on.
    ///
    /// The board hands the instance to the thread on which the container is to run, and in the end to
    /// [`Kernel::finish`].
    pub fn start(&self, container: ContainerId) -> Result<Instance<'_, B>, StartError> {
        Ok(self.begin(container)?.instance())
    }

    /// Starts a run of `container` as [`Kernel::start`] does, but for its instance, which is large: a thread with a
    /// small stack makes it when all else of the start is done with.
    #[inline(never)]
    pub fn begin(&self, container: ContainerId) -> Result<Begun<'_, B>, StartError> {
        if self.policy_of(container).is_none() {
            return Err(StartError::Unknown);
        }
        let now = self.board.monotonic();
        let flags = self.flags.get(container.index()).ok_or(StartError::Unknown)?;
        let started = self.with_record(container, |record| {
            if record.active {
                return Err(StartError::Running);
            }
            let killed = flags.stop.load(SeqCst) && core::mem::take(&mut record.restarting);
            // Under the lock that `kill` takes, so that a kill is either before this start or meant for it.
            flags.stop.store(false, SeqCst);
            if self.shutdown.load(SeqCst) {
                return Err(StartError::ShuttingDown);
            }
            if killed {
                return Err(StartError::Killed);
            }
            record.active = true;
            record.restarting = false;
            record.began = now;
            record.starts = record.starts.saturating_add(1);
            record.account = Account::default();
            Ok(record.starts)
        });
        let start_count = started.unwrap_or(Err(StartError::Unknown))?;
        self.set_phase(container, Phase::Running);
        if self.give_grants(container).is_err() {
            self.revoke_all_of(container);
            self.with_record(container, |record| {
                record.active = false;
                record.starts = record.starts.saturating_sub(1);
            });
            self.set_phase(container, Phase::Idle);
            return Err(StartError::TableFull);
        }
        self.board.event(&Event::Started { container: self.name(container), start_count });
        Ok(Begun { kernel: self, container, now })
    }

    /// Gives `container` what the policy grants it, all or nothing being the caller's concern.
    fn give_grants(&self, container: ContainerId) -> Result<(), ()> {
        let holder = index_of(container);
        for ((position, grant), object) in (0_u16..).zip(self.policy().grants()).zip(&self.objects) {
            if grant.container != holder {
                continue;
            }
            let (class, rate) = match grant.object {
                Object::Interface | Object::Settings(_) | Object::Board(_) => (Class::Board, grant.rate),
                // A sender pays by message: the channel's rate, and its own if the grant has one.
                Object::Sender(channel) => {
                    (Class::Sender, grant.rate.or(self.policy().channel(channel).and_then(|channel| channel.rate)))
                }
                Object::Receiver(_) => (Class::Receiver, grant.rate),
            };
            let rights = Rights::from_bits_retain(grant.rights.bits());
            let new =
                New { holder: container, class, object: *object, rights, grant: position, rate, quota: grant.quota };
            self.capabilities.lock().grant(new, &self.gates).ok_or(())?;
            self.join_channel(class, *object, container);
        }
        Ok(())
    }

    /// Ends a run, for `reason`: handles close, capabilities and what was derived from them are revoked, channel ends
    /// are told, and nothing of the run is left for the next. Says what the policy's restart rule wants.
    ///
    /// Called on the container's thread, whose processor time since the last slice is accounted here. The instance may
    /// be borrowed, since it is large; nothing can be done with it afterwards.
    pub fn finish<'k>(&'k self, instance: impl Borrow<Instance<'k, B>>, reason: ExitReason) -> Restart {
        let instance = instance.borrow();
        if instance.is_retired() {
            return Restart::Never;
        }
        // What it used since its last slice; its share no longer matters.
        let _ = instance.charge();
        instance.retire();
        self.end(instance.id(), reason, instance.account())
    }

    pub(crate) fn end(&self, container: ContainerId, reason: ExitReason, account: Account) -> Restart {
        self.gates.close(container);
        self.revoke_all_of(container);
        let now = self.board.monotonic();
        let shutdown = self.shutdown.load(SeqCst);
        let rule = self.policy_of(container).map(|entry| entry.restart).filter(|_| !shutdown);
        self.set_phase(container, Phase::Idle);
        let decided = self.with_record(container, |record| {
            let lasted = now.saturating_sub(record.began);
            let restart = rule.map_or(Restart::Never, |rule| restart::decide(rule, reason, lasted, &mut record.row));
            record.active = false;
            record.restarting = matches!(restart, Restart::After(_));
            record.ended = Some(reason);
            record.account = account;
            (restart, record.row)
        });
        let (restart, row) = decided.unwrap_or((Restart::Never, 0));
        let name = self.name(container);
        self.board.event(&Event::Exited { container: name, reason });
        match restart {
            Restart::Never => {}
            Restart::After(after) => self.board.event(&Event::Restarting { container: name, after }),
            Restart::GaveUp => self.board.event(&Event::GaveUp { container: name, failures: row.saturating_add(1) }),
        }
        restart
    }

    /// Waits on the container's thread until `deadline` ([`Platform::monotonic`]), as before a restart. `false` if the
    /// container was killed or the device shuts down, which ends the wait at once.
    pub fn pause(&self, container: ContainerId, deadline: u64) -> bool {
        loop {
            if self.is_stopped(container) || self.shutdown.load(SeqCst) {
                return false;
            }
            if self.board.monotonic() >= deadline {
                return true;
            }
            self.board.park(container, Some(deadline));
        }
    }
}
