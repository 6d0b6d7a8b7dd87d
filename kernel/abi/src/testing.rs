//! A guest for tests: memory with an allocator that can be told to misbehave, and exports that are closures.

use std::boxed::Box;
use std::string::{String, ToString};
use std::vec::Vec;

use crate::{
    Exports, Flat, FlatMut, Guest, HandleTable, Lends, Lift, Lifting, Lower, Lowering, Memory, MemoryMut, Resource,
    ResourceId, Trap,
};

/// The table of the tests' guests. What a handle stands for is a number.
pub type Table = HandleTable<u32, 8>;

/// A resource.
#[derive(Debug)]
pub struct Pin;

impl Resource for Pin {
    const ID: ResourceId = ResourceId::of("test:gpio/digital/pin");
}

/// Another resource.
#[derive(Debug)]
pub struct Timer;

impl Resource for Timer {
    const ID: ResourceId = ResourceId::of("test:clock/timer/timer");
}

/// How `cabi_realloc` behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Allocator {
    /// Hands out memory that was never used before.
    Bump,
    /// As `Bump`, after replacing the whole memory by a larger one elsewhere.
    Moves,
    /// Has no memory left.
    Null,
    /// Is off by one.
    Misaligned,
    /// Hands out memory that ends one byte behind the end.
    OutOfBounds,
    /// Stops the guest.
    Traps,
}

type Export = Box<dyn FnMut(&mut Vec<u8>, &mut Table, &[u64]) -> u64>;

/// The guest. Its memory is filled with `0xAA`, so that what was not written shows.
pub struct FakeGuest {
    pub memory: Vec<u8>,
    pub allocator: Allocator,
    /// Every call of `cabi_realloc`: old pointer, old size, alignment, new size.
    pub reallocs: Vec<[u32; 4]>,
    /// What the export does.
    pub export: Export,
    /// Names of the exports that were called, in order.
    pub called: Vec<String>,
    next: u32,
}

impl FakeGuest {
    pub fn new() -> Self {
        Self {
            memory: [0xaa; 1024].to_vec(),
            allocator: Allocator::Bump,
            reallocs: Vec::new(),
            export: Box::new(|_, _, _| 0),
            called: Vec::new(),
            next: 512,
        }
    }

    pub fn with(allocator: Allocator) -> Self {
        Self { allocator, ..Self::new() }
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
        self.reallocs.push([old_ptr, old_size, align, new_size]);
        let end = u32::try_from(self.memory.len()).unwrap();
        let ptr = self.next.next_multiple_of(align);
        match self.allocator {
            Allocator::Bump | Allocator::Moves => {
                if self.allocator == Allocator::Moves || (ptr + new_size) as usize > self.memory.len() {
                    let mut moved = [0xaa; 64].repeat((ptr + new_size) as usize / 64 + 2);
                    moved[..self.memory.len().min((ptr + new_size) as usize)]
                        .copy_from_slice(&self.memory[..self.memory.len().min((ptr + new_size) as usize)]);
                    self.memory = moved;
                }
                self.next = ptr + new_size;
                Ok(ptr)
            }
            Allocator::Null => Ok(0),
            Allocator::Misaligned => Ok(ptr + 1),
            Allocator::OutOfBounds => Ok((end + 1 - new_size).next_multiple_of(align)),
            Allocator::Traps => Err(Trap::Guest),
        }
    }
}

/// A guest together with its handle table.
pub struct Host {
    pub guest: FakeGuest,
    pub handles: Table,
}

impl Host {
    pub fn new() -> Self {
        Self { guest: FakeGuest::new(), handles: Table::new() }
    }
}

impl Guest for Host {
    fn memory(&self) -> Memory<'_> {
        self.guest.memory()
    }

    fn memory_mut(&mut self) -> MemoryMut<'_> {
        self.guest.memory_mut()
    }

    fn realloc(&mut self, old_ptr: u32, old_size: u32, align: u32, new_size: u32) -> Result<u32, Trap> {
        self.guest.realloc(old_ptr, old_size, align, new_size)
    }
}

impl Exports for Host {
    type Handles = Table;

    fn call(&mut self, export: &str, args: &[u64], result: &mut [u64]) -> Result<(), Trap> {
        self.guest.called.push(export.to_string());
        let value = (self.guest.export)(&mut self.guest.memory, &mut self.handles, args);
        if let [slot] = result {
            *slot = value;
        }
        Ok(())
    }

    fn post_return(&mut self, export: &str, result: &[u64]) -> Result<(), Trap> {
        self.guest.called.push(std::format!("cabi_post_{export} {result:?}"));
        Ok(())
    }

    fn with_handles<T>(&mut self, f: impl FnOnce(&mut dyn Guest, &mut Table) -> T) -> T {
        f(&mut self.guest, &mut self.handles)
    }
}

/// Lowers `value` to core values.
pub fn lower<T: Lower<Table>>(guest: &mut FakeGuest, value: &T) -> Result<Vec<u64>, Trap> {
    // Another value than 0, to see what is not written.
    let mut slots = [u64::MAX; 32];
    let slots = &mut slots[..T::FLAT];
    value.lower(&mut Lowering::new(guest, &mut Table::new()), &mut FlatMut::new(slots))?;
    Ok(slots.to_vec())
}

/// Stores `value` at `ptr`.
pub fn store<T: Lower<Table>>(guest: &mut FakeGuest, value: &T, ptr: u32) -> Result<(), Trap> {
    Lowering::new(guest, &mut Table::new()).store_result(value, ptr)
}

/// Lifts a value out of `slots` and lets `f` look at it.
pub fn lift<'m, T: Lift<'m, Table>>(memory: &'m [u8], slots: &[u64]) -> Result<T, Trap> {
    let mut handles = Table::new();
    let mut lends = Lends::new();
    let mut flat = Flat::new(slots);
    let value = T::lift(&mut Lifting::new(Memory::new(memory), &mut handles, &mut lends), &mut flat)?;
    assert_eq!(flat.next_u64(), Err(Trap::ArgumentCount), "a type takes all of its core values");
    Ok(value)
}

/// Loads a value from `ptr`.
pub fn load<'m, T: Lift<'m, Table>>(memory: &'m [u8], ptr: u32) -> Result<T, Trap> {
    let mut handles = Table::new();
    let mut lends = Lends::new();
    let mut cx = Lifting::new(Memory::new(memory), &mut handles, &mut lends);
    cx.check::<T>(ptr)?;
    T::load(&mut cx, ptr)
}

/// Lowers and lifts `value` both as core values and in memory, and asserts that it stays the same. The type is given
/// apart, so that it may borrow from the guest.
macro_rules! assert_round_trip {
    ($value:expr, $type:ty) => {
        assert_round_trip!($value, $type, $crate::testing::FakeGuest::new())
    };
    ($value:expr, $type:ty, $guest:expr) => {{
        let value = $value;
        let mut guest = $guest;
        let slots = $crate::testing::lower(&mut guest, &value).unwrap();
        assert_eq!($crate::testing::lift::<$type>(&guest.memory, &slots).unwrap(), value);
        $crate::testing::store(&mut guest, &value, 64).unwrap();
        assert_eq!($crate::testing::load::<$type>(&guest.memory, 64).unwrap(), value);
    }};
}
pub(crate) use assert_round_trip;
