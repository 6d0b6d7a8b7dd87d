//! What may be done with an object.

use bitflags::bitflags;

bitflags! {
    /// What a capability allows. Bit `i` is the `i`-th flag of the interface's `flags rights`, so the kernel compares
    /// rights without knowing their names; [`crate::Interface::rights`] has those.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct Rights: u16 {
        // The names are each interface's own.
        const _ = !0;
    }
}

impl Rights {
    /// The right that is flag number `index` of its interface; none beyond 16.
    #[must_use]
    pub const fn flag(index: u32) -> Self {
        match 1_u16.checked_shl(index) {
            Some(bits) => Self::from_bits_retain(bits),
            None => Self::empty(),
        }
    }
}
