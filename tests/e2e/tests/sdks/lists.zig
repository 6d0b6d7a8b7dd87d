fn implement() void {
    sdk.lists.implement(struct {
        pub fn bytes(message: []const u8) []const u8 {
            return message;
        }
        pub fn numbers(values: []const i64) []const f32 {
            return if (values.len > 0) &.{ 1.5, 2.5 } else &.{};
        }
        pub fn text(value: []const u8) []const u8 {
            return value;
        }
        pub fn texts(values: []const []const u8) []const []const u8 {
            return values;
        }
        pub fn nested(rows: []const []const u16) []const []const bool {
            return if (rows.len > 0) &.{&.{true}} else &.{};
        }
        pub fn points(values: []const sdk.lists.Point) []const sdk.lists.Point {
            return values;
        }
        pub fn letters(values: []const u21) []const u21 {
            return values;
        }
    });
}
