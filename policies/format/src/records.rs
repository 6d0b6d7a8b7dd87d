//! One table of a policy, read where it lies.

use core::{cmp::Ordering, fmt, iter::FusedIterator, ops::Range, slice};

use crate::{
    Channel, Container, Grant, Kind, Signer,
    field::{Field, Reader, fields},
};

/// An entry of a table: a value that takes the same number of bytes each time. This crate's five are all there are.
pub trait Record: Field + Copy {
    /// Its bytes.
    type Bytes: AsRef<[u8]> + Copy + Eq + fmt::Debug + 'static;

    /// Bytes as entries; what is too short for one more is left over.
    fn entries(bytes: &[u8]) -> &[Self::Bytes];
}

macro_rules! record {
    ($name:ident: $size:literal { $($field:ident),+ $(,)? }) => {
        fields!($name { $($field),+ });

        impl Record for $name {
            type Bytes = [u8; $size];

            fn entries(bytes: &[u8]) -> &[Self::Bytes] {
                bytes.as_chunks().0
            }
        }
    };
}

record!(Signer: 36 { name, key });
record!(Container: 55 {
    name, image, versions, signer, memory, stack, cpu, fuel, restart, rule, default_deny,
});
record!(Kind: 12 { interface, resource, word });
record!(Channel: 20 { name, message, depth, rate, when_full, rule });
record!(Grant: 22 { container, kind, label, object, rights, rate, quota, rule });

/// The value that the bytes stand for; `None` if they have no meaning, or a byte is left over.
#[inline]
pub(crate) fn read<T: Record>(bytes: &T::Bytes) -> Option<T> {
    let mut reader = Reader(bytes.as_ref());
    reader.field().filter(|_| reader.0.is_empty())
}

/// A table of a policy. It holds no entries, only where they are: reading one makes a value of its bytes.
///
/// Every entry of a [`Policy`](crate::Policy)'s tables has been read once, so that `get` finds each one below `len`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Records<'a, T: Record> {
    entries: &'a [T::Bytes],
}

impl<'a, T: Record> Records<'a, T> {
    /// No entries.
    pub(crate) const EMPTY: Self = Self { entries: &[] };

    /// The first `count` entries of `bytes`, and the rest; `None` if there are not so many.
    pub(crate) fn split(bytes: &'a [u8], count: usize) -> Option<(Self, &'a [u8])> {
        let (table, rest) = bytes.split_at_checked(count.checked_mul(size_of::<T::Bytes>())?)?;
        Some((Self { entries: T::entries(table) }, rest))
    }

    /// The bytes of each entry.
    pub(crate) const fn entries(self) -> &'a [T::Bytes] {
        self.entries
    }

    /// How many entries there are.
    #[must_use]
    pub const fn len(self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.entries.is_empty()
    }

    /// One entry.
    #[must_use]
    #[inline]
    pub fn get(self, index: usize) -> Option<T> {
        self.entries.get(index).and_then(read)
    }

    /// All entries, by value.
    #[must_use]
    pub fn iter(self) -> Iter<'a, T> {
        Iter { entries: self.entries.iter() }
    }

    /// A part of the table; empty if it has no such part.
    #[must_use]
    pub fn range(self, range: Range<usize>) -> Self {
        Self { entries: self.entries.get(range).unwrap_or_default() }
    }

    /// Where the entries end for which `belongs` holds, if those stand first. Takes O(log n).
    #[must_use]
    pub fn partition_point(self, mut belongs: impl FnMut(T) -> bool) -> usize {
        self.entries.partition_point(|bytes| read(bytes).is_some_and(&mut belongs))
    }

    /// Where the entry is that `compare` finds equal, else where it would have to stand, if the table is sorted as
    /// `compare` says. Takes O(log n).
    pub fn binary_search_by(self, mut compare: impl FnMut(T) -> Ordering) -> Result<usize, usize> {
        self.entries.binary_search_by(|bytes| read(bytes).map_or(Ordering::Greater, &mut compare))
    }
}

impl<T: Record + fmt::Debug> fmt::Debug for Records<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}

impl<'a, T: Record> IntoIterator for Records<'a, T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The entries of a table, by value. Made by [`Records::iter`].
#[derive(Clone)]
pub struct Iter<'a, T: Record> {
    entries: slice::Iter<'a, T::Bytes>,
}

impl<T: Record + fmt::Debug> fmt::Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<T: Record> Iterator for Iter<'_, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.entries.next().and_then(read)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }

    #[inline]
    fn nth(&mut self, n: usize) -> Option<T> {
        self.entries.nth(n).and_then(read)
    }
}

impl<T: Record> DoubleEndedIterator for Iter<'_, T> {
    #[inline]
    fn next_back(&mut self) -> Option<T> {
        self.entries.next_back().and_then(read)
    }
}

impl<T: Record> ExactSizeIterator for Iter<'_, T> {}

impl<T: Record> FusedIterator for Iter<'_, T> {}
