//! One line for the log, one message on the channel `out`: the smallest guest that does something, and so the one by
//! which the size of a guest is measured.
#![no_std]

use locket_guest::channel::Sender;
use locket_guest::{Result, info};

locket_guest::main!(run, arena = 64);

fn run() -> Result {
    info!("hello");
    Sender::open("out")?.send(b"hello")?;
    Ok(())
}
