//! Before anything starts: does this policy fit this device (principle 7), and this image the policy (principle 1)?

use heapless::Vec;
use locket_policy::Table;
use thiserror::Error;

use crate::capacity::{CHANNELS, CONTAINERS, GRANTS, RECEIVERS};
use crate::channel::storage;
use crate::kernel::{Policy, index_of};
use crate::{AuditRecord, ContainerId, Denial, Event, Import, Kernel, Label, Platform, Refusal, RuleId};

/// An object as a grant names it, for the board to find it by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ObjectName<'p> {
    /// The interface, such as `locket:gpio/digital@0.1.0`.
    pub interface: &'p str,
    /// The resource, such as `output`.
    pub resource: &'p str,
    /// The grant word, such as `digital-out`.
    pub granted_as: &'p str,
    /// The board's name for it, such as `valve0`.
    pub object: &'p str,
}

/// Why a policy cannot be loaded on this device.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum LoadError {
    /// The policy is for a larger kernel.
    #[error("the policy has {count} {table}; this kernel has room for {capacity}")]
    TooMany {
        /// The table.
        table: Table,
        /// Its entries.
        count: usize,
        /// What this kernel has room for.
        capacity: usize,
    },
    /// The channels' messages do not fit into the storage that the board reserves.
    #[error(
        "short by {} bytes, because the channels need {needed} bytes of message storage and the board reserves \
         {available}; the largest is `{largest}` with {bytes}",
        needed.saturating_sub(*available)
    )]
    MessageStorage {
        /// Bytes for all channels.
        needed: u64,
        /// Bytes that there are.
        available: u64,
        /// The channel that needs most.
        largest: &'static str,
        /// What that one needs.
        bytes: u64,
    },
    /// The containers' memory limits add up to more than there is.
    #[error(
        "short by {} bytes, because the containers may use {needed} bytes of memory and the board has {available} \
         for them; the largest is `{largest}` with {bytes}",
        needed.saturating_sub(*available)
    )]
    ContainerMemory {
        /// Bytes for all containers.
        needed: u64,
        /// Bytes that there are.
        available: u64,
        /// The container that may use most.
        largest: &'static str,
        /// What that one may use.
        bytes: u64,
    },
    /// A channel has more receivers than this kernel was built for.
    #[error("channel `{channel}` has {receivers} receivers, and this kernel was built for {RECEIVERS}")]
    TooManyReceivers {
        /// The channel.
        channel: &'static str,
        /// Its receivers.
        receivers: usize,
    },
    /// A grant names an object that the board does not have.
    #[error("container `{container}`, grant `{label}`: the board has no {granted_as} called `{object}`")]
    UnknownObject {
        /// Whose grant.
        container: &'static str,
        /// Its label.
        label: &'static str,
        /// The grant word.
        granted_as: &'static str,
        /// The name that the board does not know.
        object: &'static str,
    },
}

impl LoadError {
    /// How many bytes more would have been enough, if bytes are what is missing.
    #[must_use]
    pub const fn short_by(&self) -> Option<u64> {
        match self {
            Self::MessageStorage { needed, available, .. } | Self::ContainerMemory { needed, available, .. } => {
                Some(needed.saturating_sub(*available))
            }
            Self::TooMany { .. } | Self::TooManyReceivers { .. } | Self::UnknownObject { .. } => None,
        }
    }
}

/// A sum of bytes, and the largest part of it.
#[derive(Default)]
struct Sum {
    total: u64,
    largest: &'static str,
    bytes: u64,
}

impl Sum {
    fn of(parts: impl Iterator<Item = (&'static str, u64)>) -> Self {
        parts.fold(Self::default(), |sum, (name, bytes)| {
            let total = sum.total.saturating_add(bytes);
            if bytes > sum.bytes { Self { total, largest: name, bytes } } else { Self { total, ..sum } }
        })
    }
}

/// What the channels need.
fn of_messages(policy: &Policy) -> Sum {
    let channels = policy.channels();
    Sum::of(
        channels.iter().map(|channel| (policy.text(channel.name), storage(channel.depth.get(), channel.message.get()))),
    )
}

/// Checks sums and capacities.
pub(crate) fn check(policy: &Policy, message_storage: u64, container_memory: u64) -> Result<(), LoadError> {
    let tables = [
        (Table::Containers, policy.containers().len(), CONTAINERS),
        (Table::Channels, policy.channels().len(), CHANNELS),
        (Table::Grants, policy.grants().len(), GRANTS),
    ];
    for (table, count, capacity) in tables {
        if count > capacity {
            return Err(LoadError::TooMany { table, count, capacity });
        }
    }
    let sum = of_messages(policy);
    if sum.total > message_storage {
        return Err(LoadError::MessageStorage {
            needed: sum.total,
            available: message_storage,
            largest: sum.largest,
            bytes: sum.bytes,
        });
    }
    let containers = policy.containers();
    let sum =
        Sum::of(containers.iter().map(|container| (policy.text(container.name), u64::from(container.memory.get()))));
    if sum.total > container_memory {
        return Err(LoadError::ContainerMemory {
            needed: sum.total,
            available: container_memory,
            largest: sum.largest,
            bytes: sum.bytes,
        });
    }
    for (index, channel) in (0_u8..).zip(policy.channels()) {
        let receivers = policy.receivers(locket_policy::ChannelIndex(index)).count();
        if receivers > RECEIVERS {
            return Err(LoadError::TooManyReceivers { channel: policy.text(channel.name), receivers });
        }
    }
    Ok(())
}

impl<B: Platform> Kernel<B> {
    /// Bytes of message storage that [`Kernel::new`] needs for `policy`.
    #[must_use]
    pub fn message_storage(policy: Policy) -> u64 {
        of_messages(&policy).total
    }

    /// Whether the policy covers everything that an image for `container` imports; to be asked before the image is
    /// instantiated (principle 1). Each missing grant is told as an event and noted in the audit ring.
    pub fn admit<'i>(
        &self,
        container: ContainerId,
        imports: impl IntoIterator<Item = &'i Import<B>>,
    ) -> Result<(), Refusal> {
        let mut missing = Vec::<&'static str, { locket_policy::MAX_KINDS }>::new();
        let mut first = None;
        let mut more = 0_u8;
        for import in imports {
            let Some(granted_as) = import.granted_as else { continue };
            if self.grants_any_of(container, import.interface.name) || missing.contains(&granted_as) {
                continue;
            }
            // A set that is full only means that a grant is named twice.
            let _ = missing.push(granted_as);
            match first {
                None => first = Some((import.interface.name, granted_as)),
                Some(_) => more = more.saturating_add(1),
            }
            let rule = self.policy_of(container).map_or(RuleId::POLICY, |entry| entry.default_deny);
            self.audit.lock().record(AuditRecord {
                time: self.board.monotonic(),
                container,
                interface: import.interface.name,
                function: import.field.to_str().unwrap_or_default(),
                label: Label::default(),
                denial: Denial::NotPermitted,
                rule,
                count: 1,
            });
            let interface = import.interface.name;
            self.board.event(&Event::MissingGrant { container: self.name(container), interface, granted_as, rule });
        }
        first.map_or(Ok(()), |(interface, granted_as)| Err(Refusal::MissingGrant { interface, granted_as, more }))
    }

    /// Whether the policy grants anything of `interface`. Which of its objects a container may open is decided when it
    /// opens them: bindings often import an interface as a whole.
    fn grants_any_of(&self, container: ContainerId, interface: &str) -> bool {
        self.policy()
            .grants_of(index_of(container))
            .iter()
            .filter_map(|grant| self.policy().kind(grant.kind))
            .any(|kind| self.policy().text(kind.interface) == interface)
    }
}
