//! The board type: clocks, parking, entropy and events of one Linux process, and the providers it has.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use getrandom::SysRng;
use locket_gpio::SimulatedPins;
use locket_kernel::{ContainerId, Event, Platform, capacity};
use locket_system::Random;
use rand_core::UnwrapErr;
use rustix::time::ClockId;

use crate::board_file::BoardFile;
use crate::parking::Parking;
use crate::storage::{Storage, StorageError};

/// What takes note of events: a terminal, a file, a test.
pub type Sink = Box<dyn Fn(&Event<'_>) + Send + Sync>;

/// The operating system's random numbers. On Linux they do not fail once the system has booted.
pub(crate) type Generator = Random<parking_lot::RawMutex, UnwrapErr<SysRng>>;

/// Simulated pins, as the board file describes them.
pub type Pins = SimulatedPins<'static, parking_lot::RawMutex>;

/// A Linux process as a board, with simulated pins.
pub struct Linux {
    started: Instant,
    parking: Vec<Parking>,
    pub(crate) pins: Pins,
    pub(crate) random: Generator,
    pub(crate) storage: Storage,
    sink: Sink,
}

impl Linux {
    /// A board with the devices of `file`, which tells `sink` what happens. It opens the storage that the file describes.
    ///
    /// The sink is called from container threads, several at a time.
    pub fn new(file: &BoardFile, sink: Sink) -> Result<Self, StorageError> {
        Ok(Self {
            started: Instant::now(),
            parking: (0..capacity::CONTAINERS).map(|_| Parking::default()).collect(),
            pins: file.pins.leak(),
            random: Random::new(UnwrapErr(SysRng)),
            storage: Storage::open(&file.storage)?,
            sink,
        })
    }

    /// The simulated pins, for tests and scripts that play the outside world.
    #[must_use]
    pub fn pins(&self) -> &Pins {
        &self.pins
    }

    /// The object number behind a policy's grant word and object name.
    pub(crate) fn resolve(&self, granted_as: &str, name: &str) -> Option<u32> {
        match granted_as {
            "digital-in" => self.pins.find_input(name),
            "digital-out" => self.pins.find_output(name),
            "kv" => self.storage.find_bucket(name),
            "record-log" => self.storage.find_log(name),
            _ => None,
        }
    }
}

impl Platform for Linux {
    type RawMutex = parking_lot::RawMutex;

    fn monotonic(&self) -> u64 {
        nanoseconds(self.started.elapsed())
    }

    fn wall_clock(&self) -> Option<(u64, u32)> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        Some((since.as_secs(), since.subsec_nanos()))
    }

    fn park(&self, container: ContainerId, deadline: Option<u64>) {
        let limit = deadline.map(|at| Duration::from_nanos(at.saturating_sub(self.monotonic())));
        if let Some(parking) = self.parking.get(container.index()) {
            parking.park(limit);
        }
    }

    fn unpark(&self, container: ContainerId) {
        if let Some(parking) = self.parking.get(container.index()) {
            parking.unpark();
        }
    }

    fn yield_now(&self) {
        std::thread::yield_now();
    }

    fn cpu_time(&self) -> u64 {
        let time = rustix::time::clock_gettime(ClockId::ThreadCPUTime);
        u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
    }

    fn event(&self, event: &Event<'_>) {
        (self.sink)(event);
    }
}

/// Nanoseconds of `span`; a process does not run for the 584 years after which they overflow.
fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
