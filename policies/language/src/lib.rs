//! The policy file: read, checked against everything it names, compiled, explained.
//!
//! **Guarantees.** What [`load`] returns without a [`Report`] is a policy in which every name was found (interfaces and
//! rights in the WIT, objects in the board description, images and their imports, signers, containers), and whose
//! compiled form the device's own check accepts. Nothing in a file is ignored: a key that nobody asks for is an error.
//! A report has every problem of the file, not just the first, each with its place and the way out.
//!
//! **Callers.** The `locket` command, on a host. Images come in through [`Images`], words through [`Vocabulary`].
//!
//! **Never.** It never reads WebAssembly and verifies no signature itself; it decides nothing either: [`explain`] asks
//! `locket_policy`, as the device does.
//!
//! A policy line goes through these rooms: [`toml`] → the room of its table (`device`, `signers`, `containers` with
//! `grants`, `channels`) → the rooms that compare tables (`imports`, `cycles`, `capacity`) → `compile`.
#![forbid(unsafe_code)]

mod board;
mod capacity;
mod channels;
mod check;
mod compile;
mod containers;
mod cycles;
mod device;
mod diagnostics;
mod document;
mod explain;
mod grants;
mod images;
mod imports;
mod names;
mod requirement;
mod settings;
mod signers;
mod source_map;
mod suggest;
mod units;
mod vocabulary;

pub use check::{Checked, CheckedContainer, check, load};
pub use diagnostics::{Problem, Report, render};
pub use explain::{ExplainError, Explanation, explain};
pub use images::{ImageFacts, Images};
pub use source_map::{Location, SourceMap};
pub use vocabulary::Vocabulary;
