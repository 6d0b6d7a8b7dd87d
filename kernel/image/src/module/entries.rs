//! Sections that are a counted list of entries, which most are.

use super::Section;
use crate::{ImageError, reader::Reader};

/// A section whose entries were all read once: reading them again cannot fail.
#[derive(Debug)]
pub(crate) struct Entries<'a, T> {
    count: u32,
    first: Reader<'a>,
    read: fn(&mut Reader<'a>) -> Result<T, ImageError>,
}

// Not derived: `T` is what comes out, not what is inside.
impl<T> Clone for Entries<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Entries<'_, T> {}

impl<'a, T> Entries<'a, T> {
    /// The entries of a section that is not there.
    pub fn none(read: fn(&mut Reader<'a>) -> Result<T, ImageError>) -> Self {
        Self { count: 0, first: Reader::new(&[], 0), read }
    }

    /// Reads all entries of `section`; the last one must end where the section ends.
    pub fn new(section: &Section<'a>, read: fn(&mut Reader<'a>) -> Result<T, ImageError>) -> Result<Self, ImageError> {
        let mut content = section.content;
        let count = content.u32("the number of a section's entries")?;
        let entries = Self { count, first: content, read };
        for _ in 0..count {
            read(&mut content)?;
        }
        section.finish(content)?;
        Ok(entries)
    }

    pub fn iter(&self) -> impl Iterator<Item = T> + Clone + use<'a, T> {
        let Self { count, mut first, read } = *self;
        (0..count).map_while(move |_| read(&mut first).ok())
    }

    /// Where the entry with this index starts, if there are so many.
    pub fn offset_of(&self, index: usize) -> Option<usize> {
        let index = u32::try_from(index).ok().filter(|index| *index < self.count)?;
        let mut reader = self.first;
        (0..index).try_for_each(|_| (self.read)(&mut reader).map(drop)).ok()?;
        Some(reader.at())
    }
}
