//! Opens a pin, logs, sends and receives: the Rust one of the guests that do the same in every language.
#![no_std]

use locket_guest::channel::{Receiver, Sender};
use locket_guest::pin::{Level, Output};
use locket_guest::{Result, info};

// A heap for one message of the channel.
locket_guest::main!(run, arena = 64);

fn run() -> Result<u8> {
    let lamp = Output::open("lamp")?;
    let there = Sender::open("there")?;
    let back = Receiver::open("back")?;
    info!("calling");
    lamp.set(Level::High)?;
    there.send(b"ping")?;
    let answer = back.wait()?;
    lamp.set(Level::Low)?;
    if answer != b"ping" {
        return Ok(2);
    }
    info!("answered");
    Ok(0)
}
