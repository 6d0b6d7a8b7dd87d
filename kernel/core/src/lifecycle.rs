//! The states of a container and the reasons for which it ends.

use core::fmt;

use locket_abi::Trap;

use crate::{Account, Stop};

/// Where a container is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContainerState {
    /// Never started since the device started.
    Idle,
    /// It runs, or is ready to.
    Running,
    /// It is in a wait of its own.
    Waiting,
    /// It used up its processor share and is held until the window ends.
    Throttled,
    /// It ended; a restart may follow.
    Ended(ExitReason),
}

/// Why a container ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitReason {
    /// Its `run` returned this code.
    Exited(u8),
    /// It broke a rule of its machine or of the ABI.
    Trapped(TrapKind),
    /// It ran for longer than its fuel between two waits.
    OutOfFuel,
    /// Its memory limit left no room for what it needed.
    OutOfMemory,
    /// It was killed, or the device shut down.
    Killed,
    /// An interface was withdrawn without which it cannot go on.
    Revoked,
    /// It was not started at all.
    Refused(Refusal),
}

/// Which rule a trapped container broke.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TrapKind {
    /// The Canonical ABI.
    #[error("{0}")]
    Abi(#[from] Trap),
    /// It executed `unreachable`; a language's panic ends there.
    #[error("unreachable executed")]
    Unreachable,
    /// A load or store outside of its memory.
    #[error("memory access out of bounds")]
    MemoryOutOfBounds,
    /// An element outside of a table.
    #[error("table access out of bounds")]
    TableOutOfBounds,
    /// Its calls nest too deep for its stack.
    #[error("stack overflow")]
    StackOverflow,
    /// An integer divided by zero.
    #[error("division by zero")]
    DivideByZero,
    /// The quotient of an integer division does not fit.
    #[error("integer overflow")]
    IntegerOverflow,
    /// A float that no integer can hold was converted to one.
    #[error("float does not fit the integer")]
    BadConversion,
    /// An indirect call of nothing, or of a function of another type.
    #[error("bad indirect call")]
    IndirectCall,
    /// Something else that the engine refuses.
    #[error("engine trap")]
    Other,
}

/// Why a container was not started.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The image imports what the policy does not grant. Each missing grant is an event of its own.
    #[error("it imports {interface}, and no `{granted_as}` is granted{}", More(*.more))]
    MissingGrant {
        /// The imported interface.
        interface: &'static str,
        /// The grant word that would cover it.
        granted_as: &'static str,
        /// How many other grant words are missing too.
        more: u8,
    },
    /// The image imports something that this device does not have.
    #[error("it imports something that this device does not have")]
    UnknownImport,
    /// The image imports a known name with another type.
    #[error("it imports a function with another type than this device has")]
    SignatureMismatch,
    /// The image is damaged, not signed by the policy's signer, or not the one that the policy names.
    #[error("{0}")]
    BadImage(&'static str),
    /// Its memory limit, or the device's memory, is too small to load and instantiate it.
    #[error("not enough memory to instantiate it")]
    NoMemory,
    /// It trapped before `run` was called.
    #[error("it trapped while it was instantiated: {0}")]
    StartTrapped(TrapKind),
}

struct More(u8);

impl fmt::Display for More {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { Ok(()) } else { write!(f, " (and {} more)", self.0) }
    }
}

impl ExitReason {
    /// Whether the container did what it was there for.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Exited(0))
    }

    /// The reason as the exit status of a process: the container's own code, or 120 and above for an end that it did
    /// not choose; never 0 for one of those.
    #[must_use]
    pub const fn status(self) -> u8 {
        match self {
            Self::Exited(code) => code,
            Self::OutOfFuel => 124,
            Self::OutOfMemory => 125,
            Self::Refused(_) => 126,
            Self::Revoked => 127,
            Self::Trapped(_) => 134,
            Self::Killed => 137,
        }
    }
}

impl From<Stop> for ExitReason {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Trap(trap) => Self::Trapped(TrapKind::Abi(trap)),
            Stop::Killed => Self::Killed,
            Stop::Revoked => Self::Revoked,
            Stop::OutOfFuel => Self::OutOfFuel,
        }
    }
}

impl fmt::Display for ExitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exited({code})"),
            Self::Trapped(kind) => write!(f, "trapped: {kind}"),
            Self::OutOfFuel => f.write_str("out-of-fuel"),
            Self::OutOfMemory => f.write_str("out-of-memory"),
            Self::Killed => f.write_str("killed"),
            Self::Revoked => f.write_str("revoked"),
            Self::Refused(refusal) => write!(f, "refused: {refusal}"),
        }
    }
}

impl fmt::Display for ContainerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Idle => f.write_str("idle"),
            Self::Running => f.write_str("running"),
            Self::Waiting => f.write_str("waiting"),
            Self::Throttled => f.write_str("throttled"),
            Self::Ended(reason) => reason.fmt(f),
        }
    }
}

/// What a running container's thread is doing, as others may see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    Idle = 0,
    Running = 1,
    Waiting = 2,
    Throttled = 3,
}

impl Phase {
    pub(crate) const fn from_byte(byte: u8) -> Self {
        match byte {
            1 => Self::Running,
            2 => Self::Waiting,
            3 => Self::Throttled,
            _ => Self::Idle,
        }
    }
}

/// What the kernel keeps of a container from run to run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// Whether a run is under way, from the start to the end.
    pub(crate) active: bool,
    /// Whether it waits to be started again.
    pub(crate) restarting: bool,
    /// How often it was started.
    pub(crate) starts: u32,
    /// Restarts in a row without a healthy run between them.
    pub(crate) row: u32,
    /// When the run began.
    pub(crate) began: u64,
    /// Why the last run ended.
    pub(crate) ended: Option<ExitReason>,
    pub(crate) account: Account,
}

impl Record {
    pub(crate) const IDLE: Self = Self {
        active: false,
        restarting: false,
        starts: 0,
        row: 0,
        began: 0,
        ended: None,
        account: Account {
            memory: 0,
            cpu_time: 0,
            fuel: 0,
            calls: 0,
            denials: 0,
            messages_sent: 0,
            messages_received: 0,
        },
    };
}
