//! Waiting for one of several things. Nothing else makes a container wait.

pub use crate::bindings::wasi::io::poll::{Pollable, poll};

/// Waits until one of `pollables` is ready, and returns the index of the first that is.
///
/// [`poll`] returns all that are. At most 16 can be waited for at a time, and at least one; else the kernel ends the
/// container.
#[must_use]
pub fn wait_any(pollables: &[&Pollable]) -> usize {
    poll(pollables).first().map_or(0, |&index| index as usize)
}
