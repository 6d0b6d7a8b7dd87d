fn implement() void {
    sdk.scalars.implement(struct {
        pub fn integers(a: u8, b: i8, c: u16, d: i16, e: u32, f: i32, g: u64, h: i64) i16 {
            const sum = @as(i64, a) + b + c + d + e + f + @as(i64, @bitCast(g)) + h;
            return @truncate(sum);
        }
        pub fn floats(a: f32, b: f64) f64 {
            return a + b;
        }
        pub fn others(a: bool, b: u21) bool {
            return a and b == 'x';
        }
        pub fn letter() u21 {
            return 'é';
        }
        pub fn nothing() void {}
    });
}
