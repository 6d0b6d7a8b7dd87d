fn implement() void {}
