//! Which container, and sets of them.

use core::fmt;

use crate::capacity::CONTAINERS;

/// A container of the policy: its place in the policy's list, the same for the whole life of the device.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ContainerId(u8);

impl ContainerId {
    /// The container that the policy lists first.
    pub(crate) const FIRST: Self = Self(0);

    /// The container at `index` of the policy, or `None` beyond [`CONTAINERS`].
    #[must_use]
    pub const fn new(index: usize) -> Option<Self> {
        if index < CONTAINERS {
            #[expect(clippy::cast_possible_truncation, reason = "CONTAINERS is at most 64")]
            return Some(Self(index as u8));
        }
        None
    }

    /// Its place in the policy's list, below [`CONTAINERS`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for ContainerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// A set of containers, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ContainerSet(u64);

impl ContainerSet {
    /// No container.
    pub const EMPTY: Self = Self(0);

    /// Puts `container` in.
    pub const fn insert(&mut self, container: ContainerId) {
        self.0 |= 1 << container.0;
    }

    /// Takes `container` out.
    pub const fn remove(&mut self, container: ContainerId) {
        self.0 &= !(1 << container.0);
    }

    /// Whether `container` is in the set.
    #[must_use]
    pub const fn contains(self, container: ContainerId) -> bool {
        self.0 & (1 << container.0) != 0
    }

    /// The next in the set after `container`, going round; `container` itself comes last.
    #[must_use]
    pub const fn first_after(self, container: ContainerId) -> Option<ContainerId> {
        if self.is_empty() {
            return None;
        }
        // Containers are numbered below 64.
        let start = (container.0 as u32).wrapping_add(1) & 63;
        let distance = self.0.rotate_right(start).trailing_zeros();
        Some(ContainerId((start.wrapping_add(distance) & 63) as u8))
    }

    /// Whether nobody is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many are in the set.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Empties the set and returns what was in it.
    #[must_use]
    pub const fn take(&mut self) -> Self {
        core::mem::replace(self, Self::EMPTY)
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl IntoIterator for ContainerSet {
    type Item = ContainerId;
    type IntoIter = ContainerSetIter;

    fn into_iter(self) -> ContainerSetIter {
        ContainerSetIter(self.0)
    }
}

/// The members of a [`ContainerSet`], ascending.
#[derive(Debug)]
pub struct ContainerSetIter(u64);

impl Iterator for ContainerSetIter {
    type Item = ContainerId;

    fn next(&mut self) -> Option<ContainerId> {
        if self.0 == 0 {
            return None;
        }
        let index = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        ContainerId::new(index as usize)
    }
}
