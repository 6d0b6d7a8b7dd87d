//! Imports as the module declares them: numbers and addresses, without the types that keep a guest from lying.
//!
//! They are marked `safe`, because an index or a value that was made up must do no harm: that is what the tests are
//! about. Of the addresses, those that the kernel may write to are [`SCRATCH`]'s, or lie outside memory.

use core::cell::UnsafeCell;

#[link(wasm_import_module = "locket:gpio/digital@0.1.0")]
unsafe extern "C" {
    #[link_name = "[static]output.open"]
    pub safe fn output_open(label: u32, label_len: u32, result: u32);
    #[link_name = "[method]output.set"]
    pub safe fn output_set(handle: u32, level: u32, result: u32);
    #[link_name = "[resource-drop]output"]
    pub safe fn output_drop(handle: u32);
    #[link_name = "[method]input.read"]
    pub safe fn input_read(handle: u32, result: u32);
    #[link_name = "[resource-drop]input"]
    pub safe fn input_drop(handle: u32);
}

#[link(wasm_import_module = "locket:ipc/channel@0.1.0")]
unsafe extern "C" {
    #[link_name = "[method]sender.send"]
    pub safe fn sender_send(handle: u32, message: u32, message_len: u32, result: u32);
}

#[link(wasm_import_module = "wasi:logging/logging@0.1.0-draft")]
unsafe extern "C" {
    #[link_name = "log"]
    pub safe fn log(level: u32, context: u32, context_len: u32, message: u32, message_len: u32);
}

#[link(wasm_import_module = "wasi:io/poll@0.2.0")]
unsafe extern "C" {
    #[link_name = "poll"]
    pub safe fn poll(pollables: u32, pollables_len: u32, result: u32);
    #[link_name = "[method]pollable.block"]
    pub safe fn pollable_block(handle: u32);
    #[link_name = "[resource-drop]pollable"]
    pub safe fn pollable_drop(handle: u32);
}

/// Memory for what the kernel reads or writes.
pub static SCRATCH: Scratch = Scratch(UnsafeCell::new([0; 4]));

/// Four words that only calls to the kernel, and this module, touch.
pub struct Scratch(UnsafeCell<[u32; 4]>);

// SAFETY: a guest has one thread.
unsafe impl Sync for Scratch {}

impl Scratch {
    /// Where it lies. A pointer of wasm32 has 32 bits.
    pub fn address(&self) -> u32 {
        address(self.0.get().cast())
    }

    /// Writes the first words.
    pub fn write(&self, words: &[u32]) {
        for (at, word) in words.iter().enumerate().take(4) {
            // SAFETY: there are four words, and no reference to them exists.
            unsafe { self.0.get().cast::<u32>().add(at).write_volatile(*word) };
        }
    }
}

/// The address of something in this guest's memory.
pub fn address(pointer: *const u8) -> u32 {
    u32::try_from(pointer.addr()).unwrap_or_default()
}
