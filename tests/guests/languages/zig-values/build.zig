const std = @import("std");
const locket = @import("locket");

pub fn build(b: *std.Build) void {
    b.installArtifact(locket.addGuest(b, b.dependency("locket", .{}), .{
        .name = "values",
        .root_source_file = b.path("src/main.zig"),
    }));
}
