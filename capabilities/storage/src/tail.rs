//! Nothing is written behind a torn item.
//!
//! When the power failed while an item's header was written, the map looks for the next header one word further on. A
//! header that it writes there later could be read, together with what is left of the torn one, as the header of an item
//! that never was, which hides the real one. So a page with a torn header is closed when the region is opened: the map then
//! goes on in the next page.
//!
//! This room knows the map's format on flash, which a minor version of it may not change: a page has a marker in its first
//! word, and one in its last word once it is closed; between them stand items, each with a header of 8 bytes (checksum of
//! the data, length, checksum of the length) and its data, each of both rounded up to whole words.

use core::ops::Range;

use crc::{Algorithm, Crc, NoTable};
use embedded_storage::nor_flash::NorFlash;

use crate::partition::{FlashFailed, MAX_WORD, Partition, whole_words, word};
use crate::slots::HEADER;

/// Zero bits that make a marker, out of those in the smallest unit that is read.
const MARKED: u32 = 4;

/// How the length in a header is protected.
const LENGTH: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&Algorithm {
    width: 16,
    poly: 0x7458,
    init: 0xffff,
    refin: true,
    refout: true,
    xorout: 0xffff,
    check: 0,
    residue: 0,
});

/// Closes the page that is being filled, if a torn item is in it.
pub(crate) fn seal<F: NorFlash>(partition: &mut Partition<F>, region: &Range<u32>) -> Result<(), FlashFailed> {
    for page in region.clone() {
        let next = if page.saturating_add(1) < region.end { page.saturating_add(1) } else { region.start };
        let filling = is_marked(partition, page, End::First)? && !is_marked(partition, page, End::Last)?;
        // Otherwise it is being filled with what is copied from the next page. The map begins that anew.
        let last = !is_marked(partition, next, End::First)? && !is_marked(partition, next, End::Last)?;
        if filling && last && is_torn(partition, page)? {
            let end = Partition::<F>::page(page).end;
            let zeroes = [0; MAX_WORD];
            partition.write(end.saturating_sub(word::<F>()), zeroes.get(..F::WRITE_SIZE).unwrap_or(&zeroes))?;
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

fn is_marked<F: NorFlash>(partition: &mut Partition<F>, page: u32, end: End) -> Result<bool, FlashFailed> {
    let unit = u32::try_from(F::READ_SIZE).map_err(|_| FlashFailed)?;
    let page = Partition::<F>::page(page);
    let address = match end {
        End::First => page.start,
        End::Last => page.end.saturating_sub(unit),
    };
    let mut bytes = [0xff; MAX_WORD];
    let bytes = bytes.get_mut(..F::READ_SIZE).ok_or(FlashFailed)?;
    partition.read(address, bytes)?;
    let zeroes = bytes.iter().map(|byte| byte.count_zeros()).sum::<u32>();
    Ok(zeroes >= MARKED)
}

/// Whether something stands in the page that is not a whole header with its data, or the blank rest.
fn is_torn<F: NorFlash>(partition: &mut Partition<F>, page: u32) -> Result<bool, FlashFailed> {
    let page = Partition::<F>::page(page);
    let end = page.end.saturating_sub(word::<F>());
    let header_size = whole_words::<F>(HEADER);
    let mut address = page.start.saturating_add(word::<F>());
    while address.saturating_add(header_size) <= end {
        let mut header = [0; MAX_WORD];
        let header = header.get_mut(..usize::try_from(header_size).unwrap_or(usize::MAX)).ok_or(FlashFailed)?;
        partition.read(address, header)?;
        if header.iter().all(|byte| *byte == 0xff) {
            return is_written(partition, address..end);
        }
        let [_, _, _, _, l0, l1, c0, c1, ..] = *header else { return Err(FlashFailed) };
        let length = [l0, l1];
        // The map has no checksum of ones only, lest a blank word be one.
        let expected = LENGTH.checksum(&length).min(0xfffe);
        let next =
            address.saturating_add(header_size).saturating_add(whole_words::<F>(u16::from_le_bytes(length).into()));
        if u16::from_le_bytes([c0, c1]) != expected || next > end {
            return Ok(true);
        }
        address = next;
    }
    Ok(false)
}

fn is_written<F: NorFlash>(partition: &mut Partition<F>, mut range: Range<u32>) -> Result<bool, FlashFailed> {
    let mut bytes = [0xff; MAX_WORD];
    let bytes = bytes.get_mut(..F::WRITE_SIZE).ok_or(FlashFailed)?;
    while range.start < range.end {
        partition.read(range.start, bytes)?;
        if bytes.iter().any(|byte| *byte != 0xff) {
            return Ok(true);
        }
        range.start = range.start.saturating_add(word::<F>());
    }
    Ok(false)
}
