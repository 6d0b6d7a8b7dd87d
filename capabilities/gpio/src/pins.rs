//! Pins behind `embedded-hal`'s traits.

use embedded_hal::digital::{InputPin, PinState, StatefulOutputPin};
use lock_api::{Mutex, RawMutex};
use locket_kernel::{Access, Platform};

use crate::digital::{Digital, Error, Level};
use crate::report;

/// Which electrical level counts as `high` for a container.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Active {
    /// The pin reads `high` when the line is high.
    High,
    /// The pin reads `high` when the line is low, as with a button to ground.
    Low,
}

/// One pin of a board.
#[derive(Debug)]
pub struct Line<P> {
    /// The board's name for it, which grants use.
    pub name: &'static str,
    /// Its polarity.
    pub active: Active,
    /// The hardware.
    pub pin: P,
}

impl<P> Line<P> {
    fn to_level(&self, line_high: bool) -> Level {
        if line_high == (self.active == Active::High) { Level::High } else { Level::Low }
    }

    fn to_state(&self, level: Level) -> PinState {
        PinState::from((level == Level::High) == (self.active == Active::High))
    }
}

/// The digital pins of a board: `INPUTS` that are read and `OUTPUTS` that are driven.
///
/// The number of an object is its place in the array. The lock `L` is held while a pin is touched, and no longer; a
/// pin's driver must not wait for the outside world.
#[derive(Debug)]
pub struct Pins<L: RawMutex, I, O, const INPUTS: usize, const OUTPUTS: usize> {
    inputs: Mutex<L, [Line<I>; INPUTS]>,
    outputs: Mutex<L, [Line<O>; OUTPUTS]>,
}

impl<L: RawMutex, I, O, const INPUTS: usize, const OUTPUTS: usize> Pins<L, I, O, INPUTS, OUTPUTS> {
    /// Takes over the board's pins. Names are unique among inputs, and among outputs.
    pub const fn new(inputs: [Line<I>; INPUTS], outputs: [Line<O>; OUTPUTS]) -> Self {
        Self { inputs: Mutex::new(inputs), outputs: Mutex::new(outputs) }
    }

    /// The number of the input called `name`, for the kernel's table of objects.
    pub fn find_input(&self, name: &str) -> Option<u32> {
        position(&*self.inputs.lock(), name)
    }

    /// The number of the output called `name`, for the kernel's table of objects.
    pub fn find_output(&self, name: &str) -> Option<u32> {
        position(&*self.outputs.lock(), name)
    }

    fn with_output<T>(
        &self,
        object: u32,
        f: impl FnOnce(&mut Line<O>) -> Result<T, O::Error>,
    ) -> Result<(T, &'static str), Error>
    where
        O: StatefulOutputPin,
    {
        let mut outputs = self.outputs.lock();
        let line = line(&mut *outputs, object)?;
        let name = line.name;
        f(line).map(|done| (done, name)).map_err(|_| Error::DeviceFailed)
    }
}

fn position<P>(lines: &[Line<P>], name: &str) -> Option<u32> {
    lines.iter().position(|line| line.name == name).and_then(|position| u32::try_from(position).ok())
}

/// The kernel hands out the numbers that `find_…` gave it; another one is the board's mistake, not the guest's.
fn line<P>(lines: &mut [Line<P>], object: u32) -> Result<&mut Line<P>, Error> {
    usize::try_from(object).ok().and_then(|object| lines.get_mut(object)).ok_or(Error::DeviceFailed)
}

impl<B, L, I, O, const INPUTS: usize, const OUTPUTS: usize> Digital<B> for Pins<L, I, O, INPUTS, OUTPUTS>
where
    B: Platform,
    L: RawMutex,
    I: InputPin,
    O: StatefulOutputPin,
{
    fn input_read(&self, input: &Access<'_, B>) -> Result<Level, Error> {
        let mut inputs = self.inputs.lock();
        let line = line(&mut *inputs, input.object())?;
        let high = line.pin.is_high().map_err(|_| Error::DeviceFailed)?;
        Ok(line.to_level(high))
    }

    fn output_set(&self, output: &Access<'_, B>, level: Level) -> Result<(), Error> {
        let (changed, name) = self.with_output(output.object(), |line| {
            let before = line.pin.is_set_high()?;
            line.pin.set_state(line.to_state(level))?;
            Ok(line.to_level(before) != level)
        })?;
        if changed {
            report(output, name, level);
        }
        Ok(())
    }

    fn output_toggle(&self, output: &Access<'_, B>) -> Result<Level, Error> {
        let (level, name) = self.with_output(output.object(), |line| {
            line.pin.toggle()?;
            let high = line.pin.is_set_high()?;
            Ok(line.to_level(high))
        })?;
        report(output, name, level);
        Ok(level)
    }

    fn output_read(&self, output: &Access<'_, B>) -> Result<Level, Error> {
        let (level, _) = self.with_output(output.object(), |line| {
            let high = line.pin.is_set_high()?;
            Ok(line.to_level(high))
        })?;
        Ok(level)
    }
}
