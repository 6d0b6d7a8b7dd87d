//! Channels as the policy declares them.

use core::num::{NonZeroU16, NonZeroU32};

use crate::{Rate, RuleId, Text};

/// The longest message that a channel may carry, in bytes (`locket:ipc/channel`, `send`).
pub const MAX_MESSAGE: u32 = 65_536;

/// One channel. Its ends are grants whose object is [`Object::Sender`](crate::Object::Sender) or
/// [`Object::Receiver`](crate::Object::Receiver); it has at least one of each, and exactly one receiver unless full
/// means [`WhenFull::DropOldest`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The name, which is also the label of its ends; at most [`MAX_LABEL`](crate::MAX_LABEL) bytes.
    pub name: Text,
    /// Bytes of its longest message, at most [`MAX_MESSAGE`].
    pub message: NonZeroU32,
    /// How many messages it holds.
    pub depth: NonZeroU16,
    /// How often each sender may send; `None`: as it likes.
    pub rate: Option<Rate>,
    /// What a send does when `depth` messages are waiting.
    pub when_full: WhenFull,
    /// The line of the policy file that declares it.
    pub rule: RuleId,
}

/// What a send does when the channel is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// It fails with `full`.
    Reject,
    /// It takes the place of the oldest message; receivers that had not read that are told how many they lost.
    DropOldest,
    /// It waits for room, then fails with `full`.
    Wait {
        /// Milliseconds that it waits.
        timeout_ms: NonZeroU32,
    },
}
