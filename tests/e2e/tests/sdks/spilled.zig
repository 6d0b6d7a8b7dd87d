fn implement() void {
    sdk.spilled.implement(struct {
        pub fn wide(a: u8, b: u64, c: struct { u32, u32, u32, u32 }, d: []const u8, e: []const u32, f: ?u64, g: u16, h: f32, i: u21, j: bool, k: i8) u64 {
            const large = if (h > 1 and j) f orelse 0 else b;
            return large + a + c[3] + d.len + e.len + g + i + @as(u8, @bitCast(k));
        }
    });
}
