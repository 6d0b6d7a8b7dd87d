//! A log: numbered records, one slot each, used in turn.
//!
//! Each record says, beside its number, which one was the oldest when it was appended. So one write adds the new record and
//! drops the oldest ones. What was dropped is then emptied, which changes nothing for a reader and is made up for when the
//! log is opened.

use core::ops::Range;

use embedded_storage::nor_flash::NorFlash;

use crate::error::Refused;
use crate::partition::Partition;
use crate::slots::{MAX_CONTENT, Places, Slots};

/// Bytes of the longest record (`wit/storage`).
pub const MAX_RECORD: usize = 1024;

/// Bytes that a record occupies beside its own (`wit/storage`).
pub const RECORD_OVERHEAD: u32 = 32;

/// Bytes in front of a record in its slot: its number, and that of the oldest one.
pub(crate) const RECORD_HEADER: usize = 16;

/// The slot that says, in the same form, what was cleared: the number of the oldest record is the second of its numbers,
/// the first is one less than the next record will have.
const CLEARED: u16 = u16::MAX;

const _: () = assert!(RECORD_HEADER + MAX_RECORD <= MAX_CONTENT, "the longest record fits in a slot");

/// Which records there are: from `first` to the one before `next`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    /// The oldest record.
    pub first: u64,
    /// The number that the next one will have.
    pub next: u64,
}

/// The two numbers and the data in the content of a slot.
fn split(content: &[u8]) -> Option<(u64, u64, &[u8])> {
    let (number, rest) = content.split_first_chunk()?;
    let (first, data) = rest.split_first_chunk()?;
    Some((u64::from_le_bytes(*number), u64::from_le_bytes(*first), data))
}

/// A log as the store keeps it.
#[derive(Debug)]
pub(crate) struct Log<const SLOTS: usize> {
    region: Range<u32>,
    /// Bytes that it may hold.
    bytes: u32,
    /// Bytes of the record in each slot; `None` in one that is empty.
    lengths: [Option<u16>; SLOTS],
    /// Records that it may hold, from 1 to `SLOTS`.
    records: usize,
    span: Span,
    places: Option<Places<SLOTS>>,
    /// Whether `lengths` and `span` are what is on the flash.
    open: bool,
}

impl<const SLOTS: usize> Log<SLOTS> {
    pub(crate) const fn new(region: Range<u32>, bytes: u32, records: usize) -> Self {
        let span = Span { first: 0, next: 0 };
        Self { region, bytes, lengths: [None; SLOTS], records, span, places: None, open: false }
    }

    /// The log with what an operation needs.
    pub(crate) fn with<'l, F: NorFlash>(
        &'l mut self,
        partition: &'l mut Partition<F>,
        buffer: &'l mut [u8],
    ) -> Result<OpenLog<'l, F, SLOTS>, Refused> {
        let (buffer, record) =
            buffer.split_at_mut_checked(buffer.len().saturating_sub(MAX_CONTENT)).ok_or(Refused::Failed)?;
        let slots = Slots { partition, region: self.region.clone(), places: &mut self.places, buffer };
        let mut log = OpenLog {
            slots,
            record,
            lengths: self.lengths.get_mut(..self.records).ok_or(Refused::Failed)?,
            span: &mut self.span,
            open: &mut self.open,
            bytes: self.bytes,
        };
        if !*log.open {
            log.open()?;
        }
        Ok(log)
    }
}

/// A log, for as long as the store is locked.
#[derive(Debug)]
pub(crate) struct OpenLog<'l, F, const SLOTS: usize> {
    slots: Slots<'l, F, SLOTS>,
    /// Room for the content of a slot.
    record: &'l mut [u8],
    lengths: &'l mut [Option<u16>],
    span: &'l mut Span,
    open: &'l mut bool,
    bytes: u32,
}

/// The operations on one log, for as long as its store is locked. Whoever calls them has checked the rights.
pub trait RecordLog {
    /// Which records there are.
    fn span(&mut self) -> Span;

    /// Bytes of the record called `number`; `None` if it is not there.
    fn len_of(&mut self, number: u64) -> Option<usize>;

    /// Copies the record called `number` into `data`, if it is as long as that; `false` if it is not, or not there.
    fn read(&mut self, number: u64, data: &mut [u8]) -> Result<bool, Refused>;

    /// Adds a record and returns its number. `quota` is that of the grant: bytes that the log may hold afterwards.
    fn append(&mut self, data: &[u8], quota: Option<u32>) -> Result<u64, Refused>;

    /// Removes all records whose numbers are below `before`.
    fn clear(&mut self, before: u64) -> Result<(), Refused>;
}

impl<F: NorFlash, const SLOTS: usize> OpenLog<'_, F, SLOTS> {
    /// Finds out what is on the flash, and empties the slots of what was dropped.
    fn open(&mut self) -> Result<(), Refused> {
        self.lengths.fill(None);
        let (lengths, mut span) = (&mut *self.lengths, Span::default());
        self.slots.open(|slot, content| {
            let record = split(content);
            if let Some(length) = lengths.get_mut(usize::from(slot)) {
                *length = record.and_then(|(_, _, data)| u16::try_from(data.len()).ok());
            }
            if let Some((number, first, _)) = record {
                span.next = span.next.max(number.saturating_add(1));
                span.first = span.first.max(first);
            }
        })?;
        *self.span = span;
        self.empty_dropped()?;
        *self.open = true;
        Ok(())
    }

    /// The slot of a record.
    fn slot(&self, number: u64) -> u16 {
        let records = u64::try_from(self.lengths.len()).unwrap_or(1);
        number.checked_rem(records).and_then(|slot| u16::try_from(slot).ok()).unwrap_or(0)
    }

    fn length(&self, number: u64) -> Option<u16> {
        if !(self.span.first..self.span.next).contains(&number) {
            return None;
        }
        self.lengths.get(usize::from(self.slot(number))).copied().flatten()
    }

    /// Bytes that a record occupies.
    fn cost(&self, number: u64) -> u32 {
        self.length(number).map_or(0, |length| RECORD_OVERHEAD.saturating_add(length.into()))
    }

    /// Bytes that all records occupy.
    fn occupied(&self) -> u32 {
        (self.span.first..self.span.next).map(|number| self.cost(number)).fold(0, u32::saturating_add)
    }

    /// Empties each slot whose record is not one of the span.
    fn empty_dropped(&mut self) -> Result<(), Refused> {
        let Span { first, next } = *self.span;
        let records = u64::try_from(self.lengths.len()).unwrap_or(u64::MAX);
        for slot in 0..u16::try_from(self.lengths.len()).unwrap_or(u16::MAX) {
            // The first record at or behind `first` whose slot this is.
            let distance = u64::from(slot).saturating_add(records).saturating_sub(u64::from(self.slot(first)));
            let kept = distance.checked_rem(records).is_some_and(|distance| distance < next.saturating_sub(first));
            let Some(length) = self.lengths.get_mut(usize::from(slot)) else { break };
            if !kept && length.take().is_some() {
                self.slots.write(slot, &[])?;
            }
        }
        Ok(())
    }

    /// Writes the numbers and `data` into a slot.
    fn write(&mut self, slot: u16, number: u64, first: u64, data: &[u8]) -> Result<(), Refused> {
        let end = RECORD_HEADER.saturating_add(data.len());
        let content = self.record.get_mut(..end).ok_or(Refused::InvalidSize)?;
        for (to, from) in content.iter_mut().zip(number.to_le_bytes().iter().chain(&first.to_le_bytes()).chain(data)) {
            *to = *from;
        }
        self.slots.write(slot, content)
    }
}

impl<F: NorFlash, const SLOTS: usize> RecordLog for OpenLog<'_, F, SLOTS> {
    fn span(&mut self) -> Span {
        *self.span
    }

    fn len_of(&mut self, number: u64) -> Option<usize> {
        self.length(number).map(usize::from)
    }

    fn read(&mut self, number: u64, data: &mut [u8]) -> Result<bool, Refused> {
        if self.length(number).is_none_or(|length| usize::from(length) != data.len()) {
            return Ok(false);
        }
        let slot = self.slot(number);
        let (found, _, content) = split(self.slots.read(slot)?).ok_or(Refused::Failed)?;
        if found != number || content.len() != data.len() {
            return Err(Refused::Failed);
        }
        data.copy_from_slice(content);
        Ok(true)
    }

    fn append(&mut self, data: &[u8], quota: Option<u32>) -> Result<u64, Refused> {
        let length = u16::try_from(data.len()).ok().filter(|length| usize::from(*length) <= MAX_RECORD);
        let length = length.ok_or(Refused::InvalidSize)?;
        let room = quota.unwrap_or(u32::MAX).min(self.bytes).checked_sub(RECORD_OVERHEAD.saturating_add(length.into()));
        let room = room.ok_or(Refused::OverLimit)?;
        let Span { mut first, next } = *self.span;
        let records = u64::try_from(self.lengths.len()).unwrap_or(u64::MAX);
        let mut occupied = self.occupied();
        while first < next && (next.saturating_sub(first) >= records || occupied > room) {
            occupied = occupied.saturating_sub(self.cost(first));
            first = first.saturating_add(1);
        }
        let slot = self.slot(next);
        *self.open = false;
        self.write(slot, next, first, data)?;
        if let Some(entry) = self.lengths.get_mut(usize::from(slot)) {
            *entry = Some(length);
        }
        *self.span = Span { first, next: next.saturating_add(1) };
        self.empty_dropped()?;
        *self.open = true;
        Ok(next)
    }

    fn clear(&mut self, before: u64) -> Result<(), Refused> {
        let Span { first, next } = *self.span;
        let before = before.min(next);
        if before <= first {
            return Ok(());
        }
        *self.open = false;
        self.write(CLEARED, next.saturating_sub(1), before, &[])?;
        self.span.first = before;
        self.empty_dropped()?;
        *self.open = true;
        Ok(())
    }
}
