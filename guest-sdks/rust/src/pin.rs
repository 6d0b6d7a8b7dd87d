//! Pins, by the labels under which the policy grants them.

pub use crate::bindings::locket::gpio::digital::{Error, Input, Level, Output};
