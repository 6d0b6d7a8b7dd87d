//! Sends a thousand messages of 0 to 31 bytes on the channel `there`, and waits for each to come back on `back`. Logs
//! how long that took, in microseconds. Exit code 1 says that something else came back.
//!
//! Needs the grants `there` (a channel to send on), `back` (a channel to receive from), `monotonic-clock` and `log`.
#![no_std]

use locket_guest::channel::{Receiver, Sender};
use locket_guest::log::{self, Level, Line};
use locket_guest::{Result, clock, error};

locket_guest::main!(run, arena = 64);

const ROUNDS: u32 = 1000;

fn run() -> Result<u8> {
    let there = Sender::open("there")?;
    let back = Receiver::open("back")?;
    let start = clock::now();
    let bytes: [u8; 32] = *b"0123456789abcdefghijklmnopqrstuv";
    for (_, len) in (0..ROUNDS).zip((0..bytes.len()).cycle()) {
        let message = bytes.get(..len).unwrap_or_default();
        there.send(message)?;
        if back.wait()? != message {
            error!("something else came back");
            return Ok(1);
        }
    }
    let micros = (clock::now() - start) / 1000;
    let mut line = Line::<64>::new();
    line.number(ROUNDS).text(" rounds in ").number(i64::try_from(micros).unwrap_or(i64::MAX)).text(" us");
    log::write(Level::Info, "", line.as_str());
    Ok(0)
}
