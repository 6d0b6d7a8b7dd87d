//! Digital pins: `locket:gpio/digital`.
//!
//! [`digital`] is generated from the WIT: the provider trait, the types, and the table of imports. [`Pins`] implements
//! it for every board that has `embedded-hal` pins. Other boards implement [`digital::Digital`] themselves.
//!
//! Whoever implements it may rely on the kernel: the caller holds a capability on the pin that `Access::object` numbers,
//! with the right that the operation needs. A provider never blocks and never touches another pin.
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
mod pins;

pub use bindings::digital;
pub use pins::{Active, Line, Pins};
