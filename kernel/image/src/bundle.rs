//! A bundle: what one device runs, as one piece of flash.
//!
//! It holds the compiled policy and the image of each container of the policy, in the policy's order. Nothing in it is
//! trusted for being there: the device decodes the policy and verifies every image itself. Numbers are little-endian,
//! offsets count from the bundle's start:
//!
//! | bytes | |
//! |---|---|
//! | 4 | `LKTB` |
//! | 4 | format, 1 |
//! | 4 | number of images, n |
//! | 4 + 4 | offset and length of the policy |
//! | n × (4 + 4) | offset and length of each image; containers may share one |
//! | … | policy and images, each at a multiple of 8, filled up with 0 |

use thiserror::Error;

/// The first bytes of a bundle.
pub const BUNDLE_MAGIC: [u8; 4] = *b"LKTB";
/// The format that this crate reads and writes.
pub const BUNDLE_FORMAT: u32 = 1;

/// Bytes of the header before the table of parts.
pub(crate) const HEADER: usize = 12;
/// Bytes of one entry of the table.
pub(crate) const ENTRY: usize = 8;

/// Why bytes are no bundle.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum BundleError {
    /// They do not start with [`BUNDLE_MAGIC`].
    #[error("this is no bundle")]
    NotABundle,
    /// They are of another format.
    #[error("the bundle has format {found}; this device reads format {BUNDLE_FORMAT}")]
    Format {
        /// The format.
        found: u32,
    },
    /// The table of parts is longer than the bytes.
    #[error("the bundle ends in its table of parts")]
    Truncated,
    /// A part is not inside of the bytes.
    #[error("part {part} of the bundle (0 is the policy) lies outside of it")]
    OutOfBounds {
        /// 0 is the policy, 1 the first image.
        part: usize,
    },
}

/// The policy and the images of one device. Holding one proves that each part lies inside of the bytes, and nothing of
/// what is in them.
#[derive(Clone, Copy, Debug)]
pub struct Bundle<'a> {
    bytes: &'a [u8],
    images: usize,
}

impl<'a> Bundle<'a> {
    /// Reads the table of parts. `bytes` may go on after the bundle's end, as flash does.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BundleError> {
        let rest = bytes.strip_prefix(&BUNDLE_MAGIC).ok_or(BundleError::NotABundle)?;
        let (found, rest) = number(rest).ok_or(BundleError::Truncated)?;
        if found != BUNDLE_FORMAT {
            return Err(BundleError::Format { found });
        }
        let (images, _) = number(rest).ok_or(BundleError::Truncated)?;
        let images = usize::try_from(images).map_err(|_| BundleError::Truncated)?;
        let table = images.checked_add(1).and_then(|parts| parts.checked_mul(ENTRY)).ok_or(BundleError::Truncated)?;
        if bytes.len().saturating_sub(HEADER) < table {
            return Err(BundleError::Truncated);
        }
        let bundle = Self { bytes, images };
        match (0..=images).find(|part| bundle.part(*part).is_none()) {
            Some(part) => Err(BundleError::OutOfBounds { part }),
            None => Ok(bundle),
        }
    }

    /// The compiled policy.
    #[must_use]
    pub fn policy(&self) -> &'a [u8] {
        self.part(0).unwrap_or_default()
    }

    /// How many images there are; as many as the policy has containers, if the bundle is right.
    #[must_use]
    pub fn images(&self) -> usize {
        self.images
    }

    /// The file that is to be the image of the container with this place in the policy.
    #[must_use]
    pub fn image(&self, container: usize) -> Option<&'a [u8]> {
        if container < self.images { self.part(container.checked_add(1)?) } else { None }
    }

    fn part(&self, part: usize) -> Option<&'a [u8]> {
        let entry = self.bytes.get(part.checked_mul(ENTRY)?.checked_add(HEADER)?..)?;
        let (offset, rest) = number(entry)?;
        let (length, _) = number(rest)?;
        let (offset, length) = (usize::try_from(offset).ok()?, usize::try_from(length).ok()?);
        self.bytes.get(offset..offset.checked_add(length)?)
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::bundle;

    #[test]
    fn gives_back_what_was_put_in() {
        let file = bundle(b"the policy", &[b"one", b"", b"one"]).unwrap();
        assert_eq!(file.len() % 8, 0);
        let read = Bundle::parse(&file).unwrap();
        assert_eq!(read.policy(), b"the policy");
        assert_eq!([read.image(0), read.image(1), read.image(2)], [Some(&b"one"[..]), Some(b""), Some(b"one")]);
        assert_eq!((read.images(), read.image(3), read.image(usize::MAX)), (3, None, None));
        let twice = read.image(0).unwrap().as_ptr() == read.image(2).unwrap().as_ptr();
        assert!(twice, "equal images are stored once");
        assert!(Bundle::parse(&[&file[..], &[0xff; 5]].concat()).is_ok(), "flash goes on after the bundle");
    }

    #[test]
    fn says_what_is_wrong() {
        let file = bundle(b"policy", &[b"image"]).unwrap();
        assert_eq!(Bundle::parse(b"LKTP").unwrap_err(), BundleError::NotABundle);
        let mut other = file.clone();
        other[4] = 2;
        assert_eq!(Bundle::parse(&other).unwrap_err(), BundleError::Format { found: 2 });
        let mut many = file.clone();
        many[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Bundle::parse(&many).unwrap_err(), BundleError::Truncated);
        let mut far = file.clone();
        far[20..24].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Bundle::parse(&far).unwrap_err(), BundleError::OutOfBounds { part: 1 });
        let mut long = file;
        long[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Bundle::parse(&long).unwrap_err(), BundleError::OutOfBounds { part: 0 });
    }

    #[test]
    fn every_prefix_and_every_changed_byte_is_safe_to_read() {
        let file = bundle(b"policy", &[b"image", b"other"]).unwrap();
        let read = |bytes: &[u8]| {
            if let Ok(bundle) = Bundle::parse(bytes) {
                let _ = (bundle.policy(), (0..4).map(|image| bundle.image(image)).collect::<std::vec::Vec<_>>());
            }
        };
        for end in 0..file.len() {
            read(&file[..end]);
        }
        let mut changed = file.clone();
        for at in 0..file.len() {
            for value in 0..=u8::MAX {
                changed[at] = value;
                read(&changed);
            }
            changed[at] = file[at];
        }
    }
}
