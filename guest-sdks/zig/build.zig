//! The package's module, and how a guest is linked so that its memory shrinks to what it uses. Hand-written.

const std = @import("std");

pub fn build(b: *std.Build) void {
    _ = b.addModule("@MODULE@", .{ .root_source_file = b.path("src/root.zig") });
}

/// What a guest may choose.
pub const Options = struct {
    /// Name of the module's file, without `.wasm`.
    name: []const u8,
    root_source_file: std.Build.LazyPath,
    optimize: std.builtin.OptimizeMode = .ReleaseSmall,
    /// Bytes of the stack. An overflow runs into address 0 and ends the container; it never reaches data.
    stack_size: u64 = 2048,
};

/// A guest: a module for `locket build`. In the guest's `build.zig`:
///
///     const @MODULE@ = @import("@MODULE@");
///     b.installArtifact(@MODULE@.addGuest(b, b.dependency("@MODULE@", .{}), .{
///         .name = "blinker",
///         .root_source_file = b.path("src/main.zig"),
///     }));
pub fn addGuest(b: *std.Build, sdk: *std.Build.Dependency, options: Options) *std.Build.Step.Compile {
    const guest = b.addExecutable(.{
        .name = options.name,
        .root_module = b.createModule(.{
            .root_source_file = options.root_source_file,
            .target = b.resolveTargetQuery(.{ .cpu_arch = .wasm32, .os_tag = .freestanding }),
            .optimize = options.optimize,
            .imports = &.{.{ .name = "@MODULE@", .module = sdk.module("@MODULE@") }},
        }),
    });
    guest.entry = .disabled;
    guest.rdynamic = true;
    guest.stack_size = options.stack_size;
    guest.initial_memory = 65536;
    guest.max_memory = 65536;
    // With these two the engine knows where the memory that a guest uses ends.
    guest.root_module.export_symbol_names = &.{ "__heap_base", "__data_end" };
    return guest;
}
