fn implement() void {
    sdk.fixture.implement(struct {
        pub fn run() void {}
    });
}
