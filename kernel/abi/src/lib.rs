//! The Canonical ABI of the component model, between a host and one core module.
//!
//! This is the room where the bytes and numbers of a guest become typed Rust values ("lift") and the other way
//! round ("lower").
//!
//! **What it guarantees.** A value that was lifted is whole: in bounds, aligned, valid UTF-8, a known case, a handle
//! that this guest holds, of the right type, and no longer than its limit. Whatever a guest passes that is not so
//! becomes a [`Trap`]; nothing here panics, allocates or loops for longer than the limit on bytes allows. Views of
//! guest memory cannot outlive a call back into the guest, because they borrow it.
//!
//! **Who calls it.** Code that `locket-bindgen` generates, the kernel's dispatcher, and the engine, which implements
//! [`Guest`] and [`Exports`].
//!
//! **What it never does.** It knows no capability, right or board, and keeps no state between calls except in the
//! [`HandleTable`] that it is given.
//!
//! The rules come from the component model's `CanonicalABI.md`; each one is checked where the value passes:
//!
//! | rule | where |
//! |---|---|
//! | bounds and alignment of pointers | [`Memory`], [`Lifting::check`] |
//! | what `cabi_realloc` returned | [`reallocate`] |
//! | `bool`, integers, floats, `char` | the scalars' [`Lift`] and [`Lower`] |
//! | strings and lists, and their limits | [`List`], [`Lifting::set_limit`] |
//! | records, variants and their layout | [`layout`] |
//! | `own` and `borrow` | [`HandleTable`], [`Lends`] |
//! | 16 flat parameters, 1 flat result | [`Lifting::params`], [`Lowering::params`] |
//! | calls into the guest, post-return | [`export`] |
//!
//! Only 32-bit memories, UTF-8 strings and synchronous functions are supported.

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

mod compound;
mod context;
pub mod export;
mod flat;
mod guest;
mod handles;
pub mod layout;
mod lends;
mod list;
mod memory;
mod resource;
mod scalar;
mod text;
mod trap;
mod value;

pub use context::{DEFAULT_LIMIT, Lifting, Lowering, MAX_FLAT_PARAMS, MAX_FLAT_RESULTS};
pub use export::Exports;
pub use flat::{Flat, FlatMut};
pub use guest::{Guest, allocate, reallocate};
pub use handles::{Dropped, HandleTable, Handles, NoHandles};
pub use lends::{Lends, MAX_LENDS};
pub use list::{Elements, List, place_bytes};
pub use memory::{Memory, MemoryMut, check_alignment};
pub use resource::{Borrow, Own, Resource, ResourceId};
pub use trap::Trap;
pub use value::{Lift, Lower, Type};

/// For the bounded copies of lists and strings that generated code names.
pub use heapless;

#[cfg(test)]
extern crate std;
#[cfg(test)]
mod testing;
