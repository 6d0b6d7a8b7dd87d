//! Reads the soil probe in a steady rhythm and sends each reading.
//!
//! Needs the grants `probe` (a pin to read), `moisture` (a channel to send on), `monotonic-clock` and `log`.
#![no_std]

use core::time::Duration;

use locket_guest::channel::{self, Sender};
use locket_guest::clock::Rhythm;
use locket_guest::pin::{Input, Level};
use locket_guest::{Result, info};
use reading::Reading;

// Nothing here allocates, and the kernel hands nothing over that would.
locket_guest::main!(run, arena = 16);

/// Time between two readings.
const PERIOD: Duration = Duration::from_millis(250);

fn run() -> Result {
    let probe = Input::open("probe")?;
    let moisture = Sender::open("moisture")?;
    let mut rhythm = Rhythm::every(PERIOD);
    let mut before = None;
    let mut sequence: u16 = 0;
    info!("reading the probe four times a second");
    loop {
        rhythm.wait();
        let wet = probe.read()? == Level::High;
        if before != Some(wet) {
            before = Some(wet);
            if wet {
                info!("the soil is wet");
            } else {
                info!("the soil is dry");
            }
        }
        match moisture.send(&Reading { sequence, wet }.to_bytes()) {
            // Readings go on while nobody listens: the next one is as good as this one.
            Ok(()) | Err(channel::Error::Closed) => {}
            Err(error) => return Err(error.into()),
        }
        sequence = sequence.wrapping_add(1);
    }
}
