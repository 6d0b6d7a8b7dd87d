//! Write a Locket container in Rust.
//!
//! A container is a wasm module with one function that the kernel starts. Everything outside its own memory it
//! reaches through handles that the device's policy grants it under labels. This crate gives a guest the bindings
//! of Locket's interfaces, a thin layer that makes them read like Rust, and what a `no_std` program cannot be
//! without: an allocator, a panic handler and an entry point.
//!
//! ```ignore
//! #![no_std]
//!
//! use core::time::Duration;
//! use locket_guest::pin::Output;
//! use locket_guest::{Result, clock, info};
//!
//! locket_guest::main!(run);
//!
//! fn run() -> Result {
//!     let lamp = Output::open("lamp")?;
//!     info!("blinking");
//!     loop {
//!         lamp.toggle()?;
//!         clock::sleep(Duration::from_millis(500));
//!     }
//! }
//! ```
//!
//! What it guarantees:
//! - A guest uses the memory that it declares and no more: its data, its stack (a linker flag, see the README) and
//!   one [`Arena`] whose size is an argument of [`main!`]. Nothing here grows memory, so the engine cuts the
//!   container's linear memory down to exactly that.
//! - A guest pays only for what it uses. Unused interfaces are no imports, so they need no grant either; a log
//!   macro with a plain text does not pull in `core::fmt`.
//!
//! What it never does: call the kernel before [`main!`]'s function runs, block in anything but a kernel wait, or
//! retry. An error of the kernel is returned as it came.
//!
//! `unsafe` is confined to [`Arena`] and to the generated [`bindings`].
#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod arena;
mod entry;
mod error;
#[cfg(all(target_family = "wasm", not(test)))]
mod panic;

pub mod channel;
pub mod clock;
pub mod kv;
pub mod log;
pub mod pin;
pub mod records;
pub mod wait;

pub use arena::Arena;
pub use bindings::locket::system::info;
pub use bindings::wasi::config::store as config;
pub use bindings::wasi::random::random;
pub use entry::Termination;
pub use error::{Describe, Error, Result};

/// What `wit-bindgen` makes of the WIT packages, for whatever the layer above leaves out.
#[expect(missing_docs, reason = "generated; the documentation is that of the WIT packages, which not every item has")]
#[allow(clippy::pedantic, clippy::undocumented_unsafe_blocks, reason = "generated")]
pub mod bindings;
