//! Digital pins: `locket:gpio/digital`.
//!
//! [`digital`] is generated from the WIT: the provider trait, the types, and the table of imports. [`Pins`] implements
//! it for every board that has `embedded-hal` pins, [`SimulatedPins`] for boards without. Other boards implement [`digital::Digital`] themselves.
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

#[cfg(any(feature = "board-file", test))]
extern crate std;

mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}
#[cfg(feature = "board-file")]
pub mod board_file;
mod pins;
mod simulated;

pub use bindings::digital;
pub use pins::{Active, Line, Pins};
pub use simulated::{Input, Output, Shows, SimulatedPins};

use locket_kernel::{Access, Event, Platform};

/// Tells the board that a container has changed a pin. Outside of a pin's lock, because a console may be slow.
fn report<B: Platform>(output: &Access<'_, B>, name: &str, level: digital::Level) {
    let kernel = output.kernel();
    let container = kernel.name(output.caller());
    kernel.board().event(&Event::PinChanged { container, object: name, high: level == digital::Level::High });
}
