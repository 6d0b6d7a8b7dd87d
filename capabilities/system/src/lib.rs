//! What every container may need of the system: waiting, clocks, randomness, the log, settings, and knowledge of itself.
//!
//! [`poll`], [`monotonic_clock`], [`wall_clock`], [`random`], [`logging`], [`mod@store`] and [`info`] are generated from the WIT; so
//! are the callers in [`run`], with which an engine starts a container. [`System`] provides all of them but randomness
//! from what the kernel knows, without state of its own. [`Random`] adapts a generator of the board.
//!
//! Nothing here decides who may call: the kernel did that before. Nothing here blocks: waiting is the kernel's.
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
mod about;
mod clocks;
mod log;
mod randomness;
mod settings;
mod waiting;

pub use bindings::{info, logging, monotonic_clock, poll, random, run, store, wall_clock};
pub use randomness::Random;

/// The provider of everything that the kernel itself knows: waits, clocks, the log, the policy's settings, and what a
/// container is told of itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

#[cfg(test)]
mod tests;
