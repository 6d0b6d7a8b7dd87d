//! One error type for guests that use more than one interface.

use crate::{channel, kv, pin, records};

/// What an operation of [`pin`], [`channel`], [`kv`] or [`records`] was refused with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
    /// A pin operation.
    Pin(pin::Error),
    /// A channel operation.
    Channel(channel::Error),
    /// An operation on a bucket.
    Kv(kv::Error),
    /// An operation on a log of records.
    Records(records::Error),
}

/// A result whose error may come from any interface.
pub type Result<T = (), E = Error> = core::result::Result<T, E>;

impl From<pin::Error> for Error {
    fn from(error: pin::Error) -> Self {
        Self::Pin(error)
    }
}

impl From<channel::Error> for Error {
    fn from(error: channel::Error) -> Self {
        Self::Channel(error)
    }
}

impl From<kv::Error> for Error {
    fn from(error: kv::Error) -> Self {
        Self::Kv(error)
    }
}

impl From<records::Error> for Error {
    fn from(error: records::Error) -> Self {
        Self::Records(error)
    }
}

/// An error that can be named without `core::fmt`, which would double the size of a small guest.
pub trait Describe {
    /// A short text for the log, such as `not-permitted`.
    fn describe(&self) -> &str;
}

impl Describe for pin::Error {
    fn describe(&self) -> &str {
        self.name()
    }
}

impl Describe for channel::Error {
    fn describe(&self) -> &str {
        self.name()
    }
}

impl Describe for kv::Error {
    fn describe(&self) -> &str {
        self.name()
    }
}

impl Describe for records::Error {
    fn describe(&self) -> &str {
        self.name()
    }
}

impl Describe for Error {
    fn describe(&self) -> &str {
        match self {
            Self::Pin(error) => error.name(),
            Self::Channel(error) => error.name(),
            Self::Kv(error) => error.name(),
            Self::Records(error) => error.name(),
        }
    }
}

impl Describe for &str {
    fn describe(&self) -> &str {
        self
    }
}
