//! What a container may use, and what it has used.

/// The policy's limits for a container.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes for everything it needs in memory: linear memory, module, instance, stack.
    pub memory: u32,
    /// Share of one processor core in thousandths; 1000 is a whole core, and no limit.
    pub cpu_permille: u16,
    /// Operations between two waits; `None` is no limit.
    pub fuel: Option<u64>,
    /// Handles open at a time.
    pub handles: u16,
}

/// What a container has used since it was started this time.
///
/// [`crate::Instance::account`] is exact; [`crate::Kernel::account`] is as of the container's last wait, slice or end.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Account {
    /// Bytes of its memory in use, as the engine last reported.
    pub memory: u32,
    /// Processor time in nanoseconds.
    pub cpu_time: u64,
    /// Operations run.
    pub fuel: u64,
    /// Calls to the kernel.
    pub calls: u64,
    /// Calls that the kernel denied.
    pub denials: u32,
    /// Messages sent.
    pub messages_sent: u32,
    /// Messages received.
    pub messages_received: u32,
}

/// Bytes that a container takes up in its memory once it is loaded, the allocator's headers included.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Footprint {
    /// Linear memory.
    pub linear_memory: u32,
    /// The decoded module; its own bytes too, if the interpreter runs those.
    pub module: u32,
    /// Globals, tables, functions and exports of the instance, and the engine's record of the container.
    pub instance: u32,
    /// The execution environment: the interpreter's stack, and what belongs to it.
    pub execution: u32,
    /// The most that there was at a time, while it was loaded.
    pub peak: u32,
}
