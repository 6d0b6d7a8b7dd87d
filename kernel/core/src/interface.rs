//! What generated code says about interfaces, and the answers that a call can have.

use core::ffi::CStr;

use locket_abi::{Guest, ResourceId, Trap};

use crate::{Instance, Platform};

/// A WIT interface. Generated code has one constant for each.
#[derive(Debug, PartialEq, Eq)]
pub struct Interface {
    /// Full name, such as `locket:gpio/digital@0.1.0`.
    pub name: &'static str,
    /// The word by which a policy grants the whole interface, if it is one without resources that needs a grant.
    pub granted_as: Option<&'static str>,
    /// The names of its rights; their order is that of the bits of [`crate::Rights`].
    pub rights: &'static [&'static str],
}

/// A resource whose objects a policy grants one by one. Generated code has one constant for each.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The interface that declares it.
    pub interface: &'static Interface,
    /// Its name in WIT, such as `output`.
    pub resource: &'static str,
    /// The word by which a policy grants such an object, such as `digital-out`.
    pub granted_as: &'static str,
    /// The type of its handles.
    pub id: ResourceId,
}

/// One function that a guest can import, with the glue that lifts, checks, acts and lowers.
pub struct Import<B: Platform> {
    /// The interface that it belongs to.
    pub interface: &'static Interface,
    /// The grant word that covers this import, for the refusal of an image that has no grant of the whole interface: that
    /// of its resource, or that of its interface; `None` if the import needs no grant.
    pub granted_as: Option<&'static str>,
    /// Module name in the guest's import section.
    pub module: &'static CStr,
    /// Field name in the guest's import section, such as `[method]output.set`.
    pub field: &'static CStr,
    /// Core type, in the spelling `(iiI)i`: `i` is i32, `I` i64, `f` f32, `F` f64.
    pub signature: &'static CStr,
    /// The glue. Takes the core arguments in `args` and leaves the result, if there is one, in `args[0]`.
    pub call: fn(call: &mut Call<'_, B>, args: &mut [u64]) -> Result<(), Stop>,
}

// Not derived: that would ask the same of `B`.
impl<B: Platform> Clone for Import<B> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<B: Platform> Copy for Import<B> {}

/// One call of a guest that is under way.
pub struct Call<'c, B: Platform> {
    /// The guest that calls.
    pub guest: &'c mut dyn Guest,
    /// Its run, whose own capabilities and handles are the ones that count (principle 2).
    pub instance: &'c Instance<'c, B>,
}

/// Why a call does not return to its guest: it ends the container.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Stop {
    /// The guest broke the ABI.
    #[error(transparent)]
    Trap(#[from] Trap),
    /// The container was killed, or the device shuts down.
    #[error("killed")]
    Killed,
    /// An interface was withdrawn whose function has no error to return.
    #[error("a grant without which the call cannot be answered was revoked")]
    Revoked,
    /// It ran for longer than its fuel between two waits.
    #[error("out of fuel")]
    OutOfFuel,
}

/// Why the kernel refused an operation. Whoever makes one has already recorded it in the audit ring.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Denial {
    /// The policy grants the container nothing of this kind under this label.
    #[error("unknown-label")]
    UnknownLabel,
    /// The capability lacks the right.
    #[error("not-permitted")]
    NotPermitted,
    /// The granted rate is used up, the object would hold more than the granted quota or than it has room for, or too
    /// many handles are open.
    #[error("quota-exceeded")]
    QuotaExceeded,
    /// The capability was revoked.
    #[error("revoked")]
    Revoked,
}
