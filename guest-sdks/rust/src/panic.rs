//! What a panic does: one line in the log that says where, then the container ends.
//!
//! The message is left out on purpose. Most messages are formatted, and a handler that so much as looks at them keeps
//! `core::fmt` in every module that has a bounds check: more than twice the size of a small guest.

use core::panic::{Location, PanicInfo};

/// Ends the container with the trap `unreachable`, which nothing in it can catch.
///
/// So short that the optimiser inlines it into the few functions that start a panic, and then drops the message.
#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    stop(info.location())
}

#[cold]
#[inline(never)]
fn stop(place: Option<&Location<'_>>) -> ! {
    #[cfg(feature = "panic-log")]
    if let Some(place) = place {
        let mut line = crate::log::Line::<128>::new();
        line.text(place.file()).text(":").number(place.line());
        crate::log::write(crate::log::Level::Critical, "panic", line.as_str());
    }
    #[cfg(not(feature = "panic-log"))]
    let _ = place;
    core::arch::wasm32::unreachable()
}
