//! The capability kernel: who may do what, over which channel, for how long, and the proof that it was so.
//!
//! **Guarantees.** Every call of a container passes [`Instance::dispatch`]; every operation on an object holds an
//! [`Access`], which only [`Instance::enter`] and its siblings make, after the caller's own capability was checked.
//! **May be called by** the engine (dispatch, refill, start, finish), generated glue (lift, lower, open, enter, wait),
//! providers (through their [`Access`]) and the board (load, kill, revoke, state, audit).
//! **Never** touches guest memory except through `locket_abi`'s checked view, never allocates, never blocks except in
//! [`Platform::park`], and knows neither WebAssembly engine nor board.
//!
//! # Principles
//! Cited by number in this crate, its tests and its reviews.
//! 1. **No ambient authority.** A container has exactly the capabilities that the policy grants; an image whose imports
//!    are not covered is refused before it is instantiated ([`Kernel::admit`]).
//! 2. **Authority comes from the calling instance**, never from the symbol that it linked ([`Instance`]).
//! 3. **The guest's index is not the kernel's handle.** A forged, stale or mistyped index traps that container and
//!    nobody else; a revoked handle is an ordinary error ([`Denial::Revoked`]).
//! 4. **Attenuation only shrinks.** A derived capability has a subset of its parent's rights and at most its quotas;
//!    when [`Kernel::revoke`] returns, no holder can start or complete an operation on it or on anything derived.
//! 5. **The sender pays.** A message is debited from its sender and copied into storage that was reserved when the
//!    policy was loaded; sending allocates nothing in the receiver.
//! 6. **The kernel owns every wait.** A provider never blocks; it returns [`Step::Wait`]. A kill, a revocation and a
//!    shutdown end a wait at once.
//! 7. **Everything is bounded and declared.** Tables have the sizes of [`capacity`]; a policy that does not fit is
//!    refused with the arithmetic ([`LoadError`]) before anything starts.
//! 8. **One choke point.** Lift, check, account, act, lower: [`Instance::dispatch`].
//! 9. **A container's failure is its own.** Its handles close, its channel ends are told, its restart rule decides
//!    ([`Kernel::finish`]); everyone else goes on.
//! 10. **One truth.** Interface names, rights and grant words come from WIT ([`Interface`], [`Kind`]); what is allowed
//!     is decided by `locket_policy` alone.
//! 11. **Proof over promise.** `tests/principles.rs` tries to break each of these.
//!
//! # Locks
//! There is one lock for capabilities, one for container records, one for the audit ring and one per channel. None is
//! held while another is taken, while a board function other than its own raw lock runs, or while guest code runs.
//! The way of an ordinary call (`dispatch`, `enter`, drop of the [`Access`]) takes none of them. Outside of locks,
//! atomics are only loaded and stored, because small RISC-V cores have no compare-and-swap.
#![no_std]
#![forbid(unsafe_code)]
#![allow(
    clippy::large_stack_arrays,
    reason = "the tables of the larger profiles are built by value, once, on their way into a static or a box"
)]
#![cfg_attr(
    not(any(test, feature = "testing")),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::arithmetic_side_effects
    )
)]

mod access;
mod account;
mod admission;
mod audit;
mod capability;
pub mod capacity;
mod channel;
mod ends;
mod event;
mod gate;
mod id;
mod instance;
mod interface;
mod kernel;
mod lifecycle;
mod platform;
mod rate;
mod refill;
mod restart;
mod revoke;
mod rights;
mod run;
mod share;
mod table;
#[cfg(feature = "testing")]
pub mod testing;
mod wait;
mod waiting;

pub use access::Access;
pub use account::{Account, Footprint, Limits};
pub use admission::{LoadError, ObjectName};
pub use audit::{AuditRecord, Label};
pub use capability::{Capability, Rep};
pub use ends::ChannelError;
pub use event::{Event, LogLevel};
pub use id::{ContainerId, ContainerSet};
pub use instance::{Handles, Instance};
pub use interface::{Call, Denial, Import, Interface, Kind, Stop};
pub use kernel::{Kernel, Policy, StartError};
pub use lifecycle::{ContainerState, ExitReason, Refusal, TrapKind};
pub use locket_abi::{ResourceId, Trap};
pub use locket_policy::{Rate, RuleId};
pub use platform::Platform;
pub use refill::Refill;
pub use restart::Restart;
pub use revoke::DeriveError;
pub use rights::Rights;
pub use run::Begun;
pub use wait::{End, Instant, Pollable, Step, Wait, WaitSource, Woken};
