//! Capabilities as handle tables hold them.

use crate::{ContainerId, Rights, WaitSource};

/// The reference to a capability that a handle stands for. It proves nothing by itself: [`crate::Instance::enter`]
/// checks that the capability still exists, is the caller's and has the right.
///
/// Small and `Copy`, so that the way of an ordinary call looks at nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Capability {
    pub(crate) generation: u32,
    pub(crate) index: u16,
    /// The grant that it comes from, for labels and rules.
    pub(crate) grant: u16,
    pub(crate) rights: Rights,
    pub(crate) holder: ContainerId,
    pub(crate) class: Class,
    /// Whether its uses are debited from a rate, which needs the table's lock.
    pub(crate) metered: bool,
}

/// Whose object a capability is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    /// A provider's; `object` is its number there.
    Board,
    /// The kernel's: the sending end of channel number `object`. Its rate counts messages, not calls.
    Sender,
    /// The kernel's: the receiving end of channel number `object`.
    Receiver,
}

impl Capability {
    /// What may be done with it.
    #[must_use]
    pub const fn rights(&self) -> Rights {
        self.rights
    }

    /// The container that holds it.
    #[must_use]
    pub const fn holder(&self) -> ContainerId {
        self.holder
    }
}

/// What a handle stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rep {
    /// A capability.
    Capability(Capability),
    /// Something to wait for; holding it is authority enough.
    Pollable(WaitSource),
}

impl From<Capability> for Rep {
    fn from(capability: Capability) -> Self {
        Self::Capability(capability)
    }
}

impl From<WaitSource> for Rep {
    fn from(source: WaitSource) -> Self {
        Self::Pollable(source)
    }
}
