//! Storage that survives a power cut: `locket:storage/kv` and `locket:storage/log`.
//!
//! [`kv`] and [`mod@log`] are generated from the WIT: provider traits, types, tables of imports. [`Store`] implements them
//! over any flash with `embedded-storage`'s blocking [`NorFlash`](embedded_storage::nor_flash::NorFlash). A board with
//! several stores implements [`Buckets`] and [`Logs`] and is a provider too.
//!
//! **Guarantees.** Each change is made as a whole or not at all, at whatever write or erasure the power fails and whatever
//! is then found in the words and pages that were under way; when it has returned, it is on the flash. No
//! change makes a bucket hold more than it was made for, or more than the quota of the grant through which it comes. It
//! has its own pages: nobody else's changes wear them out or fill them.
//! **Is called by** the kernel's glue, which has checked grant, rights and rate.
//! **Never** waits for anything but the flash, and for that as long as [`Store`] says; never runs guest code while it is
//! locked; never allocates.
//!
//! The flash must leave alone what is not being written or erased, read back what it was told to write, and take a word
//! that was written before if it is written to all zeroes, as NOR flash does, also with error correction that lets a word
//! be zeroed.
//!
//! # How
//! `sequential-storage` keeps the entries and levels the wear. Around it stand three rooms that make it hold under more
//! than an interrupted write: `partition` erases pages as a whole or not at all, `tail` writes nothing behind a torn item,
//! and `bucket` makes several changes one.
#![cfg_attr(not(any(test, feature = "testing")), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(any(test, feature = "testing")),
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
mod bucket;
mod error;
mod key_value;
mod partition;
mod provider;
mod records;
mod slots;
mod store;
mod tail;
#[cfg(feature = "testing")]
pub mod testing;

pub use bindings::{kv, log};
pub use error::{MountError, Refused};
pub use key_value::{Change, KEY_OVERHEAD, KeyValue, MAX_BATCH, MAX_CHANGES, MAX_KEY, MAX_VALUE};
pub use provider::{Buckets, Logs};
pub use records::{MAX_RECORD, RECORD_OVERHEAD, RecordLog, Span};
pub use store::{Layout, Size, Store};
