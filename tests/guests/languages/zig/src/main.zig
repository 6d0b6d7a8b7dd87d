//! Opens a pin, logs, sends and receives: the Zig one of the guests that do the same in every language.

const std = @import("std");
const locket = @import("locket");
const Level = locket.digital.Level;
const Output = locket.digital.Output;
const Receiver = locket.channel.Receiver;
const Sender = locket.channel.Sender;

/// For one message of the channel.
pub const locket_options: locket.Options = .{ .arena = 64 };

comptime {
    locket.main(run);
}

fn run() !u8 {
    const lamp = try Output.open("lamp");
    const there = try Sender.open("there");
    const back = try Receiver.open("back");
    locket.log.info("calling");
    try lamp.set(Level.high);
    try there.send("ping");
    const answer = try back.wait();
    defer locket.free(answer);
    try lamp.set(Level.low);
    if (!std.mem.eql(u8, answer, "ping")) return 2;
    locket.log.info("answered");
    return 0;
}
