//! A guest without code.

use std::{boxed::Box, vec, vec::Vec};

use locket_abi::{Guest, Memory, MemoryMut, Trap};

use super::std;

/// A guest that is a vector of bytes, and whose `cabi_realloc` gives out one block after the other, from 16 on.
pub struct FakeGuest {
    /// Its memory.
    pub memory: Vec<u8>,
    /// How often `cabi_realloc` was called.
    pub reallocs: usize,
    /// Stands in for code of the guest that runs in `cabi_realloc` before it allocates.
    pub on_realloc: Option<Box<dyn FnMut() -> Result<(), Trap> + Send>>,
    next: u32,
}

impl Default for FakeGuest {
    fn default() -> Self {
        Self::new(64 * 1024)
    }
}

impl FakeGuest {
    /// With `size` bytes of memory.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self { memory: vec![0; size], reallocs: 0, on_realloc: None, next: 16 }
    }

    /// Puts `bytes` into the guest's memory, as the guest itself would; returns where.
    ///
    /// # Panics
    /// If the memory is too small.
    pub fn put(&mut self, bytes: &[u8]) -> u32 {
        let ptr = self.next;
        self.next += u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.memory[ptr as usize..][..bytes.len()].copy_from_slice(bytes);
        ptr
    }

    /// The bytes at `ptr`.
    ///
    /// # Panics
    /// If they are outside of the memory.
    #[must_use]
    pub fn get(&self, ptr: u32, len: u32) -> &[u8] {
        &self.memory[ptr as usize..][..len as usize]
    }

    /// Frees all that was allocated.
    pub fn reset(&mut self) {
        self.next = 16;
    }
}

impl Guest for FakeGuest {
    fn memory(&self) -> Memory<'_> {
        Memory::new(&self.memory)
    }

    fn memory_mut(&mut self) -> MemoryMut<'_> {
        MemoryMut::new(&mut self.memory)
    }

    fn realloc(&mut self, old_ptr: u32, old_size: u32, align: u32, new_size: u32) -> Result<u32, Trap> {
        self.reallocs += 1;
        if let Some(code) = &mut self.on_realloc {
            code()?;
        }
        let ptr = self.next.next_multiple_of(align.max(1));
        let end = ptr.checked_add(new_size).filter(|end| *end as usize <= self.memory.len());
        // Null is how an allocator says that it has nothing left.
        let Some(end) = end else { return Ok(0) };
        self.next = end;
        let kept = old_size.min(new_size) as usize;
        self.memory.copy_within(old_ptr as usize..old_ptr as usize + kept, ptr as usize);
        Ok(ptr)
    }
}
