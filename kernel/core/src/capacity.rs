//! How much of everything there is. One profile is compiled in; nothing grows at run time (principle 7).
//!
//! | | `profile-small` | standard | `profile-gateway` |
//! |---|---|---|---|
//! | meant for | 64 KiB of RAM | 256 KiB of RAM | Linux gateways |
//! | [`CONTAINERS`] | 8 | 32 | 64 |
//! | [`GRANTS`] | 48 | 160 | 1,024 |
//! | [`CHANNELS`] | 8 | 32 | 256 |
//! | [`CAPABILITIES`] | 64 | 192 | 2,048 |
//! | [`HANDLES`] | 16 | 16 | 256 |
//! | [`INTERFACES`] | 4 | 4 | 8 |
//! | [`RECEIVERS`] | 4 | 4 | 32 |
//! | [`AUDIT`] | 16 | 32 | 512 |
//!
//! Containers, grants, channels and receivers are those of `locket_policy`'s profile of the same name, so that a policy
//! that a host compiled for the profile fits. With both features the larger profile is taken, because builds of a workspace unify features.

use locket_policy::{GATEWAY, Profile, SMALL, STANDARD};

/// The profile that this kernel was built with.
pub const PROFILE: Profile = if cfg!(feature = "profile-gateway") {
    GATEWAY
} else if cfg!(feature = "profile-small") {
    SMALL
} else {
    STANDARD
};

/// Picks the profile's number.
const fn pick(small: usize, standard: usize, gateway: usize) -> usize {
    if cfg!(feature = "profile-gateway") {
        gateway
    } else if cfg!(feature = "profile-small") {
        small
    } else {
        standard
    }
}

/// Containers of a policy.
pub const CONTAINERS: usize = PROFILE.containers;
/// Grants of a policy, channel ends included.
pub const GRANTS: usize = PROFILE.grants;
/// Channels of a policy.
pub const CHANNELS: usize = PROFILE.channels;
/// Capabilities that exist at a time: the grants of all started containers, and what was derived from them.
pub const CAPABILITIES: usize = pick(64, 192, 2_048);
/// Handles open in one container at a time.
pub const HANDLES: usize = pick(16, 16, 256);
/// Whole interfaces (log, clocks…) of one container that are found without asking the policy again.
pub const INTERFACES: usize = pick(4, 4, 8);
/// Receiving containers of one channel.
pub const RECEIVERS: usize = PROFILE.receivers;
/// Denials that the audit ring keeps; an older one is overwritten and counted.
pub const AUDIT: usize = pick(16, 32, 512);
/// Things that one wait can wait for.
pub const WAIT_SOURCES: usize = 16;
/// Bytes of a label in an audit record; a longer one, which no grant can have, is cut and marked.
pub const LABEL: usize = locket_policy::MAX_LABEL;

/// Sets of containers are bit sets; numbers of capabilities and grants are 16 bits, with one value for none.
const _: () = assert!(CONTAINERS <= 64 && GRANTS <= CAPABILITIES && CAPABILITIES < u16::MAX as usize);
