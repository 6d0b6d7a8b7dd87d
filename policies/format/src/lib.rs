//! The compiled policy of one device, and the one function that decides by it.
//!
//! **Guarantees.** A [`Policy`] value is whole: every index in it leads somewhere, every string is UTF-8, tables are
//! sorted and free of duplicates, every channel has both ends. [`Policy::new`] and [`Policy::decode`] are the only ways
//! to make one and check all of that, so whoever holds one needs no further check, wherever the bytes came from.
//! [`Policy::decide`] is total: it never panics, allocates nothing, and takes O(log n) for n grants.
//!
//! **Callers.** The kernel on a device, the policy compiler and the `locket` command on a host: the same code, so what
//! `locket policy explain` says is what the device does.
//!
//! **Never.** It never reads files, knows no WIT and no TOML, and gives no meaning to rights, kinds or object names:
//! the policy compiler writes them, kernel and board read them.
//!
//! The bytes are four of [`MAGIC`], one of [`VERSION`], then the [`Tables`] in postcard's encoding.
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

mod channel;
mod check;
mod container;
mod decide;
mod encoding;
mod grant;
mod index;
mod profile;
mod tables;
mod units;
mod version;

pub use channel::{Channel, MAX_MESSAGE, WhenFull};
pub use check::{Invalid, Problem, Table};
pub use container::{Container, Restart, RestartWhen, Signer};
pub use decide::{Decision, Request, Why};
pub use encoding::{DecodeError, EncodeError, MAGIC, VERSION};
pub use grant::{Grant, Kind, MAX_LABEL, Object, Rights};
pub use index::{ChannelIndex, ContainerIndex, KindIndex, RuleId, SignerIndex, Text};
pub use profile::{GATEWAY, MAX_CHANNELS, MAX_CONTAINERS, MAX_KINDS, Profile, SMALL, STANDARD};
pub use tables::{Policy, Tables};
pub use units::{Backoff, Cpu, Period, Rate};
pub use version::{Version, VersionRange};
