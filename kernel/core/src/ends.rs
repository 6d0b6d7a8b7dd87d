//! Sending and receiving, as the provider of `locket:ipc/channel` asks for it.

use locket_abi::{Guest, List, reallocate};
use locket_policy::WhenFull;

use crate::capability::{Capability, Class};
use crate::channel::{Front, Sent};
use crate::{Access, ContainerSet, Denial, End, Platform, Step, Stop, Wait, WaitSource};

/// Why a message was not sent or received.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ChannelError {
    /// The kernel refused it.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The channel is full, or stayed full for as long as the policy waits.
    #[error("full")]
    Full,
    /// No message is there now.
    #[error("empty")]
    Empty,
    /// The message is longer than the channel's.
    #[error("too-long")]
    TooLong,
    /// Nobody is running at the other end.
    #[error("closed")]
    Closed,
}

impl<B: Platform> Access<'_, B> {
    /// Sends `message` over the channel whose sending end this is. A message that is stored is debited from the
    /// sender's rate, and one that is not stored is not (principle 5).
    ///
    /// Where the policy says `wait`, a full channel is waited for; the time that the policy allows runs from the first
    /// wait of the call on, however often it is woken.
    pub fn send(&self, message: &[u8]) -> Step<Result<(), ChannelError>> {
        let step = self.try_to_send(message);
        if let Step::Done(Err(_)) = step
            && self.instance.waited.get().is_some()
        {
            // It stood in line, and does not send: the others go on without it.
            let kernel = self.instance.kernel;
            let woken = kernel.with_channel(self.object(), |channel| channel.leave_line(self.instance.id));
            kernel.wake(woken.unwrap_or(ContainerSet::EMPTY));
        }
        step
    }

    fn try_to_send(&self, message: &[u8]) -> Step<Result<(), ChannelError>> {
        let capability = match self.end(Class::Sender) {
            Ok(capability) => capability,
            Err(denial) => return Step::Done(Err(denial.into())),
        };
        if capability.metered
            && let Err(denial) = self.debit()
        {
            return Step::Done(Err(denial.into()));
        }
        let kernel = self.instance.kernel;
        let pushed = kernel
            .with_channel(self.object(), |channel| (channel.push(message, self.instance.id), channel.when_full()))
            .unwrap_or((Sent::Closed, WhenFull::Reject));
        let (Sent::Full, WhenFull::Wait { timeout_ms }) = pushed else {
            return Step::Done(self.sent(pushed.0));
        };
        if capability.metered {
            self.credit();
        }
        let since = self.instance.waited.get().unwrap_or_else(|| kernel.board.monotonic());
        let deadline = since.saturating_add(u64::from(timeout_ms.get()).saturating_mul(1_000_000));
        if self.instance.waited.get().is_some() && kernel.board.monotonic() >= deadline {
            return Step::Done(Err(ChannelError::Full));
        }
        Step::Wait(Wait::from(WaitSource::Sendable(End::of(&capability, self.object()))).until(deadline))
    }

    fn sent(&self, sent: Sent) -> Result<(), ChannelError> {
        let error = match sent {
            Sent::Stored(woken) => {
                self.instance.update(|account| account.messages_sent = account.messages_sent.saturating_add(1));
                self.instance.kernel.wake(woken);
                return Ok(());
            }
            Sent::Full => ChannelError::Full,
            Sent::TooLong => ChannelError::TooLong,
            Sent::Closed => ChannelError::Closed,
        };
        self.credit();
        Err(error)
    }

    /// Takes the oldest message of the channel whose receiving end this is, into memory that `guest` allocates.
    ///
    /// No lock is held while the guest allocates, and no revocation waits for it; the message may have been dropped to
    /// make room by then. The one behind it is taken in that case, into the same memory if it is as long.
    pub fn receive(&self, guest: &mut dyn Guest) -> Result<Result<List<'static, u8>, ChannelError>, Stop> {
        let capability = match self.end(Class::Receiver) {
            Ok(capability) => capability,
            Err(denial) => return Ok(Err(denial.into())),
        };
        let kernel = self.instance.kernel;
        let container = self.instance.id;
        let (mut ptr, mut room) = (0, None);
        loop {
            let front = kernel.with_channel(self.object(), |channel| channel.front(container));
            let len = match front.unwrap_or(Front::Closed) {
                Front::Message(len) => len,
                Front::Empty => return Ok(Err(ChannelError::Empty)),
                Front::Closed => return Ok(Err(ChannelError::Closed)),
            };
            if room != Some(len) {
                let before = room.replace(len).unwrap_or(0);
                let allocated = self.instance.outside(|| reallocate(guest, ptr, before, 1, len));
                let Some(allocated) = allocated else {
                    return Ok(Err(self.instance.deny_use(Denial::Revoked, &capability).into()));
                };
                ptr = allocated?;
            }
            let mut memory = guest.memory_mut();
            let buffer = memory.slice_mut(ptr, len)?;
            let popped = kernel.with_channel(self.object(), |channel| channel.pop(container, buffer)).flatten();
            if let Some(woken) = popped {
                self.instance.update(|account| account.messages_received = account.messages_received.saturating_add(1));
                kernel.wake(woken);
                return Ok(Ok(List::Placed { ptr, len }));
            }
        }
    }

    /// How many messages were dropped before this container took them, since it last asked.
    pub fn take_lost(&self) -> Result<u32, ChannelError> {
        self.end(Class::Receiver)?;
        let container = self.instance.id;
        let lost = self.instance.kernel.with_channel(self.object(), |channel| channel.take_lost(container));
        Ok(lost.unwrap_or(0))
    }

    /// What to wait for before `send` neither says `full` nor waits.
    pub fn sendable(&self) -> Result<WaitSource, ChannelError> {
        self.subscribe(Class::Sender).map(WaitSource::Sendable)
    }

    /// What to wait for before `receive` does not say `empty`.
    pub fn receivable(&self) -> Result<WaitSource, ChannelError> {
        self.subscribe(Class::Receiver).map(WaitSource::Receivable)
    }

    fn subscribe(&self, class: Class) -> Result<End, ChannelError> {
        let capability = self.end(class)?;
        if self.instance.has_room() {
            Ok(End::of(&capability, self.object()))
        } else {
            Err(self.instance.deny_use(Denial::QuotaExceeded, &capability).into())
        }
    }

    /// The capability, if it is for an end of this class and its operation is still open.
    fn end(&self, class: Class) -> Result<Capability, Denial> {
        match self.capability {
            Some(capability) if capability.class == class && self.is_open() => Ok(capability),
            Some(capability) => Err(self.instance.deny_use(Denial::NotPermitted, &capability)),
            None => Err(self.instance.deny(Denial::NotPermitted, "", crate::RuleId::POLICY)),
        }
    }
}
