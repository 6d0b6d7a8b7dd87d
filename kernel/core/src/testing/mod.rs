//! Fakes for tests on a host, of this crate and of providers: a board with a virtual clock, a guest that is a vector of
//! bytes, policies built in code.
//!
//! Nothing here looks at a real clock. Not for devices: it uses `std`.

mod guest;
mod platform;
mod policy;

pub use guest::FakeGuest;
pub use platform::FakePlatform;
pub use policy::{ChannelSpec, ContainerSpec, PolicyBuilder, rate};

extern crate std;

use std::{boxed::Box, vec};

use core::ffi::CStr;

use locket_abi::Guest;

use crate::kernel::Policy;
use crate::{Call, Instance, Interface, Kernel, LoadError, ObjectName, Platform, Stop};

/// A kernel with `policy` on `board`, with the message storage that the channels need, and [`object_number`]s.
///
/// # Panics
/// If the policy does not fit.
#[must_use]
pub fn kernel<B: Platform>(board: B, policy: Policy) -> Box<Kernel<B>> {
    let storage = usize::try_from(Kernel::<B>::message_storage(policy)).unwrap_or(usize::MAX);
    try_kernel(board, policy, storage).unwrap_or_else(|error| panic!("{error}"))
}

/// The same with `message_storage` bytes.
pub fn try_kernel<B: Platform>(board: B, policy: Policy, message_storage: usize) -> Result<Box<Kernel<B>>, LoadError> {
    let storage = Box::leak(vec![0; message_storage].into_boxed_slice());
    Kernel::new(board, policy, storage, |_, name| object_number(name)).map(Box::new)
}

/// The number at the end of an object's name: 7 for `pin7`. Objects without one do not exist.
#[must_use]
pub fn object_number(name: &ObjectName<'_>) -> Option<u32> {
    let digits = name.object.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.parse().ok()
}

/// Has `guest` call an import of `interface` whose glue is `act`, through the dispatcher.
pub fn call<B: Platform>(
    instance: &Instance<'_, B>,
    guest: &mut dyn Guest,
    interface: &'static Interface,
    field: &'static CStr,
    act: impl FnOnce(&mut Call<'_, B>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    instance.pass(guest, interface, field, act)
}
