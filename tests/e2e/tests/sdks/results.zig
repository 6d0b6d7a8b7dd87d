fn implement() void {
    const results = sdk.results;
    const Outcome = @typeInfo(@TypeOf(results.byValue)).@"fn".return_type.?;
    const Text = @typeInfo(@TypeOf(results.byText)).@"fn".return_type.?;
    const Passed = @typeInfo(@TypeOf(results.passedOn)).@"fn";
    const Parts = @typeInfo(@TypeOf(results.inParts)).@"fn".return_type.?;
    results.implement(struct {
        pub fn byEnum(mood: results.Mood) results.Error!u32 {
            return if (mood == .good) 1 else error.Busy;
        }
        pub fn withoutValue() results.Error!void {
            return error.Broken;
        }
        pub fn withoutError() error{Failed}![]const u8 {
            return "text";
        }
        pub fn withoutEither() error{Failed}!void {}
        pub fn byValue() Outcome {
            return .{ .err = .{ .line = 1, .text = "why" } };
        }
        pub fn byText() Text {
            return .{ .ok = {} };
        }
        pub fn passedOn(outcome: results.Error!u8, others: Passed.param_types[1].?) Passed.return_type.? {
            const first = outcome catch return &.{error.Busy};
            return if (first < others.len) &.{.good} else &.{ .bad, error.Broken };
        }
        pub fn about(reason: results.Error) ?results.Error {
            return if (reason == error.Busy) null else reason;
        }
        pub fn inParts() Parts {
            return .{ error.Busy, error.Failed };
        }
    });
}
