//! A range of flash whose pages are erased as a whole or not at all.
//!
//! The map that keeps the entries reads what is left of a page after the power failed while it was erased. Such a page
//! may hold anything, also what looks like an intact one without its entries, and the map would then copy from it what it
//! had copied out of it before. So each erasure is written down elsewhere, before and after: in the erase log, which
//! takes the first two pages. One that was begun and not done is begun again when the partition is opened.

use core::ops::Range;

use crc::{CRC_32_ISCSI, Crc, NoTable};
use embedded_storage::nor_flash::NorFlash;

use crate::error::MountError;

/// Pages of the erase log, in front of all others.
pub(crate) const LOG_PAGES: u32 = 2;

/// Bytes of an entry of the erase log, before they are rounded up to whole words.
const ENTRY: usize = 16;

/// The widest word of a flash.
pub(crate) const MAX_WORD: usize = 32;

/// The flash failed. What it said is the driver's affair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FlashFailed;

/// The words of a flash, and what fits in whole ones.
pub(crate) const fn whole_words<F: NorFlash>(bytes: u32) -> u32 {
    bytes.next_multiple_of(word::<F>())
}

/// Bytes of one word.
pub(crate) const fn word<F: NorFlash>() -> u32 {
    small(F::WRITE_SIZE)
}

/// Bytes of one page, the unit of erasure.
pub(crate) const fn page_size<F: NorFlash>() -> u32 {
    small(F::ERASE_SIZE)
}

/// Sizes of flash fit in 32 bits, as its addresses do.
const fn small(size: usize) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "an address of the flash has 32 bits")]
    {
        size as u32
    }
}

/// An entry of the erase log. The one with the highest sequence number says where the log stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Entry {
    layout: u32,
    sequence: u32,
    page: u16,
    step: Step,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    Begun,
    Done,
}

impl Entry {
    fn to_bytes(self) -> [u8; ENTRY] {
        let mut bytes = [0; ENTRY];
        let step = match self.step {
            Step::Begun => 0_u16,
            Step::Done => 1,
        };
        let parts: [&[u8]; 4] =
            [&self.layout.to_le_bytes(), &self.sequence.to_le_bytes(), &self.page.to_le_bytes(), &step.to_le_bytes()];
        for (to, from) in bytes.iter_mut().zip(parts.iter().copied().flatten()) {
            *to = *from;
        }
        let checksum = checksum(&[&bytes[..12]]).to_le_bytes();
        bytes[12..].copy_from_slice(&checksum);
        bytes
    }

    fn from_bytes(bytes: [u8; ENTRY]) -> Option<Self> {
        let [l0, l1, l2, l3, s0, s1, s2, s3, p0, p1, t0, t1, c0, c1, c2, c3] = bytes;
        if checksum(&[&bytes[..12]]) != u32::from_le_bytes([c0, c1, c2, c3]) {
            return None;
        }
        Some(Self {
            layout: u32::from_le_bytes([l0, l1, l2, l3]),
            sequence: u32::from_le_bytes([s0, s1, s2, s3]),
            page: u16::from_le_bytes([p0, p1]),
            step: if u16::from_le_bytes([t0, t1]) == 0 { Step::Begun } else { Step::Done },
        })
    }
}

/// The checksum of `parts`, one after the other.
pub(crate) fn checksum(parts: &[&[u8]]) -> u32 {
    const CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISCSI);
    let mut digest = CRC.digest();
    for part in parts {
        digest.update(part);
    }
    digest.finalize()
}

/// The flash, with its erase log. Page numbers count from the flash's beginning.
#[derive(Debug)]
pub(crate) struct Partition<F> {
    flash: F,
    layout: u32,
    sequence: u32,
    /// The page of the erase log that is written, and where its next entry goes.
    log_page: u32,
    log_offset: u32,
}

impl<F: NorFlash> Partition<F> {
    /// Opens the flash: finishes an erasure that was interrupted, and formats a flash on which there is no entry of an
    /// erase log. One with another `layout` than it was formatted with is refused.
    pub(crate) fn open(flash: F, layout: u32, pages: u32) -> Result<Self, MountError> {
        let mut partition = Self { flash, layout, sequence: 0, log_page: 0, log_offset: 0 };
        let Some(newest) = partition.find_newest()? else {
            partition.format(pages)?;
            return Ok(partition);
        };
        if newest.layout != layout {
            return Err(MountError::OtherLayout);
        }
        partition.finish(newest)?;
        Ok(partition)
    }

    /// Finishes the erasure of `newest`, if it is one that was begun and not done.
    fn finish(&mut self, newest: Entry) -> Result<(), FlashFailed> {
        self.sequence = newest.sequence;
        if newest.step == Step::Begun {
            self.erase_raw(newest.page.into())?;
            self.note(newest.page, Step::Done)?;
        }
        Ok(())
    }

    /// Finds the newest entry, and where the next one goes.
    fn find_newest(&mut self) -> Result<Option<Entry>, FlashFailed> {
        let mut newest: Option<Entry> = None;
        for page in 0..LOG_PAGES {
            let mut free = 0;
            let mut is_newest = false;
            for offset in (0..).step_by(Self::entry_size()).take_while(|offset| Self::has_room(*offset)) {
                let mut bytes = [0; MAX_WORD];
                let bytes = bytes.get_mut(..Self::entry_size()).ok_or(FlashFailed)?;
                self.read(Self::address(page, offset), bytes)?;
                if bytes.iter().any(|byte| *byte != 0xff) {
                    free = Self::after(offset);
                }
                let entry = bytes.first_chunk::<ENTRY>().and_then(|bytes| Entry::from_bytes(*bytes));
                if let Some(entry) = entry
                    && newest.is_none_or(|newest| newest.sequence < entry.sequence)
                {
                    newest = Some(entry);
                    is_newest = true;
                }
            }
            if is_newest {
                (self.log_page, self.log_offset) = (page, free);
            }
        }
        Ok(newest)
    }

    /// Erases everything. Until that is done there is no entry, so an interrupted one is repeated.
    fn format(&mut self, pages: u32) -> Result<(), FlashFailed> {
        for page in 0..pages {
            self.erase_raw(page)?;
        }
        (self.log_page, self.log_offset) = (0, 0);
        self.note(u16::MAX, Step::Done)
    }

    /// Erases one page, so that it is either blank or as it was when the partition is opened next.
    pub(crate) fn erase(&mut self, page: u32) -> Result<(), FlashFailed> {
        let number = u16::try_from(page).map_err(|_| FlashFailed)?;
        self.note(number, Step::Begun)?;
        self.erase_raw(page)?;
        self.note(number, Step::Done)
    }

    /// Adds an entry to the erase log. A full page of it is left as it is until the other one has an entry.
    fn note(&mut self, page: u16, step: Step) -> Result<(), FlashFailed> {
        if !Self::has_room(self.log_offset) {
            let other = u32::from(self.log_page == 0);
            self.erase_raw(other)?;
            (self.log_page, self.log_offset) = (other, 0);
        }
        self.sequence = self.sequence.wrapping_add(1);
        let entry = Entry { layout: self.layout, sequence: self.sequence, page, step };
        let mut bytes = [0xff; MAX_WORD];
        if let Some(start) = bytes.first_chunk_mut() {
            *start = entry.to_bytes();
        }
        let bytes = bytes.get(..Self::entry_size()).ok_or(FlashFailed)?;
        let address = Self::address(self.log_page, self.log_offset);
        // Whatever becomes of it, these words are not written again.
        self.log_offset = Self::after(self.log_offset);
        self.write(address, bytes)
    }

    const fn entry_size() -> usize {
        ENTRY.next_multiple_of(F::WRITE_SIZE)
    }

    const fn after(offset: u32) -> u32 {
        offset.saturating_add(small(Self::entry_size()))
    }

    const fn has_room(offset: u32) -> bool {
        Self::after(offset) <= page_size::<F>()
    }

    const fn address(page: u32, offset: u32) -> u32 {
        page.saturating_mul(page_size::<F>()).saturating_add(offset)
    }

    /// The addresses of a page.
    pub(crate) const fn page(page: u32) -> Range<u32> {
        Self::address(page, 0)..Self::address(page.saturating_add(1), 0)
    }

    fn erase_raw(&mut self, page: u32) -> Result<(), FlashFailed> {
        let Range { start, end } = Self::page(page);
        self.flash.erase(start, end).map_err(|_| FlashFailed)
    }

    pub(crate) fn read(&mut self, address: u32, bytes: &mut [u8]) -> Result<(), FlashFailed> {
        self.flash.read(address, bytes).map_err(|_| FlashFailed)
    }

    pub(crate) fn write(&mut self, address: u32, bytes: &[u8]) -> Result<(), FlashFailed> {
        self.flash.write(address, bytes).map_err(|_| FlashFailed)
    }

    pub(crate) fn capacity(&self) -> usize {
        self.flash.capacity()
    }
}
