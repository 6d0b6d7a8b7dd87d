//! The devicetree's pins behind `embedded-hal`'s traits.

use core::array;

use embedded_hal::digital::{Error, ErrorKind, ErrorType, InputPin, OutputPin, StatefulOutputPin};
use locket_gpio::{Active, Line};
use zephyr_sys as sys;

use crate::configured::{INPUTS, OUTPUTS};
use crate::lock::SchedulerLock;
use crate::zephyr;

/// All of them. An object's number is the node's place in the devicetree.
pub(crate) type Pins = locket_gpio::Pins<SchedulerLock, Input, Output, INPUTS, OUTPUTS>;

/// The name of the devicetree's node whose pin could not be set up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NotReady(pub(crate) &'static str);

/// Sets up all pins: inputs as inputs, outputs inactive.
pub(crate) fn configure() -> Result<Pins, NotReady> {
    let inputs = array::from_fn(|number| line(zephyr::input_name, number, Input));
    let outputs = array::from_fn(|number| line(zephyr::output_name, number, |pin| Output { pin, active: false }));
    let failed = inputs.iter().find(|line| !sys::locket_zephyr_input_configure(line.pin.0)).map(|line| line.name);
    let failed = failed.or_else(|| {
        outputs.iter().find(|line| !sys::locket_zephyr_output_configure(line.pin.pin)).map(|line| line.name)
    });
    match failed {
        Some(name) => Err(NotReady(name)),
        None => Ok(Pins::new(inputs, outputs)),
    }
}

fn line<P>(name: fn(u32) -> Option<&'static str>, number: usize, pin: impl Fn(u32) -> P) -> Line<P> {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    // Zephyr's driver knows the polarity: to us, high is active.
    Line { name: name(number).unwrap_or_default(), active: Active::High, pin: pin(number) }
}

/// An error of Zephyr's GPIO driver.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DriverError;

impl Error for DriverError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

/// An input, by its number.
pub(crate) struct Input(u32);

impl ErrorType for Input {
    type Error = DriverError;
}

impl InputPin for Input {
    fn is_high(&mut self) -> Result<bool, DriverError> {
        match sys::locket_zephyr_input_get(self.0) {
            error if error < 0 => Err(DriverError),
            level => Ok(level != 0),
        }
    }

    fn is_low(&mut self) -> Result<bool, DriverError> {
        self.is_high().map(|high| !high)
    }
}

/// An output, by its number, and what it was last set to: not every driver can read it back.
pub(crate) struct Output {
    pin: u32,
    active: bool,
}

impl Output {
    fn set(&mut self, active: bool) -> Result<(), DriverError> {
        if sys::locket_zephyr_output_set(self.pin, active) < 0 {
            return Err(DriverError);
        }
        self.active = active;
        Ok(())
    }
}

impl ErrorType for Output {
    type Error = DriverError;
}

impl OutputPin for Output {
    fn set_low(&mut self) -> Result<(), DriverError> {
        self.set(false)
    }

    fn set_high(&mut self) -> Result<(), DriverError> {
        self.set(true)
    }
}

impl StatefulOutputPin for Output {
    fn is_set_high(&mut self) -> Result<bool, DriverError> {
        Ok(self.active)
    }

    fn is_set_low(&mut self) -> Result<bool, DriverError> {
        Ok(!self.active)
    }
}
