//! Waits that never end, or should never begin.

use core::mem::forget;
use core::time::Duration;

use locket_guest::channel::Receiver;
use locket_guest::wait::poll;
use locket_guest::{Result, clock};

use crate::raw::{self, SCRATCH};
use crate::{SURVIVED, UNEXPECTED};

/// Waits for the end of time. Runs until it is killed.
pub fn sleeps() -> Result<u8> {
    clock::sleep(Duration::MAX);
    Ok(SURVIVED)
}

/// Trap: nothing could end the wait.
pub fn poll_nothing() -> Result<u8> {
    drop(poll(&[]));
    Ok(SURVIVED)
}

/// Trap: more pollables than a wait can have.
pub fn poll_many() -> Result<u8> {
    let soon = clock::after(Duration::ZERO);
    drop(poll(&[&soon; 17]));
    Ok(SURVIVED)
}

/// One pollable twice in a list is allowed, and both places are reported: exit code 0.
pub fn poll_twice() -> Result<u8> {
    let soon = clock::after(Duration::ZERO);
    Ok(if poll(&[&soon, &soon]) == [0, 1] { 0 } else { UNEXPECTED })
}

/// Trap: unknown handle. One pollable of the list was given back.
pub fn poll_dropped() -> Result<u8> {
    let soon = clock::after(Duration::ZERO);
    let dropped = clock::after(Duration::ZERO).take_handle();
    raw::pollable_drop(dropped);
    SCRATCH.write(&[soon.handle(), dropped]);
    raw::poll(SCRATCH.address(), 2, SCRATCH.address() + 8);
    Ok(SURVIVED)
}

/// Gives back a receiving end while it holds a pollable of it. Waiting for that is no error, and neither is giving it
/// back later: exit code 0.
pub fn poll_orphan() -> Result<u8> {
    let inbox = Receiver::open("in")?;
    let orphan = inbox.subscribe()?;
    drop(inbox);
    let soon = clock::after(Duration::from_millis(20));
    drop(poll(&[&orphan, &soon]));
    Ok(0)
}

/// Waits again and again for what is ready already, so that no wait ever lasts. Out of fuel where there is a limit;
/// else it runs until it is killed.
pub fn never_waits() -> ! {
    let ready = clock::after(Duration::ZERO);
    let handle = ready.handle();
    forget(ready);
    loop {
        raw::pollable_block(handle);
    }
}
