fn implement() void {
    sdk.cases.implement(struct {
        pub fn sleep(span: sdk.cases.Span) sdk.cases.Span {
            return span;
        }
        pub fn all(spans: []const sdk.cases.Span) []const sdk.cases.Span {
            return spans;
        }
        pub fn choose(choice: sdk.cases.Choice) sdk.cases.Choice {
            return if (choice == .left) .right else .left;
        }
        pub fn find(name: ?[]const u8, limit: ?u32) ?[]const u8 {
            const found = name orelse return null;
            return found[0..@min(found.len, limit orelse 8)];
        }
        pub fn deep(value: ??u8) ??bool {
            const inner = value orelse return null;
            return if (inner) |number| number != 0 else @as(?bool, null);
        }
    });
}
