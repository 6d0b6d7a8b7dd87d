//! Waits: what can be waited for, and the wait itself (principle 6).

use heapless::Vec;

use crate::capability::Capability;
use crate::capacity::WAIT_SOURCES;

/// One thing to wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitSource {
    /// Is ready already.
    Ready,
    /// Is ready from this time on ([`crate::Platform::monotonic`]).
    Instant(u64),
    /// Is ready while `receive` on this end would not say `empty`.
    Receivable(End),
    /// Is ready while `send` on this end would neither say `full` nor wait.
    Sendable(End),
    /// Is never ready.
    Never,
}

/// An end of a channel, as a wait remembers it. It is ready for good once the capability that it came from is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct End {
    pub(crate) channel: u16,
    pub(crate) index: u16,
    pub(crate) generation: u32,
}

impl End {
    pub(crate) const fn of(capability: &Capability) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "channel numbers are below CHANNELS")]
        let channel = capability.object as u16;
        Self { channel, index: capability.index, generation: capability.generation }
    }
}

/// Several things to wait for, any of which ends the wait.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct WaitSet {
    sources: Vec<WaitSource, WAIT_SOURCES>,
    deadline: Option<u64>,
}

impl WaitSet {
    /// Nothing yet; waiting for it would only end at a deadline.
    #[must_use]
    pub const fn new() -> Self {
        Self { sources: Vec::new(), deadline: None }
    }

    /// Adds `source`; gives it back if there are [`WAIT_SOURCES`] already.
    pub fn push(&mut self, source: WaitSource) -> Result<(), WaitSource> {
        self.sources.push(source)
    }

    /// Ends the wait at `deadline` ([`crate::Platform::monotonic`]) if nothing else does before.
    #[must_use]
    pub const fn until(mut self, deadline: u64) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// What is waited for.
    #[must_use]
    pub fn sources(&self) -> &[WaitSource] {
        &self.sources
    }

    /// When the wait ends in any case.
    #[must_use]
    pub const fn deadline(&self) -> Option<u64> {
        self.deadline
    }
}

impl From<WaitSource> for WaitSet {
    fn from(source: WaitSource) -> Self {
        let mut set = Self::new();
        // A set has room for at least one.
        let _ = set.push(source);
        set
    }
}

/// How a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Woken {
    pub(crate) ready: u16,
}

impl Woken {
    /// Whether source number `index` of the set is ready.
    #[must_use]
    pub const fn is_ready(self, index: usize) -> bool {
        index < WAIT_SOURCES && self.ready & (1 << index) != 0
    }

    /// The sources that are ready, ascending.
    pub fn ready(self) -> impl Iterator<Item = u32> {
        (0..16).filter(move |index| self.ready & (1 << index) != 0)
    }

    /// Whether the deadline came before any source was ready.
    #[must_use]
    pub const fn timed_out(self) -> bool {
        self.ready == 0
    }
}

/// What a provider says of an operation: done, or what would have to happen first. It never blocks itself.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "an operation that has to wait has not been done"]
#[expect(clippy::large_enum_variant, reason = "there is no heap, and a set is only moved when a wait follows")]
pub enum Step<T> {
    /// The result.
    Done(T),
    /// Not yet: wait for this, then ask again.
    Wait(WaitSet),
}
