//! What the kernel needs to run a container.

use core::num::{NonZeroU16, NonZeroU32, NonZeroU64};

use crate::{Backoff, Cpu, RuleId, SignerIndex, Text, VersionRange};

/// Someone whose images the policy takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The name in the policy file.
    pub name: Text,
    /// The ed25519 public key.
    pub key: [u8; 32],
}

/// One container of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Container {
    /// The name in the policy file; not empty, and no other container's.
    pub name: Text,
    /// The name that the image's manifest must have.
    pub image: Text,
    /// The versions that the image's manifest may have.
    pub versions: VersionRange,
    /// Who must have signed the image.
    pub signer: SignerIndex,
    /// Bytes for everything that the container needs in memory: linear memory, module, instance, stack.
    pub memory: NonZeroU32,
    /// Bytes of the engine's stack for the container, out of `memory`.
    pub stack: NonZeroU32,
    /// Share of one core; above it the container is paused.
    pub cpu: Cpu,
    /// Operations between two waits; more end the container. `None`: no limit.
    pub fuel: Option<NonZeroU64>,
    /// What follows when the container ends.
    pub restart: Restart,
    /// The line of the policy file that declares the container.
    pub rule: RuleId,
    /// The line that decides when no grant does: the container's table of grants.
    pub default_deny: RuleId,
}

/// What follows when a container ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// It stays ended.
    Never,
    /// It is started again.
    Again {
        /// After which ends.
        when: RestartWhen,
        /// How long after.
        backoff: Backoff,
        /// After how many restarts in a row the kernel gives up; `None`: never.
        give_up_after: Option<NonZeroU16>,
    },
}

/// After which ends a container is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartWhen {
    /// After every end but exit code 0.
    Failed,
    /// After every end.
    Always,
}
