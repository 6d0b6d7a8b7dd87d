//! From the kernel's `locket:system/run` to the guest's function, and from its result to the exit code. Hand-written.

const std = @import("std");
const log = @import("log.zig");
const system_run = @import("run.zig");

/// Makes `function` the container's main function: in the guest's root file, `comptime { locket.main(run); }`.
///
/// It has no parameters and returns nothing, an exit code (`u8`), or an error union of either. An error is logged
/// by its name and becomes exit code 1. Exit code 0 says that the work is done; after any other, and after a trap, the
/// policy's restart rule decides.
pub fn main(comptime function: anytype) void {
    system_run.implement(struct {
        pub fn run() u8 {
            return exitCode(function());
        }
    });
}

fn exitCode(result: anytype) u8 {
    return switch (@typeInfo(@TypeOf(result))) {
        .error_union => exitCode(result catch |reason| {
            log.write(.@"error", "run", name(reason));
            return 1;
        }),
        .void => 0,
        else => result,
    };
}

/// The names of only those errors that the function can return end up in the module.
fn name(reason: anytype) []const u8 {
    return switch (reason) {
        inline else => |known| @errorName(known),
    };
}

/// A panic handler that logs the message and ends the container: `pub const panic = locket.panic;` in the root file.
/// Without it a panic only ends the container.
pub const panic = std.debug.FullPanic(stop);

fn stop(message: []const u8, _: ?usize) noreturn {
    log.write(.critical, "panic", message);
    @trap();
}
