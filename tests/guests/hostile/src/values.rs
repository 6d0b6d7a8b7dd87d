//! Values that are no values of their type. Each ends the container with a trap of the ABI.

use locket_guest::pin::Output;
use locket_guest::{Result, random};

use crate::SURVIVED;
use crate::raw::{self, SCRATCH};

/// An address far beyond any container's memory.
const OUTSIDE: u32 = 0xffff_0000;

/// Trap: out of bounds. A text that lies outside memory.
pub fn pointer_outside() -> Result<u8> {
    raw::log(2, SCRATCH.address(), 0, OUTSIDE, 16);
    Ok(SURVIVED)
}

/// Trap: out of bounds. The end of the text wraps around to the start of memory.
pub fn pointer_wraps() -> Result<u8> {
    raw::log(2, SCRATCH.address(), 0, u32::MAX, 2);
    Ok(SURVIVED)
}

/// Trap: out of bounds. The kernel is to write a result outside memory.
pub fn result_outside() -> Result<u8> {
    let led = Output::open("led")?;
    raw::output_set(led.handle(), 1, OUTSIDE);
    Ok(SURVIVED)
}

/// Trap: misaligned. A result with a handle in it needs an address divisible by four.
pub fn result_misaligned() -> Result<u8> {
    let label = "led";
    raw::output_open(raw::address(label.as_ptr()), 3, SCRATCH.address() + 1);
    Ok(SURVIVED)
}

/// Trap: misaligned. A list of handles needs an address divisible by four.
pub fn list_misaligned() -> Result<u8> {
    raw::poll(SCRATCH.address() + 2, 1, SCRATCH.address());
    Ok(SURVIVED)
}

/// Trap: not UTF-8.
pub fn bad_utf8() -> Result<u8> {
    let label = [b'l', 0xff, b'd'];
    raw::output_open(raw::address(label.as_ptr()), 3, SCRATCH.address());
    Ok(SURVIVED)
}

/// Trap: no such case. A level that is neither low nor high.
pub fn bad_enum() -> Result<u8> {
    let led = Output::open("led")?;
    raw::output_set(led.handle(), 2, SCRATCH.address());
    Ok(SURVIVED)
}

/// Trap: too long. A label of 33 bytes.
pub fn long_label() -> Result<u8> {
    drop(Output::open("a-label-of-thirty-three-bytes----"));
    Ok(SURVIVED)
}

/// Trap: too long. A line of 513 bytes.
pub fn long_line() -> Result<u8> {
    static LINE: [u8; 513] = [b'.'; 513];
    raw::log(2, SCRATCH.address(), 0, raw::address(LINE.as_ptr()), 513);
    Ok(SURVIVED)
}

/// Trap: too long, or out of bounds. A list of 2^30 handles: its size in bytes does not fit in 32 bits.
pub fn huge_list() -> Result<u8> {
    raw::poll(SCRATCH.address(), 1 << 30, SCRATCH.address());
    Ok(SURVIVED)
}

/// Trap. More random bytes than the kernel gives at a time.
pub fn much_random() -> Result<u8> {
    drop(random::get_random_bytes(4_097));
    Ok(SURVIVED)
}
