//! What the Zephyr board offers: which provider answers for which interface.

use locket_gpio::digital;
use locket_ipc::{Channels, channel};
use locket_kernel::Import;
#[cfg(feature = "random")]
use locket_system::random;
use locket_system::{System, info, logging, monotonic_clock, poll, wall_clock};

use crate::board::Zephyr;
use crate::pins::Pins;
#[cfg(feature = "random")]
use crate::randomness::Generator;

/// Every function that a container can import on this board, one table per interface.
pub(crate) const TABLES: &[&[Import<Zephyr>]] = &[
    poll::Imports::<Zephyr>::TABLE,
    monotonic_clock::Imports::<Zephyr>::TABLE,
    wall_clock::Imports::<Zephyr>::TABLE,
    #[cfg(feature = "random")]
    random::Imports::<Zephyr>::TABLE,
    logging::Imports::<Zephyr>::TABLE,
    info::Imports::<Zephyr>::TABLE,
    digital::Imports::<Zephyr>::TABLE,
    channel::Imports::<Zephyr>::TABLE,
];

/// Says that `$provider` answers for an interface.
macro_rules! offer {
    ($($(#[$only:meta])? $interface:ident: $trait:ident = $provider:ty, |$board:ident| $value:expr;)*) => {$(
        $(#[$only])?
        impl $interface::Host for Zephyr {
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
    #[cfg(feature = "random")]
    random: Random = Generator, |board| &board.random;
    logging: Logging = System, |_board| &System;
    info: Info = System, |_board| &System;
    digital: Digital = Pins, |board| &board.pins;
    channel: Channel = Channels, |_board| &Channels;
}
