//! Simulated digital pins, as the board file describes them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::board_file::{BoardFile, Level as FileLevel, Signal};

/// The pins of one simulated board. An object number is a pin's place in the board file's alphabetical order.
pub struct Pins {
    inputs: Vec<Input>,
    outputs: Vec<Output>,
}

struct Input {
    name: String,
    shows: Shows,
}

enum Shows {
    Constant(bool),
    Square { half: Duration },
    Output(usize),
}

struct Output {
    name: String,
    high: AtomicBool,
}

impl Pins {
    /// The pins that `file` describes.
    #[must_use]
    pub fn new(file: &BoardFile) -> Self {
        let outputs: Vec<Output> = file
            .digital_out
            .iter()
            .map(|(name, drive)| Output { name: name.clone(), high: AtomicBool::new(drive.initial == FileLevel::High) })
            .collect();
        let inputs = file
            .digital_in
            .iter()
            .map(|(name, signal)| Input {
                name: name.clone(),
                shows: match signal {
                    Signal::Constant(level) => Shows::Constant(*level == FileLevel::High),
                    Signal::Square { period } => Shows::Square { half: (*period / 2).max(Duration::from_nanos(1)) },
                    // The board file's reader has checked that the output exists.
                    Signal::Follows(target) => outputs
                        .iter()
                        .position(|output| output.name == *target)
                        .map_or(Shows::Constant(false), Shows::Output),
                },
            })
            .collect();
        Self { inputs, outputs }
    }

    /// The object number of the input called `name`.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<u32> {
        self.inputs.iter().position(|input| input.name == name).and_then(|place| u32::try_from(place).ok())
    }

    /// The object number of the output called `name`.
    #[must_use]
    pub fn output(&self, name: &str) -> Option<u32> {
        self.outputs.iter().position(|output| output.name == name).and_then(|place| u32::try_from(place).ok())
    }

    /// The board's name for an output.
    #[must_use]
    pub fn output_name(&self, object: u32) -> Option<&str> {
        self.outputs.get(object as usize).map(|output| output.name.as_str())
    }

    /// Whether the input is high `uptime` after the board's start; `None` without such an input.
    #[must_use]
    pub fn sample(&self, object: u32, uptime: Duration) -> Option<bool> {
        match &self.inputs.get(object as usize)?.shows {
            Shows::Constant(high) => Some(*high),
            Shows::Square { half } => Some((uptime.as_nanos() / half.as_nanos()) % 2 == 1),
            Shows::Output(output) => self.driven(u32::try_from(*output).ok()?),
        }
    }

    /// Whether the output is driven high; `None` without such an output.
    #[must_use]
    pub fn driven(&self, object: u32) -> Option<bool> {
        Some(self.outputs.get(object as usize)?.high.load(Ordering::Relaxed))
    }

    /// Drives the output; returns whether that changed it, `None` without such an output.
    #[must_use = "whether there is such an output"]
    pub fn drive(&self, object: u32, high: bool) -> Option<bool> {
        Some(self.outputs.get(object as usize)?.high.swap(high, Ordering::Relaxed) != high)
    }

    /// Inverts the output; returns whether it is high now, `None` without such an output.
    #[must_use = "whether there is such an output"]
    pub fn invert(&self, object: u32) -> Option<bool> {
        Some(!self.outputs.get(object as usize)?.high.fetch_not(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pins() -> Pins {
        let file = BoardFile::parse(
            "[digital-in.probe]\nwave = \"square\"\nperiod = \"10ms\"\n[digital-in.back]\nfollows = \"valve\"\n\
             [digital-out.valve]\n",
        )
        .unwrap();
        Pins::new(&file)
    }

    #[test]
    fn a_square_wave_starts_low() {
        let pins = pins();
        let probe = pins.input("probe").unwrap();
        let at = |millis| pins.sample(probe, Duration::from_millis(millis)).unwrap();
        assert_eq!([at(0), at(4), at(5), at(9), at(10)], [false, false, true, true, false]);
    }

    #[test]
    fn an_output_is_driven_inverted_and_followed() {
        let pins = pins();
        let (valve, back) = (pins.output("valve").unwrap(), pins.input("back").unwrap());
        assert_eq!(pins.drive(valve, true), Some(true));
        assert_eq!(pins.drive(valve, true), Some(false));
        assert_eq!(pins.sample(back, Duration::ZERO), Some(true));
        assert_eq!(pins.invert(valve), Some(false));
        assert_eq!(pins.driven(valve), Some(false));
    }

    #[test]
    fn no_such_pin_is_no_panic() {
        let pins = pins();
        assert_eq!((pins.input("valve"), pins.output("probe")), (None, None));
        assert_eq!(pins.sample(9, Duration::ZERO), None);
        assert_eq!((pins.driven(9), pins.drive(9, true), pins.invert(9)), (None, None, None));
    }
}
