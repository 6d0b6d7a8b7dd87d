//! What an image says of itself.

use heapless::Vec;
use serde::{Deserialize, Serialize};

use crate::{ImageError, reader::Reader};

/// Name of the custom section that holds the manifest.
pub const MANIFEST_SECTION: &str = "locket.manifest";
/// The most interfaces that an image may import, and the most that it may export.
pub const MAX_INTERFACES: usize = 32;
/// The longest name and the longest version of an image, in bytes.
pub const MAX_NAME: usize = 64;

/// First byte of the section; the postcard encoding of [`Manifest`] follows.
pub(crate) const FORMAT: u8 = 1;

/// What an image says of itself. In an [`Image`](crate::Image), imports, exports and memory are proven to be those of
/// the module; name, version, world and stack are the packer's word, which the signature vouches for.
///
/// The field order is the encoding (postcard): changing it takes a new format number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest<'a> {
    /// What a policy calls the image: lower-case letters, digits and hyphens, 1 to [`MAX_NAME`] bytes.
    pub name: &'a str,
    /// Semantic version, at most [`MAX_NAME`] bytes.
    pub version: &'a str,
    /// The WIT world that the module was checked against, such as `locket:worlds/container@0.1.0`.
    pub world: &'a str,
    /// Each interface that the module imports a function of, in alphabetical order, as the import names it:
    /// `locket:gpio/digital@0.1.0`.
    #[serde(borrow)]
    pub imports: Vec<&'a str, MAX_INTERFACES>,
    /// Each interface that the module exports a function of, in alphabetical order.
    #[serde(borrow)]
    pub exports: Vec<&'a str, MAX_INTERFACES>,
    /// Linear memory.
    pub memory: Memory,
    /// Bytes of interpreter stack (frames, locals, operands) that the author asks for; 0 when none is stated, which
    /// leaves it to the policy.
    pub stack: u32,
}

/// Linear memory of a module, as the engine will set it up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    /// Bytes at the start. Not a multiple of 64 KiB when the engine can shrink the memory to what the linker placed.
    pub initial: u32,
    /// Bytes that it can grow to; `u32::MAX` when the module states no limit. Equal to `initial` when it cannot grow.
    pub maximum: u32,
}

impl<'a> Manifest<'a> {
    /// Reads the content of a manifest section.
    pub(crate) fn decode(mut content: Reader<'a>) -> Result<Self, ImageError> {
        let at = content.at();
        let version = content.byte("the manifest")?;
        if version != FORMAT {
            return Err(ImageError::UnknownFormat { at, version });
        }
        match postcard::take_from_bytes::<Self>(content.rest()) {
            Ok((manifest, [])) => manifest.check_fields(at).map(|()| manifest),
            Ok(_) | Err(_) => Err(ImageError::BadManifest { at }),
        }
    }

    fn check_fields(&self, at: usize) -> Result<(), ImageError> {
        let bad = |field| Err(ImageError::BadField { at, field });
        if !is_name(self.name) {
            return bad("name");
        }
        if !is_version(self.version) {
            return bad("version");
        }
        if self.world.is_empty() {
            return bad("world");
        }
        // Strictly ascending: no interface stands twice.
        if !self.imports.is_sorted_by(|a, b| a < b) {
            return bad("list of imports");
        }
        if !self.exports.is_sorted_by(|a, b| a < b) {
            return bad("list of exports");
        }
        if self.memory.initial > self.memory.maximum {
            return bad("memory");
        }
        Ok(())
    }
}

/// Whether `name` may be the name of an image.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Whether `version` is a semantic version: three numbers, then perhaps `-` and `+` parts.
pub(crate) fn is_version(version: &str) -> bool {
    if version.len() > MAX_NAME {
        return false;
    }
    let (rest, build) = match version.split_once('+') {
        Some((rest, build)) => (rest, Some(build)),
        None => (version, None),
    };
    let (numbers, pre) = match rest.split_once('-') {
        Some((numbers, pre)) => (numbers, Some(pre)),
        None => (rest, None),
    };
    let identifier = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let number = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
    };
    numbers.split('.').count() == 3
        && numbers.split('.').all(number)
        && pre.into_iter().chain(build).all(|part| part.split('.').all(identifier))
}

/// The content of a manifest section.
#[cfg(feature = "pack")]
pub(crate) fn encode(manifest: &Manifest<'_>) -> std::vec::Vec<u8> {
    // Serialising strings and numbers into a growing buffer cannot fail.
    postcard::to_extend(manifest, vec![FORMAT]).unwrap_or_default()
}
