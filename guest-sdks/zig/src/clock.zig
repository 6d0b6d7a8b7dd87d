//! Time. Hand-written.

const monotonic = @import("monotonic_clock.zig");

/// Nanoseconds since the device started.
pub const now = monotonic.now;

/// Waits for so many nanoseconds.
pub fn sleep(nanoseconds: u64) void {
    const pollable = monotonic.subscribeDuration(nanoseconds);
    defer pollable.deinit();
    pollable.block();
}
