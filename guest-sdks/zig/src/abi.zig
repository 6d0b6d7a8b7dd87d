//! What the bindings need to pass values as the Canonical ABI has them. Hand-written; not for guests.

const arena = @import("arena.zig");

/// The function through which the kernel asks the guest for memory. A guest has it, and an arena, if something refers
/// to it: the bindings of each function that the kernel hands a list or a string to do.
pub const cabi_realloc = @import("realloc.zig");

/// A result whose error is a value, because Zig's own errors are names.
pub fn Result(comptime T: type, comptime E: type) type {
    return union(enum) {
        /// It went well.
        ok: T,
        /// It did not.
        err: E,
    };
}

/// What `T` is in the parameters of a core function.
fn Core(comptime T: type) type {
    return switch (@typeInfo(T)) {
        .float => T,
        .int => |int| if (T == usize) usize else if (int.bits == 64) i64 else i32,
        .@"enum" => |names| Core(names.tag_type),
        else => i32,
    };
}

/// The core value of a number, `bool`, character or enum.
pub inline fn lower(value: anytype) Core(@TypeOf(value)) {
    const T = @TypeOf(value);
    return switch (@typeInfo(T)) {
        .bool => @intFromBool(value),
        .@"enum" => @backingInt(value),
        .int => |int| if (int.bits == 32 or int.bits == 64) @bitCast(value) else value,
        else => value,
    };
}

/// The number of type `T` in a core value.
pub inline fn lift(comptime T: type, value: anytype) T {
    const bits = @typeInfo(T).int.bits;
    const Same = @Int(@typeInfo(T).int.signedness, @typeInfo(@TypeOf(value)).int.bits);
    const same: Same = @bitCast(value);
    return if (bits == 21) @intCast(same) else @truncate(same);
}

/// A core value as another core type: the same bits, with zeros before them or without the first ones.
pub inline fn convert(comptime To: type, value: anytype) To {
    const bits: Bits(@TypeOf(value)) = @bitCast(value);
    const Wide = Bits(To);
    const wide: Wide = if (@bitSizeOf(To) < @bitSizeOf(@TypeOf(value))) @truncate(bits) else bits;
    return @bitCast(wide);
}

fn Bits(comptime T: type) type {
    return @Int(.unsigned, @bitSizeOf(T));
}

/// The core value of flags.
pub inline fn lowerFlags(value: anytype) i32 {
    return convert(i32, value);
}

/// Flags from their core value. Bits without a name are dropped by whoever sent them.
pub inline fn liftFlags(comptime T: type, value: i32) T {
    return convert(T, value);
}

/// The core value in memory. Small numbers are extended.
pub inline fn load(comptime T: type, address: usize) Core(T) {
    return @as(*const T, @ptrFromInt(address)).*;
}

/// Writes the low bytes of `value`.
pub inline fn store(comptime T: type, address: usize, value: anytype) void {
    const place: *T = @ptrFromInt(address);
    place.* = switch (@typeInfo(@TypeOf(value))) {
        .comptime_int => value,
        .int => |int| if (int.bits > @bitSizeOf(T)) @truncate(@as(Bits(@TypeOf(value)), @bitCast(value))) else @bitCast(value),
        else => value,
    };
}

/// `length` elements at `pointer`, which need not be an address if there are none.
pub inline fn slice(comptime T: type, pointer: usize, length: usize) []const T {
    return if (length == 0) &.{} else @as([*]const T, @ptrFromInt(pointer))[0..length];
}

/// Room for `bytes`, aligned to 8. Without enough memory the container ends.
pub fn allocate(bytes: usize) usize {
    return arena.allocate(bytes) orelse @trap();
}

/// Gives room back.
pub fn release(pointer: usize, bytes: usize) void {
    arena.release(pointer, bytes);
}

/// Room for `length` elements, to be filled.
pub fn allocateList(comptime T: type, length: usize) []T {
    return if (length == 0) &.{} else @as([*]T, @ptrFromInt(allocate(length * @sizeOf(T))))[0..length];
}

/// A copy that its receiver frees.
pub fn copy(comptime T: type, list: []const T) []const T {
    const result = allocateList(T, list.len);
    @memcpy(result, list);
    return result;
}

/// Buffers that are freed together, when a call is over.
pub const Temporaries = struct {
    last: usize = 0,

    /// What stands before each buffer.
    const Head = extern struct { before: usize, bytes: usize };

    /// Like the function of the same name.
    pub fn allocate(self: *Temporaries, bytes: usize) usize {
        const whole = bytes + @sizeOf(Head);
        const block = arena.allocate(whole) orelse @trap();
        @as(*Head, @ptrFromInt(block)).* = .{ .before = self.last, .bytes = whole };
        self.last = block;
        return block + @sizeOf(Head);
    }

    /// Like the function of the same name.
    pub fn allocateList(self: *Temporaries, comptime T: type, length: usize) []T {
        return @as([*]T, @ptrFromInt(self.allocate(length * @sizeOf(T))))[0..length];
    }

    /// Frees all of them.
    pub fn free(self: *Temporaries) void {
        while (self.last != 0) {
            const head = @as(*const Head, @ptrFromInt(self.last)).*;
            arena.release(self.last, head.bytes);
            self.last = head.before;
        }
    }
};
