const sdk = @import("sdk");

comptime {
    implement();
}

export var sink: usize = 0;

export fn everything() void {
    useAll(sdk);
}

/// Has the compiler look at every function of a namespace and of what is in it.
fn useAll(comptime namespace: type) void {
    const names = switch (@typeInfo(namespace)) {
        inline .@"struct", .@"union", .@"enum", .@"opaque" => |info| info.decl_names,
        else => return,
    };
    inline for (names) |name| {
        const value = @field(namespace, name);
        switch (@typeInfo(@TypeOf(value))) {
            // The panic handler is the standard library's.
            .type => if (comptime !equal(name, "panic")) useAll(value),
            .@"fn" => |function| if (!function.is_generic) {
                sink +%= @intFromPtr(&value);
            },
            else => {},
        }
    }
}

fn equal(comptime left: []const u8, comptime right: []const u8) bool {
    return left.len == right.len and for (left, right) |a, b| {
        if (a != b) break false;
    } else true;
}
