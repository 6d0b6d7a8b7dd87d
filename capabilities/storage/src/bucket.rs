//! A bucket: values under keys, one slot each, and a journal that makes several changes one.
//!
//! Which key stands in which slot is found out when the bucket is opened, and kept as a hash per slot. The journal is a
//! slot too: a batch is written there first, then its changes are made, then the journal is emptied. A journal that is not
//! empty when the bucket is opened is carried out, which does no harm if some of it had been done.

use core::ops::Range;

use embedded_storage::nor_flash::NorFlash;
use heapless::Vec;

use crate::error::Refused;
use crate::key_value::{Change, KEY_OVERHEAD, KeyValue, MAX_BATCH, MAX_CHANGES, MAX_KEY, MAX_VALUE, check_key};
use crate::partition::Partition;
use crate::slots::{MAX_CONTENT, Places, Slots};

/// Bytes in front of the key in a slot: the key's length.
pub(crate) const KEY_HEADER: usize = 1;

/// Bytes in front of each change in the journal: slot and length.
const CHANGE_HEADER: usize = 4;

const JOURNAL: u16 = u16::MAX;

const _: () = assert!(KEY_HEADER + MAX_KEY + MAX_VALUE <= MAX_CONTENT, "the longest value fits in a slot");
const _: () = assert!(
    MAX_CHANGES * (CHANGE_HEADER + KEY_HEADER) + MAX_BATCH <= MAX_CONTENT,
    "the longest batch fits in the journal"
);

/// What is in a slot.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    /// Bytes of the key; 0 in a free slot.
    key: u8,
    value: u16,
}

impl Entry {
    const FREE: Self = Self { hash: 0, key: 0, value: 0 };

    fn new(key: &[u8], value: usize) -> Self {
        Self {
            hash: hash(key),
            key: u8::try_from(key.len()).unwrap_or(0),
            value: u16::try_from(value).unwrap_or(u16::MAX),
        }
    }

    /// The entry of a slot with this content.
    fn of(content: &[u8]) -> Self {
        split(content).map_or(Self::FREE, |(key, value)| Self::new(key, value.len()))
    }

    fn occupied(self) -> u32 {
        if self.key == 0 { 0 } else { KEY_OVERHEAD.saturating_add(self.key.into()).saturating_add(self.value.into()) }
    }
}

/// Key and value in the content of a slot.
fn split(content: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = content.split_first()?;
    rest.split_at_checked(usize::from(*len)).filter(|(key, _)| !key.is_empty())
}

/// FNV-1a. A guest that makes its keys collide waits for its own reads.
fn hash(key: &[u8]) -> u32 {
    key.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// A bucket as the store keeps it.
#[derive(Debug)]
pub(crate) struct Bucket<const SLOTS: usize> {
    region: Range<u32>,
    /// Bytes that it may hold.
    bytes: u32,
    entries: [Entry; SLOTS],
    /// Keys that it may hold, at most `SLOTS`.
    keys: usize,
    places: Option<Places<SLOTS>>,
    /// Whether `entries` is what is on the flash.
    open: bool,
}

impl<const SLOTS: usize> Bucket<SLOTS> {
    pub(crate) const fn new(region: Range<u32>, bytes: u32, keys: usize) -> Self {
        Self { region, bytes, entries: [Entry::FREE; SLOTS], keys, places: None, open: false }
    }

    /// The bucket with what an operation needs.
    pub(crate) fn with<'b, F: NorFlash>(
        &'b mut self,
        partition: &'b mut Partition<F>,
        buffer: &'b mut [u8],
    ) -> Result<OpenBucket<'b, F, SLOTS>, Refused> {
        let (buffer, journal) =
            buffer.split_at_mut_checked(buffer.len().saturating_sub(MAX_CONTENT)).ok_or(Refused::Failed)?;
        let slots = Slots { partition, region: self.region.clone(), places: &mut self.places, buffer };
        let mut bucket = OpenBucket {
            slots,
            journal,
            entries: self.entries.get_mut(..self.keys).ok_or(Refused::Failed)?,
            open: &mut self.open,
            bytes: self.bytes,
        };
        if !*bucket.open {
            bucket.open()?;
        }
        Ok(bucket)
    }
}

/// A bucket, for as long as the store is locked.
#[derive(Debug)]
pub(crate) struct OpenBucket<'b, F, const SLOTS: usize> {
    slots: Slots<'b, F, SLOTS>,
    /// Room for the journal's content.
    journal: &'b mut [u8],
    entries: &'b mut [Entry],
    open: &'b mut bool,
    bytes: u32,
}

/// A slot's new content.
#[derive(Clone, Copy, Debug)]
struct Effect {
    slot: u16,
    /// The change that fills it; `None`: it is emptied.
    change: Option<usize>,
}

impl<F: NorFlash, const SLOTS: usize> OpenBucket<'_, F, SLOTS> {
    /// Finds out what is on the flash, and carries out a journal that is there.
    fn open(&mut self) -> Result<(), Refused> {
        // Carrying out a journal makes entries other than they were read: a second reading finds none.
        while self.read_entries()? {
            let journal = self.slots.read(JOURNAL)?;
            let len = journal.len();
            self.journal.get_mut(..len).ok_or(Refused::Failed)?.copy_from_slice(journal);
            self.carry_out(len)?;
        }
        *self.open = true;
        Ok(())
    }

    /// Reads what each slot holds, and returns whether the journal holds something.
    fn read_entries(&mut self) -> Result<bool, Refused> {
        self.entries.fill(Entry::FREE);
        let (entries, mut journal) = (&mut *self.entries, false);
        self.slots.open(|slot, content| {
            if let Some(entry) = entries.get_mut(usize::from(slot)) {
                *entry = Entry::of(content);
            } else if slot == JOURNAL {
                journal = !content.is_empty();
            }
        })?;
        Ok(journal)
    }

    /// Makes the changes of the journal's first `len` bytes, and empties it on the flash.
    fn carry_out(&mut self, len: usize) -> Result<(), Refused> {
        let mut rest = self.journal.get(..len).ok_or(Refused::Failed)?;
        while let Some((&[s0, s1, l0, l1], tail)) = rest.split_first_chunk::<CHANGE_HEADER>() {
            let len = usize::from(u16::from_le_bytes([l0, l1]));
            let (content, tail) = tail.split_at_checked(len).ok_or(Refused::Failed)?;
            self.slots.write(u16::from_le_bytes([s0, s1]), content)?;
            rest = tail;
        }
        self.slots.write(JOURNAL, &[])
    }

    /// The slot of `key`, whose content is in the buffer then.
    fn find(&mut self, key: &str) -> Result<Option<u16>, Refused> {
        let wanted = Entry::new(key.as_bytes(), 0);
        for slot in 0..u16::try_from(self.entries.len()).unwrap_or(u16::MAX) {
            let Some(entry) = self.entries.get(usize::from(slot)) else { break };
            if (entry.hash, entry.key) == (wanted.hash, wanted.key) && self.value(slot, key)?.is_some() {
                return Ok(Some(slot));
            }
        }
        Ok(None)
    }

    /// The value in `slot`, if it stands there under `key`.
    fn value(&mut self, slot: u16, key: &str) -> Result<Option<&[u8]>, Refused> {
        let content = split(self.slots.read(slot)?);
        Ok(content.filter(|(found, _)| *found == key.as_bytes()).map(|(_, value)| value))
    }

    /// What has to become of which slot. Of several changes of a key only the last one counts.
    fn plan(&mut self, changes: &[Change<'_>]) -> Result<Vec<Effect, MAX_CHANGES>, Refused> {
        let mut effects: Vec<Effect, MAX_CHANGES> = Vec::new();
        let mut new: Vec<usize, MAX_CHANGES> = Vec::new();
        for (position, change) in changes.iter().enumerate() {
            if changes.iter().skip(position).skip(1).any(|later| later.key == change.key) {
                continue;
            }
            let effect = change.value.map(|_| position);
            match (self.find(change.key)?, effect) {
                (Some(slot), change) => effects.push(Effect { slot, change }).map_err(|_| Refused::InvalidSize)?,
                (None, Some(_)) => new.push(position).map_err(|_| Refused::InvalidSize)?,
                (None, None) => {}
            }
        }
        for position in new {
            // What the batch empties is free for it.
            if let Some(emptied) = effects.iter_mut().find(|effect| effect.change.is_none()) {
                emptied.change = Some(position);
                continue;
            }
            let free = self.entries.iter().enumerate().position(|(slot, entry)| {
                entry.key == 0 && effects.iter().all(|effect| usize::from(effect.slot) != slot)
            });
            let slot = free.and_then(|slot| u16::try_from(slot).ok()).ok_or(Refused::OverLimit)?;
            effects.push(Effect { slot, change: Some(position) }).map_err(|_| Refused::InvalidSize)?;
        }
        Ok(effects)
    }

    /// Whether the bucket may hold what it would hold after `effects`.
    fn check_limits(&self, effects: &[Effect], changes: &[Change<'_>], quota: Option<u32>) -> Result<(), Refused> {
        let before = self.entries.iter().map(|entry| entry.occupied()).fold(0, u32::saturating_add);
        let replaced = effects
            .iter()
            .filter_map(|effect| self.entries.get(usize::from(effect.slot)))
            .map(|entry| entry.occupied())
            .fold(0, u32::saturating_add);
        let added = effects.iter().map(|effect| entry_after(effect, changes).occupied()).fold(0, u32::saturating_add);
        let after = before.saturating_sub(replaced).saturating_add(added);
        let limit = quota.unwrap_or(u32::MAX).min(self.bytes);
        if after > limit && after > before { Err(Refused::OverLimit) } else { Ok(()) }
    }

    /// Writes the content of the slot of `effect` into the room for the journal, from `at` on, and returns its length.
    fn encode(&mut self, effect: &Effect, changes: &[Change<'_>], at: usize) -> Result<usize, Refused> {
        let Some(Change { key, value: Some(value) }) = effect.change.and_then(|change| changes.get(change)) else {
            return Ok(0);
        };
        let len = [u8::try_from(key.len()).map_err(|_| Refused::InvalidSize)?];
        let mut at = at;
        let start = at;
        for part in [&len, key.as_bytes(), value] {
            let end = at.saturating_add(part.len());
            self.journal.get_mut(at..end).ok_or(Refused::InvalidSize)?.copy_from_slice(part);
            at = end;
        }
        Ok(at.saturating_sub(start))
    }

    fn write_one(&mut self, effect: &Effect, changes: &[Change<'_>]) -> Result<(), Refused> {
        let len = self.encode(effect, changes, 0)?;
        self.slots.write(effect.slot, self.journal.get(..len).ok_or(Refused::Failed)?)
    }

    fn write_several(&mut self, effects: &[Effect], changes: &[Change<'_>]) -> Result<(), Refused> {
        let mut at = 0_usize;
        for effect in effects {
            let content = at.saturating_add(CHANGE_HEADER);
            let len = self.encode(effect, changes, content)?;
            let [l0, l1] = u16::try_from(len).map_err(|_| Refused::InvalidSize)?.to_le_bytes();
            let [s0, s1] = effect.slot.to_le_bytes();
            self.journal.get_mut(at..content).ok_or(Refused::InvalidSize)?.copy_from_slice(&[s0, s1, l0, l1]);
            at = content.saturating_add(len);
        }
        self.slots.write(JOURNAL, self.journal.get(..at).ok_or(Refused::InvalidSize)?)?;
        self.carry_out(at)
    }
}

/// What is in the slot of an effect afterwards.
fn entry_after(effect: &Effect, changes: &[Change<'_>]) -> Entry {
    match effect.change.and_then(|change| changes.get(change)) {
        Some(Change { key, value: Some(value) }) => Entry::new(key.as_bytes(), value.len()),
        _ => Entry::FREE,
    }
}

impl<F: NorFlash, const SLOTS: usize> KeyValue for OpenBucket<'_, F, SLOTS> {
    fn len_of(&mut self, key: &str) -> Result<Option<usize>, Refused> {
        check_key(key)?;
        let Some(slot) = self.find(key)? else { return Ok(None) };
        Ok(self.entries.get(usize::from(slot)).map(|entry| usize::from(entry.value)))
    }

    fn read(&mut self, key: &str, value: &mut [u8]) -> Result<bool, Refused> {
        let Some(slot) = self.find(key)? else { return Ok(false) };
        let Some(found) = self.value(slot, key)?.filter(|found| found.len() == value.len()) else { return Ok(false) };
        value.copy_from_slice(found);
        Ok(true)
    }

    fn key_at(&mut self, cursor: u32, key: &mut [u8; MAX_KEY]) -> Result<Option<(usize, u32)>, Refused> {
        let start = usize::try_from(cursor).unwrap_or(usize::MAX);
        let Some(slot) = (start..self.entries.len()).find(|slot| self.entries.get(*slot).is_some_and(|e| e.key != 0))
        else {
            return Ok(None);
        };
        let slot = u16::try_from(slot).map_err(|_| Refused::Failed)?;
        let (found, _) = split(self.slots.read(slot)?).ok_or(Refused::Failed)?;
        key.get_mut(..found.len()).ok_or(Refused::Failed)?.copy_from_slice(found);
        Ok(Some((found.len(), u32::from(slot).saturating_add(1))))
    }

    fn commit(&mut self, changes: &[Change<'_>], quota: Option<u32>) -> Result<(), Refused> {
        changes.iter().try_for_each(Change::check)?;
        let size = |change: &Change<'_>| change.key.len().saturating_add(change.value.map_or(0, <[u8]>::len));
        let bytes = changes.iter().map(size).fold(0, usize::saturating_add);
        if changes.len() > MAX_CHANGES || changes.len() > 1 && bytes > MAX_BATCH {
            return Err(Refused::InvalidSize);
        }
        let effects = self.plan(changes)?;
        self.check_limits(&effects, changes, quota)?;
        // Until it is known to be done, what is on the flash is unknown.
        *self.open = false;
        match effects.as_slice() {
            [] => {}
            [effect] => self.write_one(effect, changes)?,
            effects => self.write_several(effects, changes)?,
        }
        for effect in &effects {
            if let Some(entry) = self.entries.get_mut(usize::from(effect.slot)) {
                *entry = entry_after(effect, changes);
            }
        }
        *self.open = true;
        Ok(())
    }

    fn compare_and_set(
        &mut self,
        key: &str,
        expected: Option<&[u8]>,
        value: &[u8],
        quota: Option<u32>,
    ) -> Result<bool, Refused> {
        let change = Change { key, value: Some(value) };
        change.check()?;
        let current = match self.find(key)? {
            Some(slot) => self.value(slot, key)?,
            None => None,
        };
        if current != expected {
            return Ok(false);
        }
        self.commit(&[change], quota)?;
        Ok(true)
    }

    fn increment(&mut self, key: &str, delta: i64, quota: Option<u32>) -> Result<i64, Refused> {
        check_key(key)?;
        let current = match self.find(key)? {
            Some(slot) => self.value(slot, key)?,
            None => None,
        };
        let current = current.map_or(Ok(0), |value| value.try_into().map(i64::from_le_bytes));
        let sum = current.ok().and_then(|current| current.checked_add(delta)).ok_or(Refused::NotANumber)?;
        self.commit(&[Change { key, value: Some(&sum.to_le_bytes()) }], quota)?;
        Ok(sum)
    }
}
