//! One line for the log, then messages on the channel `reports` for ever: the smallest guest that goes on doing
//! something, of which as many as possible are run at once.
//!
//! Needs the grants `reports` (a channel to send on) and `log`.
#![no_std]

use locket_guest::channel::Sender;
use locket_guest::{Result, info};

locket_guest::main!(run, arena = 64);

fn run() -> Result {
    info!("hello");
    let reports = Sender::open("reports")?;
    loop {
        reports.send(b"hello")?;
    }
}
