//! Waits: what can be waited for, and the wait itself (principle 6).

use locket_abi::{Borrow, Flat, Lift, Lifting, Resource, ResourceId, Trap, Type};

use crate::capability::Capability;
use crate::capacity::WAIT_SOURCES;
use crate::{Handles, Rep};

/// One thing to wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitSource {
    /// Is ready already.
    Ready,
    /// Is ready from this time on.
    Instant(Instant),
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
    /// The end that `capability` is, of channel number `channel`.
    pub(crate) const fn of(capability: &Capability, channel: u32) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "channel numbers are below CHANNELS")]
        let channel = channel as u16;
        Self { channel, index: capability.index, generation: capability.generation }
    }
}

/// A point in the time of [`crate::Platform::monotonic`]. Handles keep many of them, so it is aligned to 4 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instant([u32; 2]);

impl Instant {
    /// So many nanoseconds after the device's start.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
    pub const fn at(nanoseconds: u64) -> Self {
        Self([nanoseconds as u32, (nanoseconds >> 32) as u32])
    }

    /// Nanoseconds since the device's start.
    #[must_use]
    pub const fn nanoseconds(self) -> u64 {
        let [low, high] = self.0;
        low as u64 | (high as u64) << 32
    }
}

/// The resource `pollable` of `wasi:io/poll`: a handle of one stands for a [`WaitSource`].
#[derive(Debug)]
pub struct Pollable;

impl Resource for Pollable {
    const ID: ResourceId = ResourceId::of("wasi:io/poll@0.2.0/pollable");
}

impl Type for WaitSource {
    const SIZE: u32 = <Borrow<Pollable, Rep> as Type>::SIZE;
    const ALIGN: u32 = <Borrow<Pollable, Rep> as Type>::ALIGN;
    const FLAT: usize = <Borrow<Pollable, Rep> as Type>::FLAT;
    const HEAP: bool = false;
}

impl WaitSource {
    fn of(rep: Rep) -> Result<Self, Trap> {
        match rep {
            Rep::Pollable(source) => Ok(source),
            Rep::Capability(_) => Err(Trap::WrongHandleType),
        }
    }
}

/// A `borrow<pollable>`, as what is waited for.
impl<'m> Lift<'m, Handles> for WaitSource {
    fn lift(cx: &mut Lifting<'m, '_, Handles>, flat: &mut Flat<'_>) -> Result<Self, Trap> {
        Borrow::<Pollable, Rep>::lift(cx, flat).and_then(|pollable| Self::of(pollable.rep))
    }

    fn load(cx: &mut Lifting<'m, '_, Handles>, ptr: u32) -> Result<Self, Trap> {
        Borrow::<Pollable, Rep>::load(cx, ptr).and_then(|pollable| Self::of(pollable.rep))
    }
}

/// What an operation that cannot be done yet waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wait {
    /// Ends the wait once it is ready.
    pub source: WaitSource,
    /// Ends the wait in any case ([`crate::Platform::monotonic`]).
    pub deadline: Option<u64>,
}

impl Wait {
    /// Ends the wait at `deadline` if nothing else does before.
    #[must_use]
    pub const fn until(mut self, deadline: u64) -> Self {
        self.deadline = Some(deadline);
        self
    }
}

impl From<WaitSource> for Wait {
    fn from(source: WaitSource) -> Self {
        Self { source, deadline: None }
    }
}

/// How a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Woken {
    pub(crate) ready: u16,
}

impl Woken {
    /// Whether source number `index` is ready.
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
pub enum Step<T> {
    /// The result.
    Done(T),
    /// Not yet: wait for this, then ask again.
    Wait(Wait),
    /// Not yet: wait for any of the pollables that the guest gave to the call, then ask again.
    WaitForAny,
}

impl<T> Step<T> {
    /// The same step, with another result.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Step<U> {
        match self {
            Self::Done(result) => Step::Done(f(result)),
            Self::Wait(wait) => Step::Wait(wait),
            Self::WaitForAny => Step::WaitForAny,
        }
    }
}
