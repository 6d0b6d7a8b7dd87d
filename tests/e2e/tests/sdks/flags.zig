fn implement() void {
    sdk.sets.implement(struct {
        pub fn allow(permissions: sdk.sets.Permissions) sdk.sets.Permissions {
            return .{ .read = permissions.write };
        }
        pub fn nines(nine: sdk.sets.Nine) []const sdk.sets.Nine {
            return if (nine.a) &.{ .{ .i = true }, .{} } else &.{};
        }
        pub fn all(many: sdk.sets.Many) sdk.sets.Many {
            return many;
        }
    });
}
