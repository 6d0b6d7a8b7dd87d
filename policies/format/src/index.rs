//! How one table's entries name another's: small typed indices instead of bare numbers.

use serde::{Deserialize, Serialize};

use crate::MAX_CONTAINERS;

macro_rules! index {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u8);

        impl $name {
            /// The position in the table.
            #[must_use]
            pub const fn get(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index! {
    /// Position of a container in [`Policy::containers`](crate::Policy::containers).
    ContainerIndex
}
index! {
    /// Position of a signer in [`Policy::signers`](crate::Policy::signers).
    SignerIndex
}
index! {
    /// Position of a kind in [`Policy::kinds`](crate::Policy::kinds).
    KindIndex
}
index! {
    /// Position of a channel in [`Policy::channels`](crate::Policy::channels).
    ChannelIndex
}

/// Names one line of the policy file in decisions and audit records.
///
/// The host keeps the map back to file and line; the device knows only the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RuleId(pub u16);

impl RuleId {
    /// The policy itself: what decides when the question names no container of it.
    pub const POLICY: Self = Self(0);
}

/// A piece of the policy's one string: `length` bytes from byte `start`.
///
/// Read it with [`Policy::text`](crate::Policy::text). Those inside a [`Policy`](crate::Policy) are in range and end
/// on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    /// First byte.
    pub start: u16,
    /// Length in bytes.
    pub length: u16,
}

impl Text {
    /// No text at all.
    pub const EMPTY: Self = Self { start: 0, length: 0 };

    /// The text, if this piece lies within `strings` and on its character boundaries.
    #[must_use]
    pub fn of(self, strings: &str) -> Option<&str> {
        let start = usize::from(self.start);
        strings.get(start..start.checked_add(usize::from(self.length))?)
    }
}

/// A set of containers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContainerSet(u64);

impl ContainerSet {
    /// Adds a container; one whose index is [`MAX_CONTAINERS`] or above is not taken.
    pub fn insert(&mut self, container: ContainerIndex) {
        self.0 |= Self::bit(container);
    }

    /// Whether the container is in the set.
    #[must_use]
    pub fn contains(self, container: ContainerIndex) -> bool {
        self.0 & Self::bit(container) != 0
    }

    /// How many containers are in the set.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether no container is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The containers, in ascending order.
    pub fn iter(self) -> impl Iterator<Item = ContainerIndex> {
        (0..MAX_CONTAINERS)
            .filter_map(|index| u8::try_from(index).ok())
            .map(ContainerIndex)
            .filter(move |&c| self.contains(c))
    }

    fn bit(container: ContainerIndex) -> u64 {
        1_u64.checked_shl(u32::from(container.0)).unwrap_or(0)
    }
}
