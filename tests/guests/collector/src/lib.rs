//! Takes messages from the channel `reports` for ever.
//!
//! Needs the grants `reports` (a channel to receive from) and `log`.
#![no_std]

use locket_guest::Result;
use locket_guest::channel::Receiver;

locket_guest::main!(run, arena = 64);

fn run() -> Result {
    let reports = Receiver::open("reports")?;
    loop {
        reports.wait()?;
    }
}
