//! The Zephyr board: containers on a microcontroller, on the same kernel and WAMR as everywhere.
//!
//! * **Guarantees**: each container runs on one thread of its own, below the priority of everything that must not wait
//!   for it, in memory of exactly its policy's size; only a verified image is loaded; a kill ends its wait at once.
//! * **Called by** an application: [`locket_start`], once, and by Zephyr's shell.
//! * **Calls** kernel, engine, providers, and Zephyr through `zephyr-sys`.
//! * **Never** decides what is allowed: that is the kernel's. Never allocates: Kconfig says how much of everything there
//!   is.
//!
//! | module | its one concern |
//! |---|---|
//! | `entry` | what C calls |
//! | `device` | from the bundle in flash to running containers |
//! | `board`, `providers` | what the kernel asks of a board, and which provider answers for which interface |
//! | `pins`, `randomness` | Zephyr's drivers as providers see them |
//! | `console`, `log`, `report` | events as lines, the last of them in RAM, what the shell shows |
//! | `lock`, `once`, `zephyr` | Zephyr's threads and memory made safe |
//! | `configured` | numbers from Kconfig and the devicetree |
//!
//! `zephyr/README.md` is for those who use it.
#![no_std]
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

#[forbid(unsafe_code)]
mod board;
#[forbid(unsafe_code)]
mod configured;
#[forbid(unsafe_code)]
mod console;
#[forbid(unsafe_code)]
mod device;
mod entry;
mod lock;
#[forbid(unsafe_code)]
mod log;
mod once;
#[forbid(unsafe_code)]
mod pins;
#[forbid(unsafe_code)]
mod providers;
#[cfg(feature = "random")]
#[forbid(unsafe_code)]
mod randomness;
#[cfg(feature = "shell")]
#[forbid(unsafe_code)]
mod report;
mod zephyr;

pub use entry::locket_start;
