//! One channel: a ring of messages in storage that was reserved when the policy was loaded (principle 5).
//!
//! Pure data under the channel's own lock; what has to be woken is returned, and woken by the caller after it let go of
//! the lock. Every receiver has a cursor, so every receiver gets every message. A cursor exists while its container
//! runs: what a container did not take is gone with it, and its successor begins at the ring's head.
//!
//! Where a full channel is waited for, those who wait to send stand in line, and a free slot is for the one whose turn
//! it is: the first after the last sender, going round. So none of them can keep the others from ever sending.

use heapless::Vec;

use locket_policy::WhenFull;

use crate::capacity::RECEIVERS;
use crate::{ContainerId, ContainerSet};

/// Bytes in front of each message, for its length.
const HEADER: usize = 4;

/// Bytes of storage that a channel needs.
pub(crate) const fn storage(depth: u16, message: u32) -> u64 {
    // At most 2^16 times 2^16 + 4.
    (depth as u64).saturating_mul((message as u64).saturating_add(HEADER as u64))
}

pub(crate) struct Channel {
    /// `depth` slots of [`HEADER`] and `message` bytes.
    storage: &'static mut [u8],
    message: u32,
    depth: u16,
    when_full: WhenFull,
    /// Number of the next message.
    head: u64,
    receivers: Vec<Receiver, RECEIVERS>,
    senders: ContainerSet,
    /// Who is to be woken when anything changes.
    waiting: ContainerSet,
    /// Who waits to send.
    line: ContainerSet,
    /// Who sent last.
    last: ContainerId,
}

struct Receiver {
    container: ContainerId,
    /// Number of the message that it takes next.
    cursor: u64,
    lost: u32,
}

/// What became of a message that was to be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sent {
    /// It is in the ring; wake these.
    Stored(ContainerSet),
    Full,
    TooLong,
    /// No receiver is running.
    Closed,
}

/// What is at a receiver's cursor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Front {
    /// A message of so many bytes.
    Message(u32),
    Empty,
    /// Empty, and no sender is running.
    Closed,
}

impl Channel {
    /// `storage` is what [`storage`] says.
    pub(crate) const fn new(storage: &'static mut [u8], depth: u16, message: u32, when_full: WhenFull) -> Self {
        Self {
            storage,
            message,
            depth,
            when_full,
            head: 0,
            receivers: Vec::new(),
            senders: ContainerSet::EMPTY,
            waiting: ContainerSet::EMPTY,
            line: ContainerSet::EMPTY,
            last: ContainerId::FIRST,
        }
    }

    pub(crate) const fn when_full(&self) -> WhenFull {
        self.when_full
    }

    /// How many messages some receiver has yet to take.
    pub(crate) fn len(&self) -> u64 {
        self.receivers.iter().map(|receiver| self.head.saturating_sub(receiver.cursor)).max().unwrap_or(0)
    }

    /// Puts `message` of `container` in. Where the policy says `wait` and there is no room, or it is another's turn, the
    /// container stands in line from then on, until it has sent or leaves the line. Where the policy says `drop-oldest`, receivers that are a whole ring behind lose their
    /// oldest message; a sender is never held up by them.
    pub(crate) fn push(&mut self, message: &[u8], container: ContainerId) -> Sent {
        let Some(length) = u32::try_from(message.len()).ok().filter(|length| *length <= self.message) else {
            return Sent::TooLong;
        };
        if self.receivers.is_empty() {
            return Sent::Closed;
        }
        let depth = u64::from(self.depth);
        if matches!(self.when_full, WhenFull::Wait { .. }) && !(self.len() < depth && self.is_turn_of(container)) {
            self.line.insert(container);
            return Sent::Full;
        }
        if self.len() >= depth {
            if self.when_full != WhenFull::DropOldest {
                return Sent::Full;
            }
            let oldest = self.head.saturating_add(1).saturating_sub(depth);
            for receiver in self.receivers.iter_mut().filter(|receiver| receiver.cursor < oldest) {
                receiver.cursor = oldest;
                receiver.lost = receiver.lost.saturating_add(1);
            }
        }
        let head = self.head;
        let Some(slot) = self.slot_mut(head) else { return Sent::TooLong };
        if let Some((header, body)) = slot.split_first_chunk_mut::<HEADER>()
            && let Some(body) = body.get_mut(..message.len())
        {
            *header = length.to_le_bytes();
            body.copy_from_slice(message);
        }
        self.head = head.saturating_add(1);
        self.line.remove(container);
        self.last = container;
        Sent::Stored(self.waiting.take())
    }

    /// What `container` would take next. [`Front::Closed`] for one that is no receiver.
    pub(crate) fn front(&self, container: ContainerId) -> Front {
        let Some(receiver) = self.receiver(container) else { return Front::Closed };
        match self.message(receiver.cursor) {
            Some(message) => Front::Message(u32::try_from(message.len()).unwrap_or(self.message)),
            None if self.senders.is_empty() => Front::Closed,
            None => Front::Empty,
        }
    }

    /// Moves the message at `container`'s cursor to `buffer`, if it is exactly as long; `None` if it is not, because
    /// another one is there by now. Returns whom to wake.
    pub(crate) fn pop(&mut self, container: ContainerId, buffer: &mut [u8]) -> Option<ContainerSet> {
        let message = self.message(self.receiver(container)?.cursor)?;
        if message.len() != buffer.len() {
            return None;
        }
        buffer.copy_from_slice(message);
        let receiver = self.receiver_mut(container)?;
        receiver.cursor = receiver.cursor.saturating_add(1);
        Some(self.waiting.take())
    }

    /// How many messages `container` has lost since it last asked.
    pub(crate) fn take_lost(&mut self, container: ContainerId) -> u32 {
        self.receiver_mut(container).map_or(0, |receiver| core::mem::take(&mut receiver.lost))
    }

    /// Whether a receive would say something else than `empty`.
    pub(crate) fn is_receivable(&self, container: ContainerId) -> bool {
        self.front(container) != Front::Empty
    }

    /// Whether a send of `container` would neither say `full` nor wait.
    pub(crate) fn is_sendable(&self, container: ContainerId) -> bool {
        self.when_full == WhenFull::DropOldest || (self.len() < u64::from(self.depth) && self.is_turn_of(container))
    }

    /// Whether no one else in line comes before `container`.
    const fn is_turn_of(&self, container: ContainerId) -> bool {
        let mut line = self.line;
        line.insert(container);
        match line.first_after(self.last) {
            Some(first) => first.index() == container.index(),
            None => true,
        }
    }

    /// `container` no longer waits to send. Returns whom to wake.
    pub(crate) const fn leave_line(&mut self, container: ContainerId) -> ContainerSet {
        self.line.remove(container);
        self.waiting.take()
    }

    /// Notes that `container` is to be woken when anything changes.
    pub(crate) const fn watch(&mut self, container: ContainerId) {
        self.waiting.insert(container);
    }

    /// The contrary of [`Channel::watch`].
    pub(crate) const fn unwatch(&mut self, container: ContainerId) {
        self.waiting.remove(container);
    }

    /// Makes `container` a sender.
    pub(crate) const fn join_senders(&mut self, container: ContainerId) {
        self.senders.insert(container);
    }

    /// Makes `container` a receiver, of what is sent from now on. `false` if there are [`RECEIVERS`] already.
    pub(crate) fn join_receivers(&mut self, container: ContainerId) -> bool {
        self.receiver(container).is_some()
            || self.receivers.push(Receiver { container, cursor: self.head, lost: 0 }).is_ok()
    }

    /// Ends `container`'s sending. Returns whom to wake.
    pub(crate) const fn leave_senders(&mut self, container: ContainerId) -> ContainerSet {
        self.senders.remove(container);
        self.leave_line(container)
    }

    /// Ends `container`'s receiving, with what it did not take. Returns whom to wake.
    pub(crate) fn leave_receivers(&mut self, container: ContainerId) -> ContainerSet {
        self.receivers.retain(|receiver| receiver.container != container);
        self.waiting.take()
    }

    fn receiver(&self, container: ContainerId) -> Option<&Receiver> {
        self.receivers.iter().find(|receiver| receiver.container == container)
    }

    fn receiver_mut(&mut self, container: ContainerId) -> Option<&mut Receiver> {
        self.receivers.iter_mut().find(|receiver| receiver.container == container)
    }

    /// Message `number`, if it has been sent.
    fn message(&self, number: u64) -> Option<&[u8]> {
        if number >= self.head {
            return None;
        }
        let (header, body) = self.storage.get(self.place(number)?)?.split_first_chunk::<HEADER>()?;
        body.get(..usize::try_from(u32::from_le_bytes(*header)).ok()?)
    }

    fn slot_mut(&mut self, number: u64) -> Option<&mut [u8]> {
        let place = self.place(number)?;
        self.storage.get_mut(place)
    }

    /// Where in the storage message `number` is.
    fn place(&self, number: u64) -> Option<core::ops::Range<usize>> {
        let size = HEADER.checked_add(usize::try_from(self.message).ok()?)?;
        let start = usize::try_from(number.checked_rem(u64::from(self.depth))?).ok()?.checked_mul(size)?;
        Some(start..start.checked_add(size)?)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::boxed::Box;
    use std::vec;

    use super::*;

    fn id(index: usize) -> ContainerId {
        ContainerId::new(index).unwrap()
    }

    fn channel(when_full: WhenFull) -> Channel {
        let storage = usize::try_from(storage(2, 4)).unwrap();
        let mut channel = Channel::new(Box::leak(vec![0; storage].into_boxed_slice()), 2, 4, when_full);
        channel.join_senders(id(0));
        assert!(channel.join_receivers(id(1)));
        channel
    }

    #[test]
    fn whatever_changes_wakes_those_who_watch() {
        let mut channel = channel(WhenFull::Reject);
        let mut watched = ContainerSet::EMPTY;
        watched.insert(id(2));
        let watch = |channel: &mut Channel| channel.watch(id(2));
        watch(&mut channel);
        assert_eq!(channel.push(b"1", id(0)), Sent::Stored(watched));
        assert_eq!(channel.push(b"2", id(0)), Sent::Stored(ContainerSet::EMPTY), "once");
        watch(&mut channel);
        assert_eq!(channel.pop(id(1), &mut [0]), Some(watched));
        watch(&mut channel);
        assert_eq!(channel.leave_senders(id(0)), watched);
        watch(&mut channel);
        assert_eq!(channel.leave_receivers(id(1)), watched);
        watch(&mut channel);
        channel.unwatch(id(2));
        assert_eq!(channel.leave_receivers(id(1)), ContainerSet::EMPTY);
    }

    #[test]
    fn a_message_of_another_length_than_expected_is_left_there() {
        let mut channel = channel(WhenFull::DropOldest);
        for message in [&b"1"[..], b"22", b"333"] {
            assert!(matches!(channel.push(message, id(0)), Sent::Stored(_)));
        }
        // It was told of "1" before that was dropped.
        assert_eq!(channel.pop(id(1), &mut [0]), None);
        assert_eq!((channel.front(id(1)), channel.take_lost(id(1))), (Front::Message(2), 1));
        let mut buffer = [0; 2];
        assert!(channel.pop(id(1), &mut buffer).is_some());
        assert_eq!(&buffer, b"22");
    }

    #[test]
    fn who_waits_to_send_gets_a_turn() {
        let mut channel = channel(WhenFull::Wait { timeout_ms: 1.try_into().unwrap() });
        let mut taken = std::vec::Vec::new();
        // Container 3 asks most often, and first each time there is room; 7 asks once in a while.
        for round in 0..30_u8 {
            for sender in [3, 3, 5, 7] {
                let asks = sender != 7 || round % 3 == 0 || channel.is_sendable(id(7));
                if asks && matches!(channel.push(&[u8::try_from(sender).unwrap()], id(sender)), Sent::Stored(_)) {
                    assert!(channel.is_turn_of(id(sender)) || !channel.line.contains(id(sender)));
                }
            }
            let mut byte = [0];
            channel.pop(id(1), &mut byte).unwrap();
            taken.push(byte[0]);
        }
        for sender in [3, 5, 7] {
            let turns = taken.iter().filter(|byte| **byte == sender).collect::<std::vec::Vec<_>>().len();
            assert!(turns >= 9, "{sender} had {turns} turns in {taken:?}");
        }
    }

    #[test]
    fn one_that_leaves_the_line_does_not_hold_up_those_behind_it() {
        let mut channel = channel(WhenFull::Wait { timeout_ms: 1.try_into().unwrap() });
        assert!((0..2).all(|_| matches!(channel.push(b"x", id(3)), Sent::Stored(_))));
        assert_eq!([channel.push(b"x", id(5)), channel.push(b"x", id(7))], [Sent::Full, Sent::Full]);
        channel.pop(id(1), &mut [0]).unwrap();
        assert_eq!((channel.is_sendable(id(5)), channel.is_sendable(id(7))), (true, false));
        assert!(!channel.is_sendable(id(2)), "one that does not stand in line would wait too");
        assert_eq!(channel.push(b"x", id(7)), Sent::Full, "not its turn");
        channel.watch(id(7));
        assert!(channel.leave_line(id(5)).contains(id(7)), "it is woken");
        assert!(matches!(channel.push(b"x", id(7)), Sent::Stored(_)));
    }

    #[test]
    fn there_are_only_so_many_receivers() {
        let mut channel = channel(WhenFull::DropOldest);
        assert!((1..=RECEIVERS).all(|index| channel.join_receivers(id(index))));
        assert!(!channel.join_receivers(id(RECEIVERS + 1)));
    }
}
