//! The numbered slots of one bucket or log: each holds some bytes, which are replaced as a whole or not at all.
//!
//! `sequential-storage` keeps them: it appends each new content to the pages of the region, one after the other, and
//! copies what is still current out of a page before it erases it. A slot is never removed from it, only emptied, so that
//! what is live there is bounded and no word is written twice.

use core::future::Future;
use core::ops::Range;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use embedded_storage::nor_flash::{NorFlash, NorFlashErrorKind};
use sequential_storage::cache::key_pointers::ArrayKeyPointers;
use sequential_storage::cache::{Cache, Uncached};
use sequential_storage::map::{MapConfig, MapStorage};

use crate::error::Refused;
use crate::partition::{FlashFailed, Partition, page_size, whole_words, word};
use crate::tail;

/// Bytes of the longest content of a slot.
pub(crate) const MAX_CONTENT: usize = 1104;

/// Bytes of a slot's number, in front of its content.
const NUMBER: u32 = 2;

/// Bytes of the header of an item, before they are rounded up to whole words.
pub(crate) const HEADER: u32 = 8;

/// Where the slots are, once they were found.
pub(crate) type Places<const SLOTS: usize> = Cache<Uncached, Uncached, ArrayKeyPointers<u16, SLOTS>, u16>;

/// Bytes of flash that a content of `len` bytes takes.
pub(crate) const fn item_size<F: NorFlash>(len: u32) -> u32 {
    whole_words::<F>(HEADER).saturating_add(whole_words::<F>(NUMBER.saturating_add(len)))
}

/// Bytes of the largest item.
pub(crate) const fn max_item<F: NorFlash>() -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "a constant of four digits")]
    {
        item_size::<F>(MAX_CONTENT as u32)
    }
}

/// How many pages it takes to always have room for `live` bytes of current items and one more item.
///
/// One page is blank or being filled. Among the others there is always one whose current items, together, take no more
/// than their share of `live`; once that page was copied, the largest item fits behind what was copied.
pub(crate) fn pages_for<F: NorFlash>(live: u32) -> u32 {
    let share = page_size::<F>().saturating_sub(word::<F>().saturating_mul(2)).saturating_sub(max_item::<F>());
    live.div_ceil(share.max(1)).saturating_add(1).max(2)
}

/// The slots of a region, for as long as an operation takes.
#[derive(Debug)]
pub(crate) struct Slots<'s, F, const SLOTS: usize> {
    pub(crate) partition: &'s mut Partition<F>,
    /// Page numbers.
    pub(crate) region: Range<u32>,
    pub(crate) places: &'s mut Option<Places<SLOTS>>,
    /// At least a page, so that a damaged item fits, whatever it says of its length.
    pub(crate) buffer: &'s mut [u8],
}

impl<F: NorFlash, const SLOTS: usize> Slots<'_, F, SLOTS> {
    /// Puts the region in order after the power may have failed, and shows `visit` the contents, older ones of a slot
    /// before newer ones.
    pub(crate) fn open(&mut self, mut visit: impl FnMut(u16, &[u8])) -> Result<(), Refused> {
        *self.places = None;
        tail::seal(self.partition, &self.region)?;
        self.with_map(|map, buffer| {
            let mut contents = now(map.fetch_all_items(buffer))?.map_err(failed)?;
            while let Some((slot, content)) = now(contents.next::<&[u8]>(buffer))?.map_err(failed)? {
                visit(slot, content);
            }
            Ok(())
        })
    }

    /// The content of a slot; empty if it has none.
    pub(crate) fn read(&mut self, slot: u16) -> Result<&[u8], Refused> {
        let range = self.with_map(|map, buffer| {
            let start = buffer.as_ptr();
            let content = now(map.fetch_item::<&[u8]>(buffer, &slot))?.map_err(failed)?.unwrap_or_default();
            // The content is a part of the buffer; its place in it outlives the map's borrow.
            let offset = if content.is_empty() { 0 } else { content.as_ptr().addr().wrapping_sub(start.addr()) };
            Ok(offset..offset.saturating_add(content.len()))
        })?;
        self.buffer.get(range).ok_or(Refused::Failed)
    }

    /// Replaces the content of a slot.
    pub(crate) fn write(&mut self, slot: u16, content: &[u8]) -> Result<(), Refused> {
        self.with_map(|map, buffer| now(map.store_item(buffer, &slot, &content))?.map_err(failed))
    }

    fn with_map<T>(
        &mut self,
        f: impl FnOnce(&mut MapStorage<u16, Pages<'_, F>, Places<SLOTS>>, &mut [u8]) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let range = Partition::<F>::page(self.region.start).start..Partition::<F>::page(self.region.end).start;
        let config = MapConfig::try_new(range).map_err(|_| Refused::Failed)?;
        let places = self.places.take().unwrap_or_else(|| Cache::new(Uncached, Uncached, ArrayKeyPointers::new()));
        let mut map = MapStorage::new(Pages(self.partition), config, places);
        let result = f(&mut map, self.buffer);
        // After a failure nothing that was remembered counts.
        *self.places = result.is_ok().then(|| map.destroy().1);
        result
    }
}

fn failed<E>(_: sequential_storage::Error<E>) -> Refused {
    Refused::Failed
}

/// The result of a future that never waits, as those of [`Pages`] do not.
fn now<T>(future: impl Future<Output = T>) -> Result<T, Refused> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Ok(result),
        Poll::Pending => Err(Refused::Failed),
    }
}

/// The partition as the map asks for it.
struct Pages<'p, F>(&'p mut Partition<F>);

impl<F> embedded_storage_async::nor_flash::ErrorType for Pages<'_, F> {
    type Error = NorFlashErrorKind;
}

impl From<FlashFailed> for NorFlashErrorKind {
    fn from(_: FlashFailed) -> Self {
        Self::Other
    }
}

impl<F: NorFlash> embedded_storage_async::nor_flash::ReadNorFlash for Pages<'_, F> {
    const READ_SIZE: usize = F::READ_SIZE;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        Ok(self.0.read(offset, bytes)?)
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl<F: NorFlash> embedded_storage_async::nor_flash::NorFlash for Pages<'_, F> {
    const WRITE_SIZE: usize = F::WRITE_SIZE;
    const ERASE_SIZE: usize = F::ERASE_SIZE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        let pages = from.checked_div(page_size::<F>()).zip(to.checked_div(page_size::<F>()));
        for page in pages.map_or(0..0, |(from, to)| from..to) {
            self.0.erase(page)?;
        }
        Ok(())
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        Ok(self.0.write(offset, bytes)?)
    }
}
