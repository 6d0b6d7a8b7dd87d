//! One flash with the buckets and logs on it.

use core::ops::Range;

use embedded_storage::nor_flash::NorFlash;
use heapless::Vec;
use lock_api::{Mutex, RawMutex};

use crate::bucket::{Bucket, KEY_HEADER};
use crate::error::{MountError, Refused};
use crate::key_value::{KEY_OVERHEAD, KeyValue};
use crate::partition::{LOG_PAGES, MAX_WORD, Partition, checksum, page_size, whole_words};
use crate::provider::{Buckets, Logs};
use crate::records::{Log, RECORD_HEADER, RECORD_OVERHEAD, RecordLog};
use crate::slots::{HEADER, MAX_CONTENT, item_size, max_item, pages_for};

/// The smallest page: the largest item takes about half of it.
const MIN_PAGE: usize = 2048;

/// The largest page.
const MAX_PAGE: usize = 32 * 1024;

/// Largest number of slots of a bucket or log.
const MAX_SLOTS: usize = 0xff00;

/// How much a bucket or a log may hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Bytes, counted as `wit/storage` says: with 16 for each key, or 32 for each record.
    pub bytes: u32,
    /// Keys, or records.
    pub entries: u16,
}

/// What is to be on a flash. The object number of a bucket is its place among the buckets, that of a log its place among
/// the logs.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'l> {
    /// The buckets.
    pub buckets: &'l [Size],
    /// The logs.
    pub logs: &'l [Size],
}

impl Layout<'_> {
    /// How many pages of flash `F` this takes.
    #[must_use]
    pub fn pages<F: NorFlash>(&self) -> u32 {
        let buckets = self.buckets.iter().map(|size| bucket_pages::<F>(*size));
        let logs = self.logs.iter().map(|size| log_pages::<F>(*size));
        buckets.chain(logs).fold(LOG_PAGES, u32::saturating_add)
    }

    /// Tells this layout from others.
    fn digest(&self) -> u32 {
        let digest = |kind: u8, sizes: &[Size]| {
            sizes.iter().fold(u32::from(kind), |digest, size| {
                checksum(&[&digest.to_le_bytes(), &size.bytes.to_le_bytes(), &size.entries.to_le_bytes()])
            })
        };
        digest(0, self.buckets) ^ digest(1, self.logs).rotate_left(1)
    }
}

/// Pages of a region whose entries occupy `bytes` at most, if an entry is counted with `overhead` bytes and takes
/// `header` bytes beside its own in the content of its slot.
fn region_pages<F: NorFlash>(size: Size, overhead: u32, header: usize) -> u32 {
    // Number and padding of a slot, in the worst case.
    let header = u32::try_from(header).unwrap_or(u32::MAX);
    let frame = whole_words::<F>(HEADER).saturating_add(header).saturating_add(whole_words::<F>(3)).saturating_sub(1);
    let beyond = frame.saturating_sub(overhead);
    // An emptied slot takes the room of an empty item.
    let of_slots = item_size::<F>(0).saturating_add(beyond).saturating_mul(size.entries.into());
    // The journal, or what is yet to be emptied, and what was cleared.
    let others = max_item::<F>().saturating_mul(2);
    pages_for::<F>(size.bytes.saturating_add(of_slots).saturating_add(others))
}

fn bucket_pages<F: NorFlash>(size: Size) -> u32 {
    region_pages::<F>(size, KEY_OVERHEAD, KEY_HEADER)
}

fn log_pages<F: NorFlash>(size: Size) -> u32 {
    region_pages::<F>(size, RECORD_OVERHEAD, RECORD_HEADER)
}

/// Buckets and logs on one flash `F`: at most `BUCKETS` and `LOGS` of them, each with at most `SLOTS` keys or records.
///
/// # How long an operation takes
/// One operation at a time has the flash; the lock `L` is held for as long as it takes, and a revocation waits for it.
/// * To *read* an entry is to read it alone, if it was read or written since the store was mounted; else the pages of its
///   bucket or log are looked through once. Names with the same hash are compared one after the other.
/// * A *change* writes each entry that it changes once, in a batch twice, and empties each record that it drops. Such a
///   write is two or three writes of the flash. When the page is full, another page is copied and erased as well: usually
///   one, at most each of the bucket or log ([`Layout::pages`]). To copy a page is to read each entry on it as above.
/// * To *mount* a store is to read each page once, and to finish one change and one erasure.
#[derive(Debug)]
pub struct Store<'b, L: RawMutex, F, const BUCKETS: usize, const LOGS: usize, const SLOTS: usize> {
    inner: Mutex<L, Inner<'b, F, BUCKETS, LOGS, SLOTS>>,
}

#[derive(Debug)]
struct Inner<'b, F, const BUCKETS: usize, const LOGS: usize, const SLOTS: usize> {
    partition: Partition<F>,
    buckets: Vec<Bucket<SLOTS>, BUCKETS>,
    logs: Vec<Log<SLOTS>, LOGS>,
    buffer: &'b mut [u8],
}

impl<'b, L: RawMutex, F: NorFlash, const BUCKETS: usize, const LOGS: usize, const SLOTS: usize>
    Store<'b, L, F, BUCKETS, LOGS, SLOTS>
{
    /// Bytes of the buffer that [`Store::mount`] takes.
    pub const BUFFER: usize = F::ERASE_SIZE.saturating_add(MAX_CONTENT);

    /// Takes over a flash and puts it in order: finishes what was under way when the power failed.
    ///
    /// A flash on which no store was before is formatted, whatever is on it. One with another layout is refused; to give
    /// up what is on it, erase its first two pages.
    pub fn mount(flash: F, layout: &Layout<'_>, buffer: &'b mut [u8]) -> Result<Self, MountError> {
        let (word, page) = (F::WRITE_SIZE, F::ERASE_SIZE);
        let words = word > 0 && word <= MAX_WORD && F::READ_SIZE > 0 && word.is_multiple_of(F::READ_SIZE);
        if !words || !(MIN_PAGE..=MAX_PAGE).contains(&page) || !page.is_multiple_of(word) {
            return Err(MountError::Geometry);
        }
        if buffer.len() < Self::BUFFER {
            return Err(MountError::Buffer { needed: Self::BUFFER });
        }
        let buffer = buffer.get_mut(..Self::BUFFER).ok_or(MountError::Geometry)?;
        let pages = layout.pages::<F>();
        let needed = pages.saturating_mul(page_size::<F>());
        let capacity = u32::try_from(flash.capacity()).unwrap_or(u32::MAX);
        if needed > capacity || pages > u16::MAX.into() {
            return Err(MountError::TooSmall { needed, short: needed.saturating_sub(capacity) });
        }
        let mut free = LOG_PAGES;
        let mut region = |pages: u32| -> Range<u32> {
            let start = free;
            free = free.saturating_add(pages);
            start..free
        };
        let entries = |size: &Size| match usize::from(size.entries) {
            entries @ 1.. if entries <= SLOTS.min(MAX_SLOTS) => Ok(entries),
            _ => Err(MountError::TooMany),
        };
        let (mut buckets, mut logs) = (Vec::new(), Vec::new());
        for size in layout.buckets {
            let bucket = Bucket::new(region(bucket_pages::<F>(*size)), size.bytes, entries(size)?);
            buckets.push(bucket).map_err(|_| MountError::TooMany)?;
        }
        for size in layout.logs {
            let log = Log::new(region(log_pages::<F>(*size)), size.bytes, entries(size)?);
            logs.push(log).map_err(|_| MountError::TooMany)?;
        }
        let partition = Partition::open(flash, layout.digest(), pages)?;
        let mut inner = Inner { partition, buckets, logs, buffer };
        for bucket in &mut inner.buckets {
            bucket.with(&mut inner.partition, inner.buffer)?;
        }
        for log in &mut inner.logs {
            log.with(&mut inner.partition, inner.buffer)?;
        }
        Ok(Self { inner: Mutex::new(inner) })
    }
}

impl<L: RawMutex, F: NorFlash, const BUCKETS: usize, const LOGS: usize, const SLOTS: usize> Buckets
    for Store<'_, L, F, BUCKETS, LOGS, SLOTS>
{
    fn with_bucket<T>(
        &self,
        object: u32,
        f: impl FnOnce(&mut dyn KeyValue) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let Inner { partition, buckets, buffer, .. } = &mut *self.inner.lock();
        let bucket = usize::try_from(object).ok().and_then(|object| buckets.get_mut(object));
        f(&mut bucket.ok_or(Refused::Failed)?.with(partition, buffer)?)
    }
}

impl<L: RawMutex, F: NorFlash, const BUCKETS: usize, const LOGS: usize, const SLOTS: usize> Logs
    for Store<'_, L, F, BUCKETS, LOGS, SLOTS>
{
    fn with_log<T>(&self, object: u32, f: impl FnOnce(&mut dyn RecordLog) -> Result<T, Refused>) -> Result<T, Refused> {
        let Inner { partition, logs, buffer, .. } = &mut *self.inner.lock();
        let log = usize::try_from(object).ok().and_then(|object| logs.get_mut(object));
        f(&mut log.ok_or(Refused::Failed)?.with(partition, buffer)?)
    }
}
