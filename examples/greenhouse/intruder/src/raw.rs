//! Imports as the module declares them: numbers and addresses, without the types that keep a guest from lying.

use core::cell::UnsafeCell;

#[link(wasm_import_module = "locket:gpio/digital@0.1.0")]
unsafe extern "C" {
    /// `output.set`: a handle, the level, and where the result goes.
    #[link_name = "[method]output.set"]
    pub fn output_set(handle: u32, level: u32, result: u32);

    /// `input.read`: a handle, and where the result goes.
    #[link_name = "[method]input.read"]
    pub fn input_read(handle: u32, result: u32);
}

/// Room for a result that nobody reads.
pub struct Scratch(UnsafeCell<[u8; 8]>);

// SAFETY: only the kernel writes to it, while the guest's one thread waits in the call.
unsafe impl Sync for Scratch {}

impl Scratch {
    /// Zeros.
    pub const fn new() -> Self {
        Self(UnsafeCell::new([0; 8]))
    }

    /// Where it lies. A pointer of wasm32 has 32 bits.
    pub fn address(&self) -> u32 {
        u32::try_from(self.0.get().addr()).unwrap_or_default()
    }
}
