//! A board with a virtual clock.

use std::{string::String, string::ToString, vec::Vec};

use parking_lot::{Condvar, Mutex};

use crate::capacity::CONTAINERS;
use crate::{ContainerId, ContainerSet, Event, Platform};

use super::std;

/// A board whose time stands still unless a test moves it.
///
/// [`FakePlatform::new`] is for tests on one thread: a `park` with a deadline moves the clock there, and one that
/// nothing could end panics instead of hanging. [`FakePlatform::threaded`] is for tests with a thread per container:
/// a `park` blocks until an `unpark`, or until a test moves the clock past its deadline.
#[derive(Debug)]
pub struct FakePlatform {
    state: Mutex<State>,
    changed: Condvar,
    threaded: bool,
    memory: u64,
}

#[derive(Debug)]
struct State {
    now: u64,
    wall: Option<(u64, u32)>,
    cpu: u64,
    tokens: ContainerSet,
    parked: ContainerSet,
    parks: [u32; CONTAINERS],
    events: Vec<String>,
}

impl Default for FakePlatform {
    fn default() -> Self {
        Self::new()
    }
}

impl FakePlatform {
    /// For tests on one thread. The clock begins at one second.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: Mutex::new(State {
                now: 1_000_000_000,
                wall: None,
                cpu: 0,
                tokens: ContainerSet::EMPTY,
                parked: ContainerSet::EMPTY,
                parks: [0; CONTAINERS],
                events: Vec::new(),
            }),
            changed: Condvar::new(),
            threaded: false,
            memory: u64::MAX,
        }
    }

    /// For tests with a thread per container.
    #[must_use]
    pub fn threaded() -> Self {
        Self { threaded: true, ..Self::new() }
    }

    /// With so many bytes for containers.
    #[must_use]
    pub fn with_container_memory(self, bytes: u64) -> Self {
        Self { memory: bytes, ..self }
    }

    /// The time, as the clock shows it.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.state.lock().now
    }

    /// Moves the clock.
    pub fn advance(&self, ns: u64) {
        self.state.lock().now += ns;
        self.changed.notify_all();
    }

    /// Moves the clock and the processor time: somebody worked.
    pub fn work(&self, ns: u64) {
        self.state.lock().cpu += ns;
        self.advance(ns);
    }

    /// Sets the time of day.
    pub fn set_wall_clock(&self, time: Option<(u64, u32)>) {
        self.state.lock().wall = time;
    }

    /// The lines of the events so far.
    #[must_use]
    pub fn events(&self) -> Vec<String> {
        self.state.lock().events.clone()
    }

    /// Whether `container` sleeps in `park` (only with threads).
    #[must_use]
    pub fn is_parked(&self, container: ContainerId) -> bool {
        self.state.lock().parked.contains(container)
    }

    /// How often `container` was parked.
    #[must_use]
    pub fn parks(&self, container: ContainerId) -> u32 {
        self.state.lock().parks[container.index()]
    }

    /// Blocks until `container` sleeps in `park` without a token to wake it.
    pub fn wait_until_parked(&self, container: ContainerId) {
        let mut state = self.state.lock();
        while !state.parked.contains(container) || state.tokens.contains(container) {
            self.changed.wait(&mut state);
        }
    }
}

impl Platform for FakePlatform {
    type RawMutex = parking_lot::RawMutex;

    fn monotonic(&self) -> u64 {
        self.now()
    }

    fn wall_clock(&self) -> Option<(u64, u32)> {
        self.state.lock().wall
    }

    fn park(&self, container: ContainerId, deadline: Option<u64>) {
        let mut state = self.state.lock();
        state.parks[container.index()] += 1;
        if !self.threaded {
            if !state.tokens.contains(container) {
                let deadline = deadline.unwrap_or_else(|| panic!("{container} would sleep for ever"));
                state.now = state.now.max(deadline);
            }
            state.tokens.remove(container);
            return;
        }
        state.parked.insert(container);
        self.changed.notify_all();
        while !state.tokens.contains(container) && deadline.is_none_or(|deadline| state.now < deadline) {
            self.changed.wait(&mut state);
        }
        state.tokens.remove(container);
        state.parked.remove(container);
    }

    fn unpark(&self, container: ContainerId) {
        self.state.lock().tokens.insert(container);
        self.changed.notify_all();
    }

    fn yield_now(&self) {
        std::thread::yield_now();
    }

    fn cpu_time(&self) -> u64 {
        self.state.lock().cpu
    }

    fn container_memory(&self) -> u64 {
        self.memory
    }

    fn event(&self, event: &Event<'_>) {
        self.state.lock().events.push(event.to_string());
    }
}
