//! What a panic does: one line in the log, then the container ends.

use core::panic::PanicInfo;

/// Ends the container with the trap `unreachable`, which nothing in it can catch.
#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    #[cfg(feature = "panic-log")]
    {
        // A formatted message would pull in `core::fmt`; the place tells nearly as much.
        let text = info.message().as_str().unwrap_or("panicked");
        let line = info.location().map_or(0, core::panic::Location::line);
        let file = info.location().map_or("", core::panic::Location::file);
        let message = crate::log::Line::<128>::new().text(file).text(":").number(line).text(": ").text(text);
        crate::log::write(crate::log::Level::Critical, "panic", message.as_str());
    }
    #[cfg(not(feature = "panic-log"))]
    let _ = info;
    core::arch::wasm32::unreachable()
}
