//! Channels between containers: `locket:ipc/channel`.
//!
//! The channels themselves are the kernel's. This room only puts the kernel's words into the interface's: it holds no
//! state, knows no board, and cannot reach an end of a channel that its caller was not granted.
//!
//! A board offers it with two lines:
//! ```
//! # use locket_kernel::{ContainerId, Event, Platform};
//! use locket_ipc::{Channels, channel};
//! # struct Board;
//! # impl Platform for Board {
//! #     type RawMutex = parking_lot::RawMutex;
//! #     fn monotonic(&self) -> u64 { 0 }
//! #     fn wall_clock(&self) -> Option<(u64, u32)> { None }
//! #     fn park(&self, _: ContainerId, _: Option<u64>) {}
//! #     fn unpark(&self, _: ContainerId) {}
//! #     fn yield_now(&self) {}
//! #     fn cpu_time(&self) -> u64 { 0 }
//! #     fn event(&self, _: &Event<'_>) {}
//! # }
//! impl channel::Host for Board {
//!     type Channel = Channels;
//!     fn channel(&self) -> &Channels {
//!         &Channels
//!     }
//! }
//! ```
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::arithmetic_side_effects
    )
)]

mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

pub use bindings::{channel, poll};

use channel::{Error, ReceiverReceiveReply, Replied};
use locket_abi::List;
use locket_kernel::{Access, ChannelError, Platform, Step, Stop, WaitSource};

/// The provider: each operation is the kernel's own, done with the caller's [`Access`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Channels;

impl<B: Platform> channel::Channel<B> for Channels {
    fn sender_send(&self, sender: &Access<'_, B>, message: &[u8]) -> Step<Result<(), Error>> {
        sender.send(message).map(|sent| sent.map_err(Error::from))
    }

    fn sender_subscribe(&self, sender: &Access<'_, B>) -> Result<WaitSource, Error> {
        Ok(sender.sendable()?)
    }

    fn receiver_receive(
        &self,
        receiver: &Access<'_, B>,
        mut reply: ReceiverReceiveReply<'_, B>,
    ) -> Result<Replied, Stop> {
        let message: Result<List<'_, u8>, Error> = receiver.receive(reply.guest())?.map_err(Error::from);
        reply.send(&message)
    }

    fn receiver_take_lost(&self, receiver: &Access<'_, B>) -> Result<u32, Error> {
        Ok(receiver.take_lost()?)
    }

    fn receiver_subscribe(&self, receiver: &Access<'_, B>) -> Result<WaitSource, Error> {
        Ok(receiver.receivable()?)
    }
}

impl From<ChannelError> for Error {
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::Denied(denial) => denial.into(),
            ChannelError::Full => Self::Full,
            ChannelError::Empty => Self::Empty,
            ChannelError::TooLong => Self::TooLong,
            ChannelError::Closed => Self::Closed,
        }
    }
}

#[cfg(test)]
mod tests;
