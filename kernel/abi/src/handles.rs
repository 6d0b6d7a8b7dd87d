//! A guest's handle table.

use crate::{ResourceId, Trap};

/// What lifting and lowering need of a handle table.
pub trait Handles {
    /// What a handle stands for.
    type Rep: Copy;

    /// Gives the guest an own handle, and returns its index.
    fn insert_own(&mut self, id: ResourceId, rep: Self::Rep) -> Result<u32, Trap>;

    /// Lends the guest a handle for the call of an export that is now being made, and returns its index.
    fn insert_borrow(&mut self, id: ResourceId, rep: Self::Rep) -> Result<u32, Trap>;

    /// Takes an own handle away from the guest.
    fn take_own(&mut self, index: u32, id: ResourceId) -> Result<Self::Rep, Trap>;

    /// Lends a handle, own or borrowed, to a call that the guest makes, until [`end_lend`](Handles::end_lend).
    fn lend(&mut self, index: u32, id: ResourceId) -> Result<Self::Rep, Trap>;

    /// Ends one lend of the handle at `index`.
    fn end_lend(&mut self, index: u32);

    /// Ends the call of an export: the guest must have dropped each handle that was lent to it for the call.
    fn end_scope(&mut self) -> Result<(), Trap>;
}

/// The table of values that hold no handles, such as a list's elements.
#[derive(Clone, Copy, Debug)]
pub struct NoHandles;

/// No handle has this representation.
#[derive(Clone, Copy, Debug)]
pub enum Never {}

impl Handles for NoHandles {
    type Rep = Never;

    fn insert_own(&mut self, _: ResourceId, rep: Never) -> Result<u32, Trap> {
        match rep {}
    }

    fn insert_borrow(&mut self, _: ResourceId, rep: Never) -> Result<u32, Trap> {
        match rep {}
    }

    fn take_own(&mut self, _: u32, _: ResourceId) -> Result<Never, Trap> {
        Err(Trap::UnknownHandle)
    }

    fn lend(&mut self, _: u32, _: ResourceId) -> Result<Never, Trap> {
        Err(Trap::UnknownHandle)
    }

    fn end_lend(&mut self, _: u32) {}

    fn end_scope(&mut self) -> Result<(), Trap> {
        Ok(())
    }
}

/// A handle that its guest has dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "an own handle's destructor is the caller's to run"]
pub enum Dropped<R> {
    /// An own handle: what it stands for goes with it.
    Own(R),
    /// A borrowed one: its owner keeps what it stands for.
    Borrow,
}

/// The handles of one guest, at most `N` at a time.
///
/// Indices start at 1; 0 is never a handle. A freed index is the next to be given out. Every access checks that the
/// index is in use and of the expected resource type. An access that traps changes nothing.
///
/// Calls into a guest do not nest (a container is not re-entered), so all borrowed handles belong to the one call of
/// an export that may be going on; the table only counts them.
#[derive(Clone, Debug)]
pub struct HandleTable<R: Copy, const N: usize> {
    slots: [Slot<R>; N],
    /// How many slots have ever been used; those behind them are free and in no list.
    touched: u32,
    /// The index last freed, or 0.
    free: u32,
    len: u32,
    borrows: u32,
}

#[derive(Clone, Copy, Debug)]
enum Slot<R> {
    /// `next` is the index freed before this one, or 0.
    Free {
        next: u32,
    },
    Used(Entry<R>),
}

#[derive(Clone, Copy, Debug)]
struct Entry<R> {
    rep: R,
    id: ResourceId,
    lends: u16,
    own: bool,
}

impl<R: Copy, const N: usize> Default for HandleTable<R, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Copy, const N: usize> HandleTable<R, N> {
    /// An empty table.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(N > 0 && N < 1 << 28, "the Canonical ABI limits handle tables") }
        Self { slots: [Slot::Free { next: 0 }; N], touched: 0, free: 0, len: 0, borrows: 0 }
    }

    /// How many handles are in use.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether no handle is in use.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many handles may be in use at a time.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        N
    }

    /// Drops the handle at `index`, as the guest's `[resource-drop]` asks.
    pub fn drop_handle(&mut self, index: u32, id: ResourceId) -> Result<Dropped<R>, Trap> {
        let entry = *self.entry(index, id)?;
        if entry.lends != 0 {
            return Err(Trap::HandleLent);
        }
        self.free(index);
        if entry.own {
            return Ok(Dropped::Own(entry.rep));
        }
        self.borrows = self.borrows.saturating_sub(1);
        Ok(Dropped::Borrow)
    }

    /// What the guest owns: those whose destructors run when it ends.
    pub fn owned(&self) -> impl Iterator<Item = (ResourceId, R)> + '_ {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Used(entry) if entry.own => Some((entry.id, entry.rep)),
            _ => None,
        })
    }

    /// Forgets every handle, when the guest is gone.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    #[inline]
    fn slot(&mut self, index: u32) -> Option<&mut Slot<R>> {
        self.slots.get_mut(index.wrapping_sub(1) as usize)
    }

    #[inline]
    fn entry(&mut self, index: u32, id: ResourceId) -> Result<&mut Entry<R>, Trap> {
        match self.slot(index) {
            Some(Slot::Used(entry)) if entry.id == id => Ok(entry),
            Some(Slot::Used(_)) => Err(Trap::WrongHandleType),
            _ => Err(Trap::UnknownHandle),
        }
    }

    fn insert(&mut self, entry: Entry<R>) -> Result<u32, Trap> {
        let reused = self.free;
        let index = if reused == 0 { self.touched.wrapping_add(1) } else { reused };
        let Some(slot) = self.slot(index) else { return Err(Trap::TableFull) };
        let before = core::mem::replace(slot, Slot::Used(entry));
        match before {
            Slot::Free { next } if reused != 0 => self.free = next,
            _ => self.touched = index,
        }
        self.len = self.len.wrapping_add(1);
        Ok(index)
    }

    /// Frees the slot of `index`, which is in use.
    fn free(&mut self, index: u32) {
        let next = self.free;
        if let Some(slot) = self.slot(index) {
            *slot = Slot::Free { next };
            self.free = index;
            self.len = self.len.wrapping_sub(1);
        }
    }
}

impl<R: Copy, const N: usize> Handles for HandleTable<R, N> {
    type Rep = R;

    fn insert_own(&mut self, id: ResourceId, rep: R) -> Result<u32, Trap> {
        self.insert(Entry { rep, id, lends: 0, own: true })
    }

    fn insert_borrow(&mut self, id: ResourceId, rep: R) -> Result<u32, Trap> {
        let index = self.insert(Entry { rep, id, lends: 0, own: false })?;
        self.borrows = self.borrows.saturating_add(1);
        Ok(index)
    }

    fn take_own(&mut self, index: u32, id: ResourceId) -> Result<R, Trap> {
        let entry = *self.entry(index, id)?;
        if entry.lends != 0 {
            return Err(Trap::HandleLent);
        }
        if !entry.own {
            return Err(Trap::NotOwned);
        }
        self.free(index);
        Ok(entry.rep)
    }

    #[inline]
    fn lend(&mut self, index: u32, id: ResourceId) -> Result<R, Trap> {
        let entry = self.entry(index, id)?;
        entry.lends = entry.lends.checked_add(1).ok_or(Trap::TooManyLends)?;
        Ok(entry.rep)
    }

    #[inline]
    fn end_lend(&mut self, index: u32) {
        if let Some(Slot::Used(entry)) = self.slot(index) {
            entry.lends = entry.lends.saturating_sub(1);
        }
    }

    fn end_scope(&mut self) -> Result<(), Trap> {
        if self.borrows == 0 { Ok(()) } else { Err(Trap::BorrowLeft) }
    }
}

#[cfg(test)]
mod tests;
