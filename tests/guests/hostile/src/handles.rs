//! Handles that were never given out, have been given back, or stand for something else.

use core::mem::forget;

use locket_guest::channel::{Receiver, Sender};
use locket_guest::log::{self, Level, Line};
use locket_guest::pin::{self, Input, Output};
use locket_guest::{Result, bindings};

use crate::raw::{self, SCRATCH};
use crate::{SURVIVED, UNEXPECTED};

/// Trap: unknown handle.
pub fn forged(handle: u32) -> Result<u8> {
    raw::output_set(handle, 1, SCRATCH.address());
    Ok(SURVIVED)
}

/// Trap: handle of another resource type.
pub fn wrong_type() -> Result<u8> {
    let led = Output::open("led")?;
    raw::input_read(led.handle(), SCRATCH.address());
    Ok(SURVIVED)
}

/// Trap: handle of another resource type, given back as what it is not.
pub fn wrong_drop() -> Result<u8> {
    let led = Output::open("led")?;
    raw::input_drop(led.handle());
    Ok(SURVIVED)
}

/// Trap: unknown handle. It was given back before.
pub fn stale() -> Result<u8> {
    let handle = Output::open("led")?.take_handle();
    raw::output_drop(handle);
    raw::output_set(handle, 1, SCRATCH.address());
    Ok(SURVIVED)
}

/// Trap: handle of another resource type. The index was given back, and given out again for a channel.
pub fn stale_reused() -> Result<u8> {
    let handle = Output::open("led")?.take_handle();
    raw::output_drop(handle);
    let out = Sender::open("out")?;
    if out.handle() != handle {
        return Ok(UNEXPECTED);
    }
    raw::output_set(handle, 1, SCRATCH.address());
    Ok(SURVIVED)
}

/// Trap: unknown handle.
pub fn double_drop() -> Result<u8> {
    let handle = Output::open("led")?.take_handle();
    raw::output_drop(handle);
    raw::output_drop(handle);
    Ok(SURVIVED)
}

/// Opens handles until the kernel says `quota-exceeded`, logs how many it got, and sees that one given back can be
/// opened again: exit code 0.
pub fn many() -> Result<u8> {
    let mut open: u32 = 0;
    let refused = loop {
        match Output::open("led") {
            Ok(led) => forget(led),
            Err(error) => break error,
        }
        open += 1;
    };
    log::write(Level::Info, "", Line::<32>::new().number(open).text(" handles").as_str());
    if refused != pin::Error::QuotaExceeded {
        return Ok(UNEXPECTED);
    }
    // The first handle of a run that has given none back.
    raw::output_drop(1);
    forget(Output::open("led")?);
    Ok(0)
}

/// Trap: the table of handles is full, and this call has no error to say so.
pub fn many_pollables() -> Result<u8> {
    loop {
        forget(bindings::wasi::clocks::monotonic_clock::subscribe_instant(0));
    }
}

/// Exit code 0, with a handle of each kind still open. The kernel closes them.
pub fn left_open() -> Result<u8> {
    forget(Output::open("led")?);
    forget(Input::open("button")?);
    let out = Sender::open("out")?;
    forget(out.subscribe()?);
    forget(out);
    let inbox = Receiver::open("in")?;
    forget(inbox.subscribe()?);
    forget(inbox);
    Ok(0)
}
