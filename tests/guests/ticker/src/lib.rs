//! Sends a hundred messages a second on the channel `ticks`, for ever: each the number of messages sent before it, in
//! 4 bytes, low byte first. It goes on where nobody listens, and where the channel is full or the rate used up.
//!
//! Needs the grants `ticks` (a channel to send on), `monotonic-clock` and `log`.
#![no_std]

use core::time::Duration;

use locket_guest::Result;
use locket_guest::channel::{Error, Sender};
use locket_guest::clock::Rhythm;

locket_guest::main!(run, arena = 16);

const PERIOD: Duration = Duration::from_millis(10);

fn run() -> Result {
    let ticks = Sender::open("ticks")?;
    let mut rhythm = Rhythm::every(PERIOD);
    let mut sent: u32 = 0;
    loop {
        match ticks.send(&sent.to_le_bytes()) {
            Ok(()) => sent = sent.wrapping_add(1),
            Err(Error::Closed | Error::Full | Error::QuotaExceeded) => {}
            Err(error) => return Err(error.into()),
        }
        rhythm.wait();
    }
}
