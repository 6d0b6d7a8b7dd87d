//! What the Linux board offers: which provider answers for which interface.

use std::time::Duration;

use locket_gpio::digital::{self, Digital, Error, Level};
use locket_ipc::{Channels, channel};
use locket_kernel::{Access, Event, Import, Platform};
use locket_system::{System, info, logging, monotonic_clock, poll, random, wall_clock};

use crate::board::{Generator, Linux};
use crate::pins::Pins;

/// Every function that a container can import on this board, one table per interface.
pub static TABLES: [&[Import<Linux>]; 8] = [
    poll::Imports::<Linux>::TABLE,
    monotonic_clock::Imports::<Linux>::TABLE,
    wall_clock::Imports::<Linux>::TABLE,
    random::Imports::<Linux>::TABLE,
    logging::Imports::<Linux>::TABLE,
    info::Imports::<Linux>::TABLE,
    digital::Imports::<Linux>::TABLE,
    channel::Imports::<Linux>::TABLE,
];

/// Says that `$provider` answers for an interface.
macro_rules! offer {
    ($($interface:ident: $trait:ident = $provider:ty, |$board:ident| $value:expr;)*) => {$(
        impl $interface::Host for Linux {
            type $trait = $provider;

            fn $interface(&self) -> &$provider {
                let $board = self;
                $value
            }
        }
    )*};
}

offer! {
    poll: Poll = System, |_board| &System;
    monotonic_clock: MonotonicClock = System, |_board| &System;
    wall_clock: WallClock = System, |_board| &System;
    random: Random = Generator, |board| &board.random;
    logging: Logging = System, |_board| &System;
    info: Info = System, |_board| &System;
    digital: Digital = Pins, |board| &board.pins;
    channel: Channel = Channels, |_board| &Channels;
}

impl Digital<Linux> for Pins {
    fn input_read(&self, input: &Access<'_, Linux>) -> Result<Level, Error> {
        let uptime = Duration::from_nanos(input.board().monotonic());
        self.sample(input.object(), uptime).map(level).ok_or(Error::DeviceFailed)
    }

    fn output_set(&self, output: &Access<'_, Linux>, level: Level) -> Result<(), Error> {
        let high = level == Level::High;
        if self.drive(output.object(), high).ok_or(Error::DeviceFailed)? {
            tell(output, high);
        }
        Ok(())
    }

    fn output_toggle(&self, output: &Access<'_, Linux>) -> Result<Level, Error> {
        let high = self.invert(output.object()).ok_or(Error::DeviceFailed)?;
        tell(output, high);
        Ok(level(high))
    }

    fn output_read(&self, output: &Access<'_, Linux>) -> Result<Level, Error> {
        self.driven(output.object()).map(level).ok_or(Error::DeviceFailed)
    }
}

fn level(high: bool) -> Level {
    if high { Level::High } else { Level::Low }
}

fn tell(output: &Access<'_, Linux>, high: bool) {
    let board = output.board();
    let container = output.kernel().name(output.caller());
    let object = board.pins.output_name(output.object()).unwrap_or_default();
    board.event(&Event::PinChanged { container, object, high });
}
