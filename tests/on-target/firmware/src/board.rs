//! The board: what the kernel asks of it, and the providers that it has.

use core::cell::RefCell;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use critical_section::Mutex;
use locket_gpio::{SimulatedPins, digital};
use locket_ipc::{Channels, channel};
use locket_kernel::capacity::CONTAINERS;
use locket_kernel::{ContainerId, Event, Footprint, Import, Platform};
use locket_system::{Random, System, info, logging, monotonic_clock, poll, random, wall_clock};

use crate::generator::Counter;
use crate::lock::PreemptionLock;
use crate::{clock, console, threads};

/// The pins of the board file.
mod pins {
    #![allow(clippy::unreadable_literal, reason = "generated")]

    include!(concat!(env!("OUT_DIR"), "/pins.rs"));
}
use pins::PINS;

/// A Cortex-M3 in QEMU, with simulated pins.
pub struct Qemu {
    pub random: Random<PreemptionLock, Counter>,
}

/// What each container takes up, as of its last start.
static FOOTPRINTS: Mutex<RefCell<[Footprint; CONTAINERS]>> = Mutex::new(RefCell::new(
    [Footprint { linear_memory: 0, module: 0, instance: 0, execution: 0, peak: 0 }; CONTAINERS],
));

/// What `container` took up when it was started last.
pub fn footprint(container: ContainerId) -> Footprint {
    critical_section::with(|token| FOOTPRINTS.borrow_ref(token).get(container.index()).copied()).unwrap_or_default()
}

/// Bytes for containers.
static MEMORY: AtomicUsize = AtomicUsize::new(0);

/// Says how many bytes there are for containers, before a policy is loaded.
pub fn set_memory(bytes: usize) {
    MEMORY.store(bytes, Relaxed);
}

/// Thread 0 is the board's own.
fn thread(container: ContainerId) -> usize {
    container.index() + 1
}

impl Platform for Qemu {
    type RawMutex = PreemptionLock;

    const CLOCK_RESOLUTION: u64 = clock::CYCLE;

    fn monotonic(&self) -> u64 {
        clock::now()
    }

    fn wall_clock(&self) -> Option<(u64, u32)> {
        None
    }

    fn park(&self, _: ContainerId, deadline: Option<u64>) {
        threads::park(deadline);
    }

    fn unpark(&self, container: ContainerId) {
        threads::unpark(thread(container));
    }

    fn yield_now(&self) {
        threads::yield_now();
    }

    fn cpu_time(&self) -> u64 {
        threads::cpu_time()
    }

    fn container_memory(&self) -> u64 {
        MEMORY.load(Relaxed) as u64
    }

    fn loaded(&self, container: ContainerId, footprint: &Footprint) {
        critical_section::with(|token| {
            if let Some(place) = FOOTPRINTS.borrow_ref_mut(token).get_mut(container.index()) {
                *place = *footprint;
            }
        });
    }

    fn event(&self, event: &Event<'_>) {
        console::line(format_args!("{event}"));
    }
}

/// The object number behind a policy's grant word and object name.
pub fn resolve(granted_as: &str, name: &str) -> Option<u32> {
    match granted_as {
        "digital-in" => PINS.find_input(name),
        "digital-out" => PINS.find_output(name),
        _ => None,
    }
}

/// Every function that a container can import here.
pub static TABLES: [&[Import<Qemu>]; 8] = [
    poll::Imports::<Qemu>::TABLE,
    monotonic_clock::Imports::<Qemu>::TABLE,
    wall_clock::Imports::<Qemu>::TABLE,
    random::Imports::<Qemu>::TABLE,
    logging::Imports::<Qemu>::TABLE,
    info::Imports::<Qemu>::TABLE,
    digital::Imports::<Qemu>::TABLE,
    channel::Imports::<Qemu>::TABLE,
];

/// Says that `$provider` answers for an interface.
macro_rules! offer {
    ($($interface:ident: $trait:ident = $provider:ty, |$board:ident| $value:expr;)*) => {$(
        impl $interface::Host for Qemu {
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
    random: Random = Random<PreemptionLock, Counter>, |board| &board.random;
    logging: Logging = System, |_board| &System;
    info: Info = System, |_board| &System;
    digital: Digital = SimulatedPins<'static, PreemptionLock>, |_board| &PINS;
    channel: Channel = Channels, |_board| &Channels;
}
