fn implement() void {
    sdk.records.implement(struct {
        pub fn show(reading: sdk.records.Reading, pair: sdk.records.Pair) sdk.records.Pair {
            return .{ .low = pair.low, .high = reading };
        }
        pub fn swap(couple: sdk.records.Couple, other: struct { bool, struct { u64, i8 } }) struct { []const u8, u8 } {
            return .{ couple[1], if (other[0]) couple[0] else @truncate(other[1][0]) };
        }
    });
}
