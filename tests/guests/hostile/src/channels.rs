//! Bad neighbours on a channel.

use core::time::Duration;

use locket_guest::channel::{Error, Receiver, Sender};
use locket_guest::log::{self, Level, Line};
use locket_guest::{Result, clock};

use crate::raw::{self, SCRATCH};
use crate::{SURVIVED, UNEXPECTED, code};

/// Sends until it is refused, and logs how many messages went through and why no more did: exit code 0. Where nothing
/// ever refuses, it gives up after a million.
pub fn flood() -> Result<u8> {
    let out = Sender::open("out")?;
    for sent in 0..1_000_000 {
        if let Err(error) = out.send(&[0; 4]) {
            let mut line = Line::<48>::new();
            line.number(sent).text(" sent, then ").text(error.name());
            log::write(Level::Info, "", line.as_str());
            return Ok(0);
        }
    }
    Ok(SURVIVED)
}

/// Sends more than a message of the channel (below 1,024 bytes) can hold; the kernel says `too-long`: exit code 0.
pub fn long_message() -> Result<u8> {
    static MESSAGE: [u8; 1024] = [0; 1024];
    let refused = Sender::open("out")?.send(&MESSAGE) == Err(Error::TooLong);
    Ok(if refused { 0 } else { UNEXPECTED })
}

/// Trap: too long, or out of bounds. A message above what any channel can hold.
pub fn longest_message() -> Result<u8> {
    let out = Sender::open("out")?;
    raw::sender_send(out.handle(), SCRATCH.address(), 65_537, SCRATCH.address());
    Ok(SURVIVED)
}

/// Holds a receiving end and never takes a message from it. Runs until it is killed.
pub fn deaf() -> Result<u8> {
    let inbox = Receiver::open("in")?;
    clock::sleep(Duration::MAX);
    drop(inbox);
    Ok(SURVIVED)
}

/// Takes one message, leaves the others in the channel, and traps: unreachable.
pub fn dies_with_mail() -> Result<u8> {
    let inbox = Receiver::open("in")?;
    inbox.wait()?;
    clock::sleep(Duration::from_millis(50));
    code::trap()
}
