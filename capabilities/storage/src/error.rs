//! Why storage cannot be used, and why an operation was refused.

use crate::partition::FlashFailed;

/// Why a flash cannot be mounted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MountError {
    /// The flash did not answer.
    #[error("the flash failed")]
    Flash,
    /// The flash has words or pages of a size that the storage cannot work with: words have at most 32 bytes and are read
    /// as a whole or in parts, pages have at least 2048 bytes and at most 32768.
    #[error("words or pages of this flash have a size that the storage cannot use")]
    Geometry,
    /// The flash is too small for what should be on it.
    #[error("the flash is short by {short} bytes of the {needed} that its buckets and logs need")]
    TooSmall {
        /// Bytes needed.
        needed: u32,
        /// Bytes missing.
        short: u32,
    },
    /// There are more buckets, logs or entries than this storage was built for.
    #[error("more buckets, logs, keys or records than this storage was built for")]
    TooMany,
    /// The buffer is too small.
    #[error("the buffer must have {needed} bytes")]
    Buffer {
        /// Bytes needed.
        needed: usize,
    },
    /// The flash holds buckets or logs of other sizes.
    #[error("the flash was formatted for buckets or logs of other sizes")]
    OtherLayout,
    /// What is on the flash is damaged beyond repair.
    #[error("what is on the flash is damaged")]
    Damaged,
}

impl From<FlashFailed> for MountError {
    fn from(_: FlashFailed) -> Self {
        Self::Flash
    }
}

impl From<Refused> for MountError {
    fn from(_: Refused) -> Self {
        Self::Damaged
    }
}

/// Why an operation was refused. Except after `Failed`, nothing has changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// There would be more bytes or entries than the object or the quota allows.
    #[error("over the limit")]
    OverLimit,
    /// A key, a value, a batch or a record is longer than it may be, or a key is empty.
    #[error("invalid size")]
    InvalidSize,
    /// The value is no number, or the sum does not fit into one.
    #[error("not a number")]
    NotANumber,
    /// The flash failed, or what is on it is damaged. The change was made as a whole or not at all; which of the two shows
    /// when it is read.
    #[error("the flash failed")]
    Failed,
}

impl From<FlashFailed> for Refused {
    fn from(_: FlashFailed) -> Self {
        Self::Failed
    }
}
