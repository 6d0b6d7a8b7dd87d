//! How much a kernel build has room for.

/// The most containers that any profile has: the kernel keeps sets of them in one 64-bit word.
pub const MAX_CONTAINERS: usize = 64;

/// The most channels that any profile has: [`ChannelIndex`](crate::ChannelIndex) reaches no more.
pub const MAX_CHANNELS: usize = 256;

/// The most kinds that one policy may grant, in every profile.
pub const MAX_KINDS: usize = 32;

/// The capacities of one kernel build that limit what a policy may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name that a policy's `[device] profile` uses.
    pub name: &'static str,
    /// Containers, and signers.
    pub containers: usize,
    /// Grants, channel ends included.
    pub grants: usize,
    /// Channels.
    pub channels: usize,
    /// Receiving containers of one channel.
    pub receivers: usize,
}

impl Profile {
    /// Every profile, the smallest first.
    pub const ALL: [&'static Self; 3] = [&SMALL, &STANDARD, &GATEWAY];
}

/// For devices with 64 KiB of RAM or less.
pub const SMALL: Profile = Profile { name: "small", containers: 8, grants: 48, channels: 8, receivers: 4 };

/// For devices with about 256 KiB of RAM.
pub const STANDARD: Profile = Profile { name: "standard", containers: 32, grants: 160, channels: 32, receivers: 4 };

/// For Linux gateways.
pub const GATEWAY: Profile =
    Profile { name: "gateway", containers: MAX_CONTAINERS, grants: 1024, channels: MAX_CHANNELS, receivers: 32 };
