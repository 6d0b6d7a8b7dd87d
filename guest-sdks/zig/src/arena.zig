//! The guest's heap: a fixed block of memory, decided at compile time. Hand-written.
//!
//! An ordinary wasm allocator asks for pages of 64 KiB, and a module that does keeps whole pages for itself. This one
//! hands out parts of a static array, so that the engine can cut the container's memory down to what the guest
//! declared. Blocks carry no header: whoever frees one says how long it is. Free blocks form one list in ascending
//! order of address, first fit; a freed block merges with free neighbours.

const std = @import("std");
const root = @import("root");

/// What a guest may choose: `pub const locket_options: locket.Options = .{ .arena = 256 };` in its root file.
pub const Options = struct {
    /// Bytes of the heap, a multiple of 8 of at least 16, of which it keeps 8 for itself.
    arena: usize = 1024,
};

const options: Options = if (@hasDecl(root, "locket_options")) root.locket_options else .{};

comptime {
    if (options.arena < 16 or options.arena % 8 != 0) @compileError("an arena's size is a multiple of 8 bytes, and at least 16");
}

/// The unit of every size and position, and what a free block keeps in its first one.
const Granule = extern struct {
    /// Length of this free block, in granules.
    len: u32,
    /// Position of the next free block, in granules; 0 ends the list.
    next: u32,
};

/// The first granule heads the list and belongs to no block; its `len` says whether the heap was set up.
var heap: [options.arena / @sizeOf(Granule)]Granule align(8) = @splat(.{ .len = 0, .next = 0 });

fn granules(bytes: usize) u32 {
    return @intCast((bytes + @sizeOf(Granule) - 1) / @sizeOf(Granule));
}

fn position(pointer: usize) u32 {
    return @intCast((pointer - @intFromPtr(&heap)) / @sizeOf(Granule));
}

/// Room for `bytes`, aligned to 8; none if no free block is as long.
pub fn allocate(bytes: usize) ?usize {
    if (bytes == 0) return 8;
    // No heap is as long; adding to it could overflow.
    if (bytes > @sizeOf(@TypeOf(heap))) return null;
    const need = granules(bytes);
    if (heap[0].len == 0) {
        heap[0] = .{ .len = 1, .next = 1 };
        heap[1] = .{ .len = heap.len - 1, .next = 0 };
    }
    var before: u32 = 0;
    while (heap[before].next != 0) {
        const at = heap[before].next;
        if (heap[at].len >= need) {
            var next = heap[at].next;
            if (heap[at].len > need) {
                heap[at + need] = .{ .len = heap[at].len - need, .next = next };
                next = at + need;
            }
            heap[before].next = next;
            return @intFromPtr(&heap[at]);
        }
        before = at;
    }
    return null;
}

/// Frees what `allocate` returned for `bytes`.
pub fn release(pointer: usize, bytes: usize) void {
    if (bytes == 0) return;
    const at = position(pointer);
    var before: u32 = 0;
    while (heap[before].next != 0 and heap[before].next < at) before = heap[before].next;
    var freed: Granule = .{ .len = granules(bytes), .next = heap[before].next };
    if (freed.next == at + freed.len) {
        const following = heap[freed.next];
        freed = .{ .len = freed.len + following.len, .next = following.next };
    }
    // The head never merges: it is not part of any block.
    if (before != 0 and before + heap[before].len == at) {
        heap[before] = .{ .len = heap[before].len + freed.len, .next = freed.next };
    } else {
        heap[at] = freed;
        heap[before].next = at;
    }
}

/// The heap as Zig's own containers want it.
pub const allocator: std.mem.Allocator = .{
    .ptr = undefined,
    .vtable = &.{ .alloc = alloc, .resize = resize, .remap = remap, .free = free },
};

fn alloc(_: *anyopaque, len: usize, alignment: std.mem.Alignment, _: usize) ?[*]u8 {
    if (alignment.toByteUnits() > @sizeOf(Granule)) return null;
    return @ptrFromInt(allocate(len) orelse return null);
}

fn resize(_: *anyopaque, memory: []u8, _: std.mem.Alignment, len: usize, _: usize) bool {
    return granules(len) == granules(memory.len);
}

fn remap(context: *anyopaque, memory: []u8, alignment: std.mem.Alignment, len: usize, caller: usize) ?[*]u8 {
    return if (resize(context, memory, alignment, len, caller)) memory.ptr else null;
}

fn free(_: *anyopaque, memory: []u8, _: std.mem.Alignment, _: usize) void {
    release(@intFromPtr(memory.ptr), memory.len);
}
