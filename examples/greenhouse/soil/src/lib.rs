//! Reads the soil probe in a steady rhythm and sends each reading.
//!
//! Needs the grants `probe` (a pin to read), `moisture` (a channel to send on), `monotonic-clock` and `log`.
#![no_std]

use core::time::Duration;

use locket_guest::channel::Sender;
use locket_guest::clock::Rhythm;
use locket_guest::pin::{Input, Level};
use locket_guest::{Result, info};
use reading::Reading;

locket_guest::main!(run, arena = 128);

/// Time between two readings.
const PERIOD: Duration = Duration::from_millis(250);

fn run() -> Result {
    let probe = Input::open("probe")?;
    let moisture = Sender::open("moisture")?;
    let mut rhythm = Rhythm::every(PERIOD);
    let mut sequence = 0;
    let mut before = None;
    info!("reading the probe");
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
        moisture.send(&Reading { sequence, wet }.to_bytes())?;
        sequence = sequence.wrapping_add(1);
    }
}
