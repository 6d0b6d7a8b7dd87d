//! Opens the water valve while the soil is dry, and closes it when nobody says that it is.
//!
//! Needs the grants `valve` (a pin to drive), `moisture` (a channel to receive from), `monotonic-clock` and `log`.
#![no_std]

use core::time::Duration;

use locket_guest::channel::{self, Receiver};
use locket_guest::log::{self, Level as LogLevel, Line};
use locket_guest::pin::{Level, Output};
use locket_guest::wait::wait_any;
use locket_guest::{Result, clock, info, warn};
use reading::Reading;

locket_guest::main!(run, arena = 64);

/// How long the valve stays as it is without a reading.
const PATIENCE: Duration = Duration::from_secs(2);

fn run() -> Result {
    let mut valve = Valve { pin: Output::open("valve")?, open: None };
    let moisture = Receiver::open("moisture")?;
    let message = moisture.subscribe()?;
    valve.drive(false)?;
    loop {
        let silence = clock::after(PATIENCE);
        if wait_any(&[&message, &silence]) != 0 {
            warn!("no reading in time");
            valve.drive(false)?;
            continue;
        }
        match moisture.receive() {
            Ok(message) => match Reading::from_bytes(&message) {
                Some(reading) => valve.drive(!reading.wet)?,
                None => warn!("that is no reading"),
            },
            Err(channel::Error::Empty) => {}
            // The pollable of a closed channel is ready, so there is nothing to wait for but time.
            Err(channel::Error::Closed) => {
                warn!("nobody measures");
                valve.drive(false)?;
                silence.block();
            }
            Err(error) => return Err(error.into()),
        }
        let lost = moisture.take_lost()?;
        if lost > 0 {
            log::write(LogLevel::Warn, "", Line::<32>::new().number(lost).text(" readings lost").as_str());
        }
    }
}

/// The valve, and what it was last driven to.
struct Valve {
    pin: Output,
    open: Option<bool>,
}

impl Valve {
    fn drive(&mut self, open: bool) -> Result {
        if self.open == Some(open) {
            return Ok(());
        }
        self.pin.set(if open { Level::High } else { Level::Low })?;
        self.open = Some(open);
        if open {
            info!("valve opened");
        } else {
            info!("valve closed");
        }
        Ok(())
    }
}
