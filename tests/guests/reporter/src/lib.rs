//! One line for the log, then messages on the channel `reports` for ever: the smallest guest that goes on doing
//! something, of which as many as possible are run at once. It has no words for what goes wrong, only an exit code.
//!
//! Needs the grants `reports` (a channel to send on) and `log`.
#![no_std]

use locket_guest::channel::Sender;
use locket_guest::info;

locket_guest::main!(run, arena = 32);

fn run() -> u8 {
    info!("hello");
    if let Ok(reports) = Sender::open("reports") {
        while reports.send(b"hello").is_ok() {}
    }
    1
}
