//! Receives from the channel `ticks` until no sender is left, and logs `N received, M lost` after every ten messages
//! and at the end. Exit code 1 says that something is wrong with the messages: one that the sender cannot have sent,
//! one out of order, or more missing than the kernel has said.
//!
//! Needs the grants `ticks` (a channel to receive from) and `log`.
#![no_std]

use locket_guest::channel::{Error, Receiver};
use locket_guest::log::{self, Level, Line};
use locket_guest::{Result, error, info};

locket_guest::main!(run, arena = 128);

fn run() -> Result<u8> {
    let ticks = Receiver::open("ticks")?;
    let mut all = Count::default();
    // The same since the sender was last started.
    let mut latest = Count::default();
    loop {
        let message = match ticks.wait() {
            Ok(message) => message,
            Err(Error::Closed) => break,
            Err(error) => return Err(error.into()),
        };
        let Ok(number) = message[..].try_into().map(u32::from_le_bytes) else {
            error!("a tick has four bytes");
            return Ok(1);
        };
        if number == 0 && latest.received > 0 {
            info!("the sender was restarted");
            latest = Count::default();
        }
        let lost = ticks.take_lost()?;
        all.lost += lost;
        latest.lost += lost;
        // The kernel may have told of a loss before the message after it arrives.
        if number < latest.received || number - latest.received > latest.lost {
            error!("out of order");
            return Ok(1);
        }
        all.received += 1;
        latest.received += 1;
        if all.received.is_multiple_of(10) {
            all.tell();
        }
    }
    all.tell();
    Ok(0)
}

#[derive(Default)]
struct Count {
    received: u32,
    lost: u32,
}

impl Count {
    fn tell(&self) {
        let mut line = Line::<48>::new();
        line.number(self.received).text(" received, ").number(self.lost).text(" lost");
        log::write(Level::Info, "", line.as_str());
    }
}
