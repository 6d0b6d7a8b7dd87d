//! Locket on a microcontroller, emulated: the firmware of `firmware/`, built and started with a bundle, and what it
//! said.
//!
//! * [`Firmware`] builds it: which interpreter, how much RAM.
//! * [`Firmware::run`] starts it under QEMU's `mps2-an385` (a Cortex-M3 at 25 MHz) with a bundle in its flash. Each
//!   instruction takes the same virtual time, so that runs repeat exactly and instructions can be counted.
//!
//! What a machine needs for it: `qemu-system-arm`, `arm-none-eabi-gcc` with newlib, and the Rust target
//! thumbv7m-none-eabi; `cargo xtask test` installs them.
#![forbid(unsafe_code)]

mod firmware;
mod output;

pub use firmware::{Firmware, Interpreter, NANOSECONDS_PER_INSTRUCTION, Ram};
pub use output::{ContainerReport, Numbers, Output};
