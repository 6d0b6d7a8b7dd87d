//! Lines for the device's log. Hand-written.
//!
//! `log.info("valve opened")` costs the text and one call. `log.print` formats, which adds to the module.

const std = @import("std");
const logging = @import("logging.zig");

pub const Level = logging.Level;

/// Bytes of the longest line; the kernel ends a container that sends more.
pub const max_message = 512;

/// Bytes that a line of `print` may have. The rest is cut off.
pub const max_formatted = 128;

/// Writes one line, cut to `max_message` bytes. `context` names the part of the guest that speaks, in at most 64 bytes;
/// it may be empty.
pub fn write(level: Level, context: []const u8, message: []const u8) void {
    logging.log(level, context, fitting(message));
}

/// Writes a line of level `info`.
pub fn info(message: []const u8) void {
    write(.info, "", message);
}

/// Writes a line of level `warn`.
pub fn warn(message: []const u8) void {
    write(.warn, "", message);
}

/// Writes a line of level `error`.
pub fn err(message: []const u8) void {
    write(.@"error", "", message);
}

/// Writes a formatted line, cut to `max_formatted` bytes.
pub fn print(level: Level, comptime format: []const u8, arguments: anytype) void {
    var line: [max_formatted]u8 = undefined;
    var writer: std.Io.Writer = .fixed(&line);
    // A full line is worth reading too.
    writer.print(format, arguments) catch {};
    write(level, "", fitting(writer.buffered()));
}

/// As much of `text` as a line takes, in whole characters.
fn fitting(text: []const u8) []const u8 {
    if (text.len <= max_message) return text;
    var len: usize = max_message;
    while (len > 0 and text[len] & 0xC0 == 0x80) len -= 1;
    return text[0..len];
}
