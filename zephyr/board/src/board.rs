//! The board type: clocks, waits, processor time and events of one Zephyr system, and the providers it has.

use locket_kernel::{ContainerId, Event, Platform};

use crate::configured::TICKS_PER_SECOND;
use crate::lock::SchedulerLock;
use crate::pins::Pins;
#[cfg(feature = "random")]
use crate::randomness::{Generator, Hardware};
use crate::{console, zephyr};

/// A Zephyr system as a board.
pub(crate) struct Zephyr {
    pub(crate) pins: Pins,
    #[cfg(feature = "random")]
    pub(crate) random: Generator,
    /// Bytes that there are for containers.
    memory: u64,
}

impl Zephyr {
    /// A board with these pins, and so many bytes for containers.
    pub(crate) fn new(pins: Pins, memory: u64) -> Self {
        Self {
            pins,
            #[cfg(feature = "random")]
            random: Generator::new(Hardware),
            memory,
        }
    }

    /// The object number behind a policy's grant word and object name.
    pub(crate) fn resolve(&self, granted_as: &str, name: &str) -> Option<u32> {
        match granted_as {
            "digital-in" => self.pins.find_input(name),
            "digital-out" => self.pins.find_output(name),
            _ => None,
        }
    }
}

impl Platform for Zephyr {
    type RawMutex = SchedulerLock;

    const CLOCK_RESOLUTION: u64 = 1_000_000_000 / TICKS_PER_SECOND;

    fn monotonic(&self) -> u64 {
        zephyr::uptime()
    }

    /// Zephyr 3.7 has no clock for all boards that goes on while the device is off.
    fn wall_clock(&self) -> Option<(u64, u32)> {
        None
    }

    fn park(&self, container: ContainerId, deadline: Option<u64>) {
        zephyr::park(container, deadline.map(|at| at.saturating_sub(self.monotonic())));
    }

    fn unpark(&self, container: ContainerId) {
        zephyr::unpark(container);
    }

    fn yield_now(&self) {
        zephyr::yield_now();
    }

    fn cpu_time(&self) -> u64 {
        zephyr::cpu_time()
    }

    fn container_memory(&self) -> u64 {
        self.memory
    }

    fn event(&self, event: &Event<'_>) {
        console::line(event);
    }
}
