//! The compiled policy of one device, and the one function that decides by it.
//!
//! **Guarantees.** A [`Policy`] value is whole: every index in it leads somewhere, every string is UTF-8, tables are
//! sorted and free of duplicates, every channel has both ends. [`Policy::decode`] is the only way to make one and checks
//! all of that, so whoever holds one needs no further check, wherever the bytes came from. It stays where it lies: a
//! [`Policy`] is a few words that point into the bytes, which a device keeps in flash. [`Policy::decide`] is total: it
//! never panics, allocates nothing, and takes O(log n) for n grants.
//!
//! **Callers.** The kernel on a device, the policy compiler and the `locket` command on a host: the same code, so what
//! `locket policy explain` says is what the device does.
//!
//! **Never.** It never reads files, knows no WIT and no TOML, and gives no meaning to rights, kinds or object names:
//! the policy compiler writes them, kernel and board read them. It knows no kernel's capacities either: whoever loads a
//! policy compares its counts with what there is room for.
//!
//! # The bytes
//! Numbers are little-endian, nothing is aligned, and what is not used is 0.
//!
//! | part | bytes | what |
//! |---|---|---|
//! | header | 4 | [`MAGIC`] |
//! | | 1 | [`VERSION`] |
//! | | 1 | 0 |
//! | | 5 × 2 | how many signers, containers, kinds, channels, grants |
//! | | 4 | bytes of the strings |
//! | | 4 | epoch |
//! | | 4 | the device's name, a text |
//! | signers | 36 each | name, a text; public key, 32 |
//! | containers | 55 each | name and image, texts; lowest and highest version, 3 × 2 each; pre-releases, 1; signer, 1; memory, 4; stack, 4; cpu, 2; fuel, 8 or 0; restart, 11; rule, 2; rule of the default, 2 |
//! | kinds | 12 each | interface, resource, word: texts |
//! | channels | 20 each | name, a text; longest message, 4; depth, 2; rate, 3; when full, 5; rule, 2 |
//! | grants | 22 each | container, 1; kind, 1; label, a text; object, 5; rights, 2; rate, 3; quota, 4 or 0; rule, 2 |
//! | strings | as many as the header says | UTF-8 |
//!
//! | in an entry | bytes | what |
//! |---|---|---|
//! | text | 2, 2 | where it starts in the strings, and its length in bytes |
//! | rate | 2, 1 | count; 1 second, 2 minute, 3 hour. Both 0: none |
//! | restart | 1, 4, 4, 2 | 0 never, 1 after a failure, 2 always; shortest and longest pause in ms; restarts in a row, 0 no limit |
//! | when full | 1, 4 | 0 reject, 1 drop the oldest, 2 wait; ms of the wait |
//! | object | 1, 4 | 0 the interface, 1 the board's of this name, a text; 2 sender, 3 receiver of this channel; 4 the interface with these settings, a text: keys and values in turn, each with a 0 behind it |
//!
//! Every index is a position in its table, from 0.
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
mod field;
mod grant;
mod index;
mod policy;
mod profile;
mod records;
mod tables;
mod units;
mod version;

pub use channel::{Channel, MAX_MESSAGE, WhenFull};
pub use check::{Invalid, Problem, Table};
pub use container::{Container, Restart, RestartWhen, Signer};
pub use decide::{Decision, Request, Why};
pub use encoding::{DecodeError, EncodeError, MAGIC, VERSION};
pub use grant::{Grant, Kind, MAX_LABEL, MAX_SETTINGS, Object, Rights};
pub use index::{ChannelIndex, ContainerIndex, KindIndex, RuleId, SignerIndex, Text};
pub use policy::Policy;
pub use profile::{GATEWAY, MAX_CHANNELS, MAX_CONTAINERS, MAX_KINDS, Profile, SMALL, STANDARD};
pub use records::{Iter, Record, Records};
pub use tables::Tables;
pub use units::{Backoff, Cpu, Period, Rate};
pub use version::{Version, VersionRange};
