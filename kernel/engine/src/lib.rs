//! Containers on WAMR: load, start, meter, stop.
//!
//! * **Guarantees**: a container lives in its own [`Arena`] and takes no byte beyond it; nothing of it is left when it
//!   is dropped (principles 7 and 9). A module that imports anything but the kernel's own functions, in exactly
//!   their types, is refused before WAMR sees it. Each call that a guest makes reaches the kernel's one dispatcher,
//!   with the instance that really runs (principles 2 and 8). A guest that never calls out still meets the kernel
//!   after each slice of operations, and ends there when the kernel says so (principle 6). Each end has one exact
//!   `ExitReason`.
//! * **Called by** a board: [`Runtime::start`] once, then, on one thread per container, [`live`].
//! * **Calls** the kernel's `Instance` (dispatch, refill), `locket-image`, and the C of `wamr-sys`.
//! * **Never** decides what a container may do, or starts a thread.
//!
//! Principles are those of `locket-kernel`, by number.
//!
//! # Modules
//! Those that speak to C or handle raw memory are the only ones with `unsafe`: `arena`, `current`, `runtime`, `context`,
//! `guest` and `container`. `imports`, `life`, `fault` and `panic` are free of it.
//!
//! # Slices
//! The interpreter asks for the next slice when one has run out; the kernel's platform says how long one is, 10,000
//! operations by default, which is well below a millisecond on a Cortex-M at 100 MHz and about 30 µs on a desktop. A
//! kill of a busy loop takes effect there. An operation is one of the interpreter's; bulk memory operations count one
//! more per 64 bytes. The count is per container: nested calls go on with what the outer one has left.
#![no_std]

#[cfg(any(feature = "std", test))]
extern crate std;

mod arena;
mod container;
mod context;
mod current;
#[forbid(unsafe_code)]
mod fault;
mod guest;
#[forbid(unsafe_code)]
mod imports;
#[forbid(unsafe_code)]
mod life;
#[forbid(unsafe_code)]
mod panic;
mod runtime;
pub mod thread_slot;

pub use arena::Arena;
pub use container::Container;
pub use life::{VerifiedModule, live};
pub use runtime::{Runtime, StartError};
