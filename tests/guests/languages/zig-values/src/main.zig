//! Checks values with parts that the kernel hands over: texts, lists of texts, records, lists of handles.
//!
//! The exit code says which check failed; 0 says that none did.

const std = @import("std");
const locket = @import("locket");
const info = locket.info;

/// Just enough for one round, so that a round that leaks something is the last.
pub const locket_options: locket.Options = .{ .arena = 160 };

comptime {
    locket.main(run);
}

fn run() u8 {
    for (0..100) |_| {
        const failed = round();
        if (failed != 0) return failed;
    }
    return 0;
}

fn round() u8 {
    const name = info.name();
    defer locket.free(name);
    if (!std.mem.eql(u8, name, "caller")) return 2;

    const labels = info.labels();
    defer locket.free(labels);
    if (labels.len != 2) return 3;
    if (!std.mem.eql(u8, labels[0], "button") or !std.mem.eql(u8, labels[1], "lamp")) return 4;

    const limits = info.getLimits();
    if (limits.memory != 64 * 1024 or limits.cpu_permille != 250 or limits.fuel != 5_000_000) return 5;
    if (info.startCount() != 1) return 6;
    if (info.getUsage().calls == 0) return 7;

    const soon = locket.monotonic_clock.subscribeDuration(1);
    defer soon.deinit();
    const late = locket.monotonic_clock.subscribeDuration(std.math.maxInt(u32) * std.time.ns_per_s);
    defer late.deinit();
    const ready = locket.poll.poll(&.{ late, soon });
    defer locket.free(ready);
    if (ready.len != 1 or ready[0] != 1) return 8;
    if (late.ready() or !soon.ready()) return 9;
    return 0;
}
