//! How one table's entries name another's: small typed indices instead of bare numbers.

macro_rules! index {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub u16);

impl RuleId {
    /// The policy itself: what decides when the question names no container of it.
    pub const POLICY: Self = Self(0);
}

/// A piece of the policy's one string: `length` bytes from byte `start`.
///
/// Read it with [`Policy::text`](crate::Policy::text). Those inside a [`Policy`](crate::Policy) are in range and end
/// on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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
