//! The capability table: what exists, who holds it, and what it was derived from.
//!
//! A tree per grant: its root is the capability that the policy gives, its descendants are what was derived. Pure data
//! under one lock; the table itself blocks nobody and wakes nobody.

use core::num::NonZeroU32;

use heapless::Vec;
use locket_policy::Rate;

use crate::capability::{Capability, Class};
use crate::capacity::{CAPABILITIES, GRANTS};
use crate::gate::Gates;
use crate::rate::{Bucket, within};
use crate::{ContainerId, ContainerSet, Denial, Rights};

/// No entry, in the links of the tree.
const NONE: u16 = u16::MAX;
const WORDS: usize = CAPABILITIES.div_ceil(32);

/// Numbers of capabilities.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct CapabilitySet([u32; WORDS]);

impl CapabilitySet {
    pub(crate) const EMPTY: Self = Self([0; WORDS]);

    pub(crate) fn insert(&mut self, index: u16) {
        if let Some(word) = self.0.get_mut(usize::from(index >> 5)) {
            *word |= 1 << (index & 31);
        }
    }

    pub(crate) fn contains(&self, index: u16) -> bool {
        self.0.get(usize::from(index >> 5)).is_some_and(|word| word & (1 << (index & 31)) != 0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        (0_u16..).take(CAPABILITIES).filter(|index| self.contains(*index))
    }
}

/// What a revocation takes back.
pub(crate) struct Doomed {
    pub(crate) capabilities: CapabilitySet,
    /// Those who hold any of it.
    pub(crate) holders: ContainerSet,
}

impl Doomed {
    const NOTHING: Self = Self { capabilities: CapabilitySet::EMPTY, holders: ContainerSet::EMPTY };
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Free,
    Live,
    /// Revoked, and its number not given out again before no call uses it any more.
    Dying,
}

#[derive(Clone, Copy)]
struct Entry {
    bucket: Option<Bucket>,
    /// The smallest quota between this capability and its grant.
    quota: Option<NonZeroU32>,
    object: u32,
    grant: u16,
    rights: Rights,
    parent: u16,
    first_child: u16,
    /// The next child of the same parent; in a free entry the next free one.
    next: u16,
    holder: ContainerId,
    class: Class,
    state: State,
}

/// What a new capability is.
#[derive(Clone, Copy)]
pub(crate) struct New {
    pub(crate) holder: ContainerId,
    pub(crate) class: Class,
    pub(crate) object: u32,
    pub(crate) rights: Rights,
    pub(crate) grant: u16,
    pub(crate) rate: Option<Rate>,
    pub(crate) quota: Option<NonZeroU32>,
}

/// Why a derivation is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refused {
    Revoked,
    Wider,
    Full,
}

/// Empty, every bit of it is 0: see [`crate::Kernel::unloaded`].
pub(crate) struct Table {
    /// Those that were ever used.
    entries: Vec<Entry, CAPABILITIES>,
    /// The capability of each grant of the policy while it exists, plus 1.
    granted: [u16; GRANTS],
    /// The entry freed last, plus 1.
    free: u16,
    used: u16,
}

impl Table {
    pub(crate) const fn new() -> Self {
        Self { entries: Vec::new(), granted: [0; GRANTS], free: 0, used: 0 }
    }

    /// How many capabilities exist, dying ones included.
    pub(crate) const fn len(&self) -> usize {
        self.used as usize
    }

    /// One more than the largest number ever given out.
    fn touched(&self) -> u16 {
        u16::try_from(self.entries.len()).unwrap_or(NONE)
    }

    fn entry(&self, index: u16) -> Option<&Entry> {
        self.entries.get(usize::from(index))
    }

    fn entry_mut(&mut self, index: u16) -> Option<&mut Entry> {
        self.entries.get_mut(usize::from(index))
    }

    fn live(&self, capability: &Capability, gates: &Gates) -> Option<&Entry> {
        let entry = self.entry(capability.index)?;
        (entry.state == State::Live && gates.is_current(capability.index, capability.generation)).then_some(entry)
    }

    fn reference(&self, index: u16, gates: &Gates) -> Option<Capability> {
        let entry = self.entry(index).filter(|entry| entry.state == State::Live)?;
        Some(Capability {
            generation: gates.generation(index),
            index,
            grant: entry.grant,
            rights: entry.rights,
            holder: entry.holder,
            class: entry.class,
            metered: self.ancestry(index).any(|entry| entry.bucket.is_some()),
        })
    }

    fn insert(&mut self, new: New, parent: u16) -> Option<u16> {
        let sibling = self.entry(parent).map_or(NONE, |entry| entry.first_child);
        let new = Entry {
            bucket: new.rate.map(Bucket::new),
            quota: new.quota,
            object: new.object,
            grant: new.grant,
            rights: new.rights,
            parent,
            first_child: NONE,
            next: sibling,
            holder: new.holder,
            class: new.class,
            state: State::Live,
        };
        let index = if let Some(reused) = self.free.checked_sub(1) {
            let next_free = core::mem::replace(self.entry_mut(reused)?, new).next;
            self.free = next_free.wrapping_add(1);
            reused
        } else {
            let index = self.touched();
            self.entries.push(new).ok()?;
            index
        };
        if let Some(parent) = self.entry_mut(parent) {
            parent.first_child = index;
        }
        self.used = self.used.wrapping_add(1);
        Some(index)
    }

    /// Makes the capability of a grant; `None` if the table is full.
    pub(crate) fn grant(&mut self, new: New, gates: &Gates) -> Option<Capability> {
        let index = self.insert(new, NONE)?;
        if let Some(slot) = self.granted.get_mut(usize::from(new.grant)) {
            *slot = index.wrapping_add(1);
        }
        self.reference(index, gates)
    }

    /// The capability of a grant, unless its container does not run or it was revoked.
    pub(crate) fn granted(&self, grant: usize, gates: &Gates) -> Option<Capability> {
        self.granted.get(grant)?.checked_sub(1).and_then(|index| self.reference(index, gates))
    }

    /// Makes a weaker capability out of `parent` (principle 4).
    pub(crate) fn derive(
        &mut self,
        parent: &Capability,
        rights: Rights,
        rate: Option<Rate>,
        quota: Option<NonZeroU32>,
        holder: ContainerId,
        gates: &Gates,
    ) -> Result<Capability, Refused> {
        let from = *self.live(parent, gates).ok_or(Refused::Revoked)?;
        if !from.rights.contains(rights) {
            return Err(Refused::Wider);
        }
        if let Some(rate) = rate
            && self.ancestry(parent.index).filter_map(|entry| entry.bucket).any(|bucket| !within(rate, bucket.rate()))
        {
            return Err(Refused::Wider);
        }
        if let (Some(quota), Some(parents)) = (quota, from.quota)
            && quota > parents
        {
            return Err(Refused::Wider);
        }
        let quota = quota.or(from.quota);
        let new = New { holder, class: from.class, object: from.object, rights, grant: from.grant, rate, quota };
        let index = self.insert(new, parent.index).ok_or(Refused::Full)?;
        self.reference(index, gates).ok_or(Refused::Revoked)
    }

    /// The entry and what it was derived from, up to the grant.
    fn ancestry(&self, index: u16) -> impl Iterator<Item = &Entry> {
        core::iter::successors(self.entry(index), |entry| self.entry(entry.parent))
    }

    /// How many bytes its object may hold after a change through this capability, of which an operation is open: so it
    /// has not been freed, though it may be dying.
    pub(crate) fn quota(&self, capability: &Capability) -> Option<NonZeroU32> {
        self.entry(capability.index)?.quota
    }

    /// Takes one use of every rate between the capability and its grant, or of none.
    pub(crate) fn debit(&mut self, capability: &Capability, now: u64, gates: &Gates) -> Result<(), Denial> {
        if self.live(capability, gates).is_none() {
            return Err(Denial::Revoked);
        }
        if self.ancestry(capability.index).any(|entry| entry.bucket.is_some_and(|bucket| !bucket.available(now))) {
            return Err(Denial::QuotaExceeded);
        }
        self.each_bucket(capability.index, |bucket| bucket.debit(now));
        Ok(())
    }

    /// Gives back what [`Table::debit`] took, for an operation that then did not happen.
    pub(crate) fn credit(&mut self, capability: &Capability, gates: &Gates) {
        if self.live(capability, gates).is_some() {
            self.each_bucket(capability.index, Bucket::credit);
        }
    }

    fn each_bucket(&mut self, mut index: u16, mut f: impl FnMut(&mut Bucket)) {
        while let Some(entry) = self.entry_mut(index) {
            if let Some(bucket) = &mut entry.bucket {
                f(bucket);
            }
            index = entry.parent;
        }
    }

    /// Whether `container` holds a live capability of `class` on `object`.
    pub(crate) fn holds(&self, container: ContainerId, class: Class, object: u32) -> bool {
        self.entries.iter().any(|entry| {
            entry.state == State::Live && entry.holder == container && entry.class == class && entry.object == object
        })
    }

    /// Makes the capability and everything derived from it dying: their references are stale from here on.
    /// Returns all of them, also those that were dying before, because their revocation may still be under way.
    ///
    /// Empty if the capability is gone for good.
    pub(crate) fn condemn(&mut self, capability: &Capability, gates: &Gates) -> Doomed {
        let mut doomed = Doomed::NOTHING;
        let Some(entry) = self.entry(capability.index) else { return doomed };
        let current = match entry.state {
            State::Live => capability.generation,
            // Another revocation bumped it, and has not freed it yet.
            State::Dying => capability.generation.saturating_add(1),
            State::Free => return doomed,
        };
        if gates.is_current(capability.index, current) {
            self.condemn_subtree(capability.index, gates, &mut doomed);
        }
        doomed
    }

    /// The same for everything that `container` holds.
    pub(crate) fn condemn_all_of(&mut self, container: ContainerId, gates: &Gates) -> Doomed {
        let mut doomed = Doomed::NOTHING;
        for index in 0..self.touched() {
            if self.entry(index).is_some_and(|entry| entry.state != State::Free && entry.holder == container) {
                self.condemn_subtree(index, gates, &mut doomed);
            }
        }
        doomed
    }

    /// Walks the subtree of `root` in pre-order, without recursion: down to the first child, else on to the next
    /// sibling of the nearest ancestor that has one.
    fn condemn_subtree(&mut self, root: u16, gates: &Gates, doomed: &mut Doomed) {
        let mut index = root;
        while let Some(entry) = self.entry_mut(index) {
            let Entry { first_child, grant, parent, holder, .. } = *entry;
            doomed.capabilities.insert(index);
            doomed.holders.insert(holder);
            if entry.state == State::Live {
                entry.state = State::Dying;
                gates.bump(index);
                if parent == NONE
                    && let Some(slot) = self.granted.get_mut(usize::from(grant))
                {
                    *slot = 0;
                }
            }
            index = if first_child == NONE { self.after_subtree(index, root) } else { first_child };
        }
    }

    fn after_subtree(&self, mut index: u16, root: u16) -> u16 {
        while index != root {
            let Some(entry) = self.entry(index) else { return NONE };
            if entry.next != NONE {
                return entry.next;
            }
            index = entry.parent;
        }
        NONE
    }

    /// Frees one of what [`Table::condemn`] returned, after no call uses it any more. Returns what it was, unless
    /// another revocation has freed it before.
    pub(crate) fn bury(&mut self, index: u16, gates: &Gates) -> Option<(Class, u32, ContainerId)> {
        let Entry { class, object, holder, parent, .. } =
            *self.entry(index).filter(|entry| entry.state == State::Dying)?;
        self.unlink(index, parent);
        // No entry is NONE, which 0 stands for here.
        let free = self.free.wrapping_sub(1);
        let retired = gates.is_retired(index);
        let entry = self.entry_mut(index)?;
        entry.state = State::Free;
        entry.bucket = None;
        entry.parent = NONE;
        entry.first_child = NONE;
        entry.next = free;
        self.used = self.used.wrapping_sub(1);
        if !retired {
            self.free = index.wrapping_add(1);
        }
        Some((class, object, holder))
    }

    /// Takes `index` out of its parent's list of children. The parent may have been freed before, and its number given
    /// out again; then `index` is in no list.
    fn unlink(&mut self, index: u16, parent: u16) {
        let next = self.entry(index).map_or(NONE, |entry| entry.next);
        let Some(parent) = self.entry_mut(parent) else { return };
        if parent.first_child == index {
            parent.first_child = next;
            return;
        }
        let mut child = parent.first_child;
        while let Some(entry) = self.entry_mut(child) {
            if entry.next == index {
                entry.next = next;
                return;
            }
            child = entry.next;
        }
    }
}
