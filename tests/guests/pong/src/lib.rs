//! Sends back on the channel `back` whatever comes on `there`, until no sender is left.
//!
//! Needs the grants `there` (a channel to receive from), `back` (a channel to send on) and `log`.
#![no_std]

use locket_guest::Result;
use locket_guest::channel::{Error, Receiver, Sender};

locket_guest::main!(run, arena = 64);

fn run() -> Result {
    let there = Receiver::open("there")?;
    let back = Sender::open("back")?;
    loop {
        match there.wait() {
            Ok(message) => back.send(&message)?,
            Err(Error::Closed) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
