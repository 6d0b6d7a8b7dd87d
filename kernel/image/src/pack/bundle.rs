//! Writing a bundle; `crate::bundle` has its layout.

#![expect(clippy::arithmetic_side_effects, reason = "sizes of files that a host holds in memory")]

use crate::bundle::{BUNDLE_FORMAT, BUNDLE_MAGIC, ENTRY, HEADER};

/// Each part starts at a multiple of so many bytes.
const ALIGN: usize = 8;

/// Makes a bundle of a compiled policy and the image of each of its containers. Equal images are stored once. `None` if
/// it would be larger than the 4 GiB that its offsets reach.
#[must_use]
pub fn bundle(policy: &[u8], images: &[&[u8]]) -> Option<std::vec::Vec<u8>> {
    let mut table = Vec::new();
    let mut parts: Vec<(usize, &[u8])> = Vec::new();
    let mut end = (HEADER + (images.len() + 1) * ENTRY).next_multiple_of(ALIGN);
    for bytes in std::iter::once(policy).chain(images.iter().copied()) {
        let stored = parts.iter().find(|(_, stored)| *stored == bytes).map(|(offset, _)| *offset);
        let offset = stored.unwrap_or(end);
        if stored.is_none() {
            parts.push((offset, bytes));
            end = (offset + bytes.len()).next_multiple_of(ALIGN);
        }
        table.push((u32::try_from(offset).ok()?, u32::try_from(bytes.len()).ok()?));
    }
    let mut file = Vec::with_capacity(end);
    file.extend(BUNDLE_MAGIC);
    file.extend(BUNDLE_FORMAT.to_le_bytes());
    file.extend(u32::try_from(images.len()).ok()?.to_le_bytes());
    for (offset, length) in table {
        file.extend(offset.to_le_bytes());
        file.extend(length.to_le_bytes());
    }
    for (offset, bytes) in parts {
        file.resize(offset, 0);
        file.extend(bytes);
    }
    file.resize(end, 0);
    Some(file)
}
