//! A container that someone else has taken over. It was granted a lamp and the readings, and wants more: one attack
//! per start, told in the log beforehand. None of them reaches anything but the intruder itself.
//!
//! Needs the grants `lamp` (a pin to drive, with the right `set` alone and a rate), `moisture` (a channel to receive
//! from), `info` and `log`. A restart policy brings it back after each attack; on the last start it gives up.
#![no_std]

mod raw;

use core::hint::black_box;

use locket_guest::channel::{Receiver, Sender};
use locket_guest::log::{self, Level as LogLevel, Line};
use locket_guest::pin::{Input, Level, Output};
use locket_guest::{Describe, Result, info};

locket_guest::main!(run, arena = 64);

/// An index that stands for no handle of this container.
const FORGED: u32 = 4711;

/// An address beyond any memory that a container has.
const OUTSIDE: u32 = 0xffff_fff0;

fn run() -> Result<(), &'static str> {
    match info::start_count() {
        1 => {
            ask_for_more();
            return Err("what is not granted is refused; next time without asking");
        }
        2 => {
            info!("sets a pin through handle 4711, which it was never given");
            raw::output_set(FORGED, 1, raw::SCRATCH.address());
        }
        3 => {
            info!("reads a pin through the handle of a channel");
            let moisture = Receiver::open("moisture").map_err(|error| error.name())?;
            raw::input_read(moisture.handle(), raw::SCRATCH.address());
        }
        4 => {
            info!("has the kernel write outside its memory");
            let lamp = Output::open("lamp").map_err(|error| error.name())?;
            raw::output_set(lamp.handle(), 1, OUTSIDE);
        }
        5 => {
            info!("loops for ever, to starve the others");
            let mut turns = 0_u32;
            loop {
                turns = black_box(turns).wrapping_add(1);
            }
        }
        6 => {
            info!("recurses without end");
            black_box(dig(black_box(0)));
        }
        _ => {
            info!("gives up: nothing worked");
            return Ok(());
        }
    }
    Err("SUCCEEDED: the kernel did not end this container")
}

/// Asks politely for what the policy does not grant. Each request is refused with an error.
fn ask_for_more() {
    report("opens the pin `valve`, which is granted to another", Output::open("valve").map(drop));
    report("opens the pin `probe`, which is granted to another", Input::open("probe").map(drop));
    report("opens the sending end of `moisture`", Sender::open("moisture").map(drop));
    report("opens an end of a channel that does not exist", Receiver::open("orders").map(drop));
    match Output::open("lamp") {
        Ok(lamp) => {
            report("reads back the lamp, which it may only set", lamp.read().map(drop));
            let flicker = (0..50).try_for_each(|turn| lamp.set(if turn % 2 == 0 { Level::High } else { Level::Low }));
            report("sets the lamp faster than its rate", flicker);
        }
        Err(error) => report("opens its own lamp", Err(error)),
    }
}

/// Logs what was tried and how it ended.
fn report(attempt: &str, outcome: Result<(), impl Describe>) {
    let mut line = Line::<96>::new();
    line.text(attempt).text(": ");
    let level = match outcome {
        Ok(()) => {
            line.text("SUCCEEDED");
            LogLevel::Critical
        }
        Err(error) => {
            line.text(error.describe());
            LogLevel::Info
        }
    };
    log::write(level, "", line.as_str());
}

/// Calls itself once more than any stack allows. The result keeps the compiler from making a loop of it.
fn dig(depth: u32) -> u32 {
    if depth == u32::MAX { depth } else { dig(depth + 1).rotate_left(depth) }
}
