//! What code can do without calling the kernel, and how it ends.

use core::hint::black_box;

use locket_guest::log::{self, Level, Line};
use locket_guest::{Result, info};

use crate::SURVIVED;

/// Logs `start N` and fails, so that a restart policy has something to do: exit code 1.
pub fn start_count() -> Result<u8> {
    log::write(Level::Info, "", Line::<24>::new().text("start ").number(info::start_count()).as_str());
    Ok(1)
}

/// Trap: unreachable.
pub fn trap() -> ! {
    core::arch::wasm32::unreachable()
}

/// A line in the log, then the trap: unreachable.
pub fn panic() -> ! {
    panic!("as asked")
}

/// Trap: memory out of bounds.
pub fn load_outside() -> Result<u8> {
    let outside = core::ptr::without_provenance::<u32>(0xffff_fff0);
    // SAFETY: there is nothing at that address, so the access can only trap.
    black_box(unsafe { outside.read_volatile() });
    Ok(SURVIVED)
}

/// Trap: memory out of bounds.
pub fn store_outside() -> Result<u8> {
    let outside = core::ptr::without_provenance_mut::<u32>(0xffff_fff0);
    // SAFETY: as in `load_outside`.
    unsafe { outside.write_volatile(1) };
    Ok(SURVIVED)
}

/// Out of fuel where there is a limit; else it runs until it is killed.
pub fn spin() -> ! {
    let mut turns: u32 = 0;
    loop {
        turns = black_box(turns).wrapping_add(1);
    }
}

/// Trap: stack overflow, of the engine's stack.
pub fn recursion() -> Result<u8> {
    // The result keeps the compiler from making a loop of it.
    fn dig(depth: u32) -> u32 {
        if depth == u32::MAX { depth } else { dig(depth + 1).rotate_left(depth) }
    }
    black_box(dig(black_box(0)));
    Ok(SURVIVED)
}

/// Trap: the stack in the guest's own memory ends, as a stack overflow or as an access out of bounds.
pub fn deep_stack() -> Result<u8> {
    fn dig(depth: u32) -> u32 {
        let frame = black_box([depth; 64]);
        if depth == u32::MAX { depth } else { dig(depth + 1).rotate_left(frame[0]) }
    }
    black_box(dig(black_box(0)));
    Ok(SURVIVED)
}
