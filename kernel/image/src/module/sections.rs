//! The sections of a file, one after the other.

use crate::{ImageError, reader::Reader};

pub(crate) const CUSTOM: u8 = 0;
pub(super) const TYPE: u8 = 1;
pub(super) const IMPORT: u8 = 2;
pub(super) const MEMORY: u8 = 5;
pub(super) const GLOBAL: u8 = 6;
pub(super) const EXPORT: u8 = 7;

/// Section ids in the order in which WebAssembly's binary format has them. (The number of data segments, 12, was
/// added later and stands before the code.)
const ORDER: [u8; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

/// One section.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section<'a> {
    /// Where its id stands.
    pub at: usize,
    pub id: u8,
    /// Everything after the length; for a custom section, after the name.
    pub content: Reader<'a>,
    /// Name of a custom section, empty for others.
    pub name: &'a str,
    /// Where the next section starts.
    pub end: usize,
}

impl Section<'_> {
    /// Makes sure that `rest`, what was left of the content, is nothing.
    pub fn finish(&self, rest: Reader<'_>) -> Result<(), ImageError> {
        if rest.is_empty() {
            Ok(())
        } else {
            Err(ImageError::SectionTooLong { at: rest.at(), id: self.id, extra: rest.rest().len() })
        }
    }
}

/// Walks over a module's sections and ends with the first error.
///
/// Known sections come at most once and in their order; custom sections may stand anywhere.
#[derive(Clone, Debug)]
pub(crate) struct Sections<'a> {
    reader: Reader<'a>,
    /// How many of [`ORDER`] have passed.
    passed: usize,
}

impl<'a> Sections<'a> {
    /// Checks magic number and version of `file`.
    pub fn new(file: &'a [u8]) -> Result<Self, ImageError> {
        let mut reader = Reader::new(file, 0);
        if reader.array("the magic number") != Ok(*b"\0asm") {
            return Err(ImageError::NotWasm);
        }
        match u32::from_le_bytes(reader.array("the version")?) {
            1 => Ok(Self { reader, passed: 0 }),
            // The high half is the layer: 1 for components.
            version if version >> 16 == 1 => Err(ImageError::Component),
            version => Err(ImageError::ModuleVersion { version }),
        }
    }

    fn section(&mut self) -> Result<Section<'a>, ImageError> {
        let at = self.reader.at();
        let id = self.reader.byte("a section's id")?;
        let len = self.reader.u32("a section's length")?;
        let mut content = self.reader.split(usize::try_from(len).unwrap_or(usize::MAX), "a section")?;
        let mut name = "";
        if id == CUSTOM {
            name = content.name("a custom section's name")?;
        } else {
            let place = ORDER.iter().position(|known| *known == id);
            let place = place.ok_or(ImageError::UnknownForm { at, what: "a section", value: id })?;
            if place < self.passed {
                return Err(ImageError::SectionOrder { at, id });
            }
            self.passed = place.saturating_add(1);
        }
        Ok(Section { at, id, content, name, end: self.reader.at() })
    }
}

impl<'a> Iterator for Sections<'a> {
    type Item = Result<Section<'a>, ImageError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        let section = self.section();
        if section.is_err() {
            self.reader = Reader::new(&[], self.reader.at());
        }
        Some(section)
    }
}
