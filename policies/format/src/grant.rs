//! Grants: which container holds what.

use core::{
    num::NonZeroU32,
    ops::{BitAnd, BitOr},
};

use crate::{ChannelIndex, ContainerIndex, KindIndex, Rate, RuleId, Text};

/// Most settings of a container (`wit/config`).
pub const MAX_SETTINGS: usize = 32;

/// The longest label, in bytes (`wit/`: `open`).
pub const MAX_LABEL: usize = 32;

/// A set of rights. Bit i is the i-th flag of the interface's `flags rights`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rights(u16);

impl Rights {
    /// No rights: enough to ask whether a grant is there at all.
    pub const NONE: Self = Self(0);

    /// The rights whose bits are set.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// One bit per right.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether all of `other` are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Rights {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Rights {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// Something that can be granted: a resource of an interface, or an interface as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The interface, with its version: `locket:gpio/digital@0.1.0`.
    pub interface: Text,
    /// The resource: `output`. Empty for an interface that is granted whole.
    pub resource: Text,
    /// The word of the policy file: `digital-out`.
    pub word: Text,
}

/// One grant: `container` holds, under `label`, `rights` on `object`.
///
/// Grants are sorted by container, kind and label, and no two are equal in these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who holds it.
    pub container: ContainerIndex,
    /// What sort of thing the object is.
    pub kind: KindIndex,
    /// The name by which the container asks for it, at most [`MAX_LABEL`] bytes; empty for a whole interface.
    pub label: Text,
    /// What is held.
    pub object: Object,
    /// What may be done with it. None where the interface defines no rights.
    pub rights: Rights,
    /// How often it may be used; `None`: as the container likes.
    pub rate: Option<Rate>,
    /// Bytes that the container may occupy in it; `None`: as the board likes.
    pub quota: Option<NonZeroU32>,
    /// The line of the policy file that grants it.
    pub rule: RuleId,
}

/// What a grant is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// The interface itself; the grant has no label.
    Interface,
    /// An object that the board knows by this name.
    Board(Text),
    /// The sending end of a channel; the label is the channel's name.
    Sender(ChannelIndex),
    /// The receiving end of a channel; the label is the channel's name.
    Receiver(ChannelIndex),
    /// The interface itself, with settings for its holder: keys and values in turn, each with a NUL behind it, at most
    /// [`MAX_SETTINGS`] of them. See [`Policy::settings`](crate::Policy::settings).
    Settings(Text),
}

/// The pairs in the text of [`Object::Settings`].
pub(crate) fn settings(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut parts = text.split_terminator('\0');
    core::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
}

/// Whether `text` holds settings as [`Object::Settings`] says.
pub(crate) fn are_settings(text: &str) -> bool {
    let ends = text.bytes().filter(|byte| *byte == 0).count();
    let whole = ends.is_multiple_of(2) && (text.is_empty() || text.ends_with('\0'));
    whole && settings(text).count() <= MAX_SETTINGS && settings(text).all(|(key, _)| !key.is_empty())
}
