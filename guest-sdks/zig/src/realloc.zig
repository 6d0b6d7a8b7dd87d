//! The export through which the kernel asks the guest for memory. Hand-written; a guest that refers to this file has it.

const arena = @import("arena.zig");

export fn cabi_realloc(old: ?[*]u8, old_bytes: usize, alignment: usize, bytes: usize) usize {
    if (bytes == 0) return alignment;
    const new = arena.allocate(bytes) orelse @trap();
    if (old) |from| if (old_bytes > 0) {
        const kept = @min(old_bytes, bytes);
        @memcpy(@as([*]u8, @ptrFromInt(new))[0..kept], from[0..kept]);
        arena.release(@intFromPtr(from), old_bytes);
    };
    return new;
}
