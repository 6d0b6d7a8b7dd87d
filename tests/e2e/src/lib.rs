//! The end-to-end tests' harness: guests built from source, packed and signed, run under a policy on the real kernel
//! and the real engine.
//!
//! * [`guests`] builds `tests/guests` and `examples` once per test process and hands out modules.
//! * [`images`] packs and signs them.
//! * [`languages`] does the same for guests in other languages, against generated SDKs; [`toolchains`] finds their tools.
//! * [`mod@bench`] runs a policy text over such images and keeps what happened.
#![forbid(unsafe_code)]

pub mod bench;
pub mod guests;
pub mod images;
pub mod languages;
pub mod toolchains;
