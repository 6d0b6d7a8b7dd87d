//! Giving back what the kernel handed over. Hand-written.

const abi = @import("abi.zig");

/// Frees every list and string in `value`, such as a received message or the labels of the container.
///
/// Only for what a call to the kernel returned, and only once. Handles are not closed: that is `deinit`.
pub fn free(value: anytype) void {
    const T = @TypeOf(value);
    if (comptime !hasList(T)) return;
    switch (@typeInfo(T)) {
        .pointer => |pointer| {
            if (comptime hasList(pointer.child)) for (value) |element| free(element);
            abi.release(@intFromPtr(value.ptr), value.len * @sizeOf(pointer.child));
        },
        .@"struct" => |fields| inline for (fields.field_names) |name| free(@field(value, name)),
        .@"union" => switch (value) {
            inline else => |payload| free(payload),
        },
        .optional => if (value) |payload| free(payload),
        .error_union => if (value) |payload| free(payload) else |_| {},
        else => {},
    }
}

fn hasList(comptime T: type) bool {
    return switch (@typeInfo(T)) {
        .pointer => true,
        .@"struct" => |fields| for (fields.field_types) |field| {
            if (hasList(field)) break true;
        } else false,
        .@"union" => |fields| for (fields.field_types) |field| {
            if (hasList(field)) break true;
        } else false,
        .optional => |optional| hasList(optional.child),
        .error_union => |either| hasList(either.payload),
        else => false,
    };
}
