//! What the Linux board offers: which provider answers for which interface.

use locket_gpio::digital;
use locket_ipc::{Channels, channel};
use locket_kernel::Import;
use locket_storage::{kv, log};
use locket_system::{System, info, logging, monotonic_clock, poll, random, store, wall_clock};

use crate::board::{Generator, Linux, Pins};
use crate::storage::Storage;

/// Every function that a container can import on this board, one table per interface.
pub static TABLES: [&[Import<Linux>]; 11] = [
    poll::Imports::<Linux>::TABLE,
    monotonic_clock::Imports::<Linux>::TABLE,
    wall_clock::Imports::<Linux>::TABLE,
    random::Imports::<Linux>::TABLE,
    logging::Imports::<Linux>::TABLE,
    info::Imports::<Linux>::TABLE,
    store::Imports::<Linux>::TABLE,
    digital::Imports::<Linux>::TABLE,
    channel::Imports::<Linux>::TABLE,
    kv::Imports::<Linux>::TABLE,
    log::Imports::<Linux>::TABLE,
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
    store: Store = System, |_board| &System;
    digital: Digital = Pins, |board| &board.pins;
    channel: Channel = Channels, |_board| &Channels;
    kv: Kv = Storage, |board| &board.storage;
    log: Log = Storage, |board| &board.storage;
}
