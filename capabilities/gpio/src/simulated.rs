//! Simulated pins: inputs that show a fixed signal or follow an output, and outputs that remember what they are driven
//! to. For boards without such hardware, for development, and for tests.

use lock_api::{Mutex, RawMutex};
use locket_kernel::{Access, Platform};

use crate::digital::{Digital, Error, Level};
use crate::report;

/// What an input shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shows {
    /// The same level always.
    Constant(Level),
    /// `Low` for so many nanoseconds, then `High` for as long, and so on from the board's start. 0 counts as 1.
    Square {
        /// Nanoseconds of half a wave.
        half: u64,
    },
    /// The level of the output with this number.
    Output(u32),
}

/// A simulated input.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The board's name for it, which grants use.
    pub name: &'a str,
    /// What it shows.
    pub shows: Shows,
}

/// A simulated output.
#[derive(Debug)]
pub struct Output<'a, L: RawMutex> {
    name: &'a str,
    level: Mutex<L, Level>,
}

impl<'a, L: RawMutex> Output<'a, L> {
    /// An output of this name, which stands at `initial` until somebody drives it.
    #[must_use]
    pub const fn new(name: &'a str, initial: Level) -> Self {
        Self { name, level: Mutex::new(initial) }
    }
}

/// The simulated pins of a board. The number of an object is its place in the slice.
#[derive(Debug)]
pub struct SimulatedPins<'a, L: RawMutex> {
    inputs: &'a [Input<'a>],
    outputs: &'a [Output<'a, L>],
}

impl<'a, L: RawMutex> SimulatedPins<'a, L> {
    /// These pins. Names are unique among inputs, and among outputs.
    #[must_use]
    pub const fn new(inputs: &'a [Input<'a>], outputs: &'a [Output<'a, L>]) -> Self {
        Self { inputs, outputs }
    }

    /// The number of the input called `name`, for the kernel's table of objects.
    #[must_use]
    pub fn find_input(&self, name: &str) -> Option<u32> {
        self.inputs.iter().position(|input| input.name == name).and_then(|place| u32::try_from(place).ok())
    }

    /// The number of the output called `name`, for the kernel's table of objects.
    #[must_use]
    pub fn find_output(&self, name: &str) -> Option<u32> {
        self.outputs.iter().position(|output| output.name == name).and_then(|place| u32::try_from(place).ok())
    }

    /// What the input shows `uptime` nanoseconds after the board's start.
    pub fn sample(&self, input: u32, uptime: u64) -> Result<Level, Error> {
        let input = usize::try_from(input).ok().and_then(|place| self.inputs.get(place)).ok_or(Error::DeviceFailed)?;
        match input.shows {
            Shows::Constant(level) => Ok(level),
            Shows::Square { half } => {
                let halves = uptime.checked_div(half).unwrap_or(uptime);
                Ok(if halves % 2 == 1 { Level::High } else { Level::Low })
            }
            Shows::Output(output) => self.driven(output),
        }
    }

    /// What the output is driven to.
    pub fn driven(&self, output: u32) -> Result<Level, Error> {
        Ok(*self.output(output)?.level.lock())
    }

    /// Drives the output, and returns what it was before.
    pub fn drive(&self, output: u32, level: Level) -> Result<Level, Error> {
        Ok(core::mem::replace(&mut *self.output(output)?.level.lock(), level))
    }

    /// Inverts the output, and returns what it is now.
    pub fn invert(&self, output: u32) -> Result<Level, Error> {
        let mut level = self.output(output)?.level.lock();
        *level = if *level == Level::High { Level::Low } else { Level::High };
        Ok(*level)
    }

    fn output(&self, output: u32) -> Result<&Output<'a, L>, Error> {
        usize::try_from(output).ok().and_then(|place| self.outputs.get(place)).ok_or(Error::DeviceFailed)
    }

    fn report<B: Platform>(&self, output: &Access<'_, B>, level: Level) -> Result<(), Error> {
        report(output, self.output(output.object())?.name, level);
        Ok(())
    }
}

impl<B: Platform, L: RawMutex> Digital<B> for SimulatedPins<'_, L> {
    fn input_read(&self, input: &Access<'_, B>) -> Result<Level, Error> {
        self.sample(input.object(), input.board().monotonic())
    }

    fn output_set(&self, output: &Access<'_, B>, level: Level) -> Result<(), Error> {
        if self.drive(output.object(), level)? == level { Ok(()) } else { self.report(output, level) }
    }

    fn output_toggle(&self, output: &Access<'_, B>) -> Result<Level, Error> {
        let level = self.invert(output.object())?;
        self.report(output, level)?;
        Ok(level)
    }

    fn output_read(&self, output: &Access<'_, B>) -> Result<Level, Error> {
        self.driven(output.object())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: u64 = 1_000_000;

    static INPUTS: [Input<'_>; 3] = [
        Input { name: "probe", shows: Shows::Square { half: 5 * MILLISECOND } },
        Input { name: "back", shows: Shows::Output(0) },
        Input { name: "button", shows: Shows::Constant(Level::High) },
    ];

    fn with_pins<T>(f: impl FnOnce(&SimulatedPins<'_, parking_lot::RawMutex>) -> T) -> T {
        f(&SimulatedPins::new(&INPUTS, &[Output::new("valve", Level::Low)]))
    }

    #[test]
    fn a_square_wave_starts_low() {
        with_pins(|pins| {
            let probe = pins.find_input("probe").unwrap();
            let at = |millis| pins.sample(probe, millis * MILLISECOND).unwrap();
            assert_eq!(
                [at(0), at(4), at(5), at(9), at(10)].map(|level| level == Level::High),
                [false, false, true, true, false]
            );
        });
    }

    #[test]
    fn an_output_is_driven_inverted_and_followed() {
        with_pins(|pins| {
            let (valve, back) = (pins.find_output("valve").unwrap(), pins.find_input("back").unwrap());
            assert_eq!(pins.drive(valve, Level::High), Ok(Level::Low));
            assert_eq!(pins.drive(valve, Level::High), Ok(Level::High));
            assert_eq!(pins.sample(back, 0), Ok(Level::High));
            assert_eq!(pins.invert(valve), Ok(Level::Low));
            assert_eq!(pins.driven(valve), Ok(Level::Low));
        });
    }

    #[test]
    fn no_such_pin_is_an_error() {
        with_pins(|pins| {
            assert_eq!((pins.find_input("valve"), pins.find_output("probe")), (None, None));
            assert_eq!(pins.sample(9, 0), Err(Error::DeviceFailed));
            assert_eq!(pins.driven(9), Err(Error::DeviceFailed));
            assert_eq!(pins.drive(9, Level::High), Err(Error::DeviceFailed));
            assert_eq!(pins.invert(9), Err(Error::DeviceFailed));
        });
    }
}
