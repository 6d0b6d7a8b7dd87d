//! Which handles a call has lent.

use heapless::Vec;

use crate::{Handles, Trap};

/// How many handles one call may borrow: a `poll` of 16, and some to spare.
pub const MAX_LENDS: usize = 20;

/// The handles that one call from a guest has lent, to be given back when the call ends.
///
/// While it is lent, the guest can neither drop a handle nor pass it on.
#[derive(Debug, Default)]
#[must_use = "lends that are not ended keep their handles for ever"]
pub struct Lends(Vec<u32, MAX_LENDS>);

impl Lends {
    /// No handles.
    #[inline]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Notes that the handle at `index` is lent.
    #[inline]
    pub fn push(&mut self, index: u32) -> Result<(), Trap> {
        self.0.push(index).map_err(|_| Trap::TooManyLends)
    }

    /// Gives every handle back to `handles`, the table it was lent from.
    #[inline]
    pub fn end(self, handles: &mut impl Handles) {
        for index in &self.0 {
            handles.end_lend(*index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Pin, Table};
    use crate::{Lifting, Memory, Resource};

    #[test]
    fn a_call_borrows_a_bounded_number_of_handles() {
        let mut handles = Table::new();
        let index = handles.insert_own(Pin::ID, 7).unwrap();
        let mut lends = Lends::new();
        let mut cx = Lifting::new(Memory::EMPTY, &mut handles, &mut lends);
        for _ in 0..MAX_LENDS {
            assert_eq!(cx.lend(index, Pin::ID), Ok(7));
        }
        assert_eq!(cx.lend(index, Pin::ID), Err(Trap::TooManyLends));
    }

    #[test]
    fn ended_lends_free_their_handles() {
        let mut handles = Table::new();
        let index = handles.insert_own(Pin::ID, 7).unwrap();
        let mut lends = Lends::new();
        let mut cx = Lifting::new(Memory::EMPTY, &mut handles, &mut lends);
        cx.lend(index, Pin::ID).unwrap();
        cx.lend(index, Pin::ID).unwrap();
        assert_eq!(handles.take_own(index, Pin::ID), Err(Trap::HandleLent));
        lends.end(&mut handles);
        assert_eq!(handles.take_own(index, Pin::ID), Ok(7));
    }
}
