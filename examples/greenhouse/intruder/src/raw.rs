//! Imports as the module declares them: numbers and addresses, without the types that keep a guest from lying.
//!
//! They are marked `safe`, because a made-up index must do no harm: that is what the intruder is about. The addresses
//! that the kernel may write to are [`SCRATCH`]'s, or lie outside memory.

use core::cell::UnsafeCell;

#[link(wasm_import_module = "locket:gpio/digital@0.1.0")]
unsafe extern "C" {
    /// `output.set`: a handle, the level, and where the result goes.
    #[link_name = "[method]output.set"]
    pub safe fn output_set(handle: u32, level: u32, result: u32);

    /// `input.read`: a handle, and where the result goes.
    #[link_name = "[method]input.read"]
    pub safe fn input_read(handle: u32, result: u32);
}

/// Room for a result that nobody reads.
pub static SCRATCH: Scratch = Scratch(UnsafeCell::new([0; 8]));

/// Bytes that only calls to the kernel touch.
pub struct Scratch(UnsafeCell<[u8; 8]>);

// SAFETY: a guest has one thread.
unsafe impl Sync for Scratch {}

impl Scratch {
    /// Where it lies. A pointer of wasm32 has 32 bits.
    pub fn address(&self) -> u32 {
        u32::try_from(self.0.get().addr()).unwrap_or_default()
    }
}
