//! The signature section: its one encoding, and checking it.
//!
//! Signed is `"locket image signature v1\0"` followed by the SHA-256 of all bytes before the section. The text keeps
//! a signature that was made for an image from passing as one over anything else.

use sha2::{Digest as _, Sha256};

use crate::{Digest, ImageError, KeyId, PublicKey, reader::Reader};

/// Name of the custom section that holds the signature.
pub const SIGNATURE_SECTION: &str = "locket.signature";
/// Length of the whole section. There is one encoding, so that one content has one digest.
pub const SIGNATURE_SECTION_LEN: usize = HEADER.len() + 8 + 64;

/// Custom section, 90 bytes; name, 16 bytes; format 1.
const HEADER: &[u8; 20] = b"\x00\x5a\x10locket.signature\x01";
const CONTEXT: &[u8; 26] = b"locket image signature v1\0";

/// A signature section, well-formed but not checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signature {
    pub signer: KeyId,
    bytes: [u8; 64],
}

impl Signature {
    /// Reads `section`, which starts at `at` and whose `content` starts with the format.
    pub fn read(section: &[u8], at: usize, mut content: Reader<'_>) -> Result<Self, ImageError> {
        let version_at = content.at();
        let version = content.byte("the signature's format")?;
        if version != 1 {
            return Err(ImageError::UnknownFormat { at: version_at, version });
        }
        let encoding = ImageError::SignatureEncoding { at };
        if section.len() != SIGNATURE_SECTION_LEN || !section.starts_with(HEADER) {
            return Err(encoding);
        }
        let signer = KeyId(content.array("the key id")?);
        Ok(Self { signer, bytes: content.array("the signature")? })
    }

    /// The section that signs the bytes whose SHA-256 is `digest`.
    #[cfg(feature = "pack")]
    pub fn section(
        signer: KeyId,
        digest: [u8; 32],
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> [u8; SIGNATURE_SECTION_LEN] {
        let mut section = [0; SIGNATURE_SECTION_LEN];
        let signature = sign(&message(digest));
        let parts = HEADER.iter().chain(&signer.0).chain(&signature);
        section.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
        section
    }

    /// Checks the signature over bytes whose SHA-256 is `digest`.
    pub fn check(&self, digest: [u8; 32], key: &PublicKey) -> Result<(), ImageError> {
        if self.signer != key.id() {
            return Err(ImageError::OtherSigner { signer: self.signer, expected: key.id() });
        }
        if key.accepts(&message(digest), &self.bytes) {
            Ok(())
        } else {
            Err(ImageError::FalseSignature { key: self.signer })
        }
    }
}

fn message(digest: [u8; 32]) -> [u8; CONTEXT.len() + 32] {
    let mut message = [0; CONTEXT.len() + 32];
    message.iter_mut().zip(CONTEXT.iter().chain(&digest)).for_each(|(to, from)| *to = *from);
    message
}

/// Checks the signature of an image that comes in pieces, such as from flash that is not mapped into memory.
///
/// It keeps the last [`SIGNATURE_SECTION_LEN`] bytes and a hash state, nothing else. It vouches for the bytes;
/// [`Image::parse`](crate::Image::parse) says whether they are an image.
#[derive(Clone)]
pub struct Verifier {
    signed: Sha256,
    held: heapless::Vec<u8, SIGNATURE_SECTION_LEN>,
    len: usize,
}

impl Verifier {
    /// Before the first piece.
    #[must_use]
    pub fn new() -> Self {
        Self { signed: Sha256::new(), held: heapless::Vec::new(), len: 0 }
    }

    /// Takes the next piece, of any length.
    pub fn update(&mut self, piece: &[u8]) {
        self.len = self.len.saturating_add(piece.len());
        // Of `held` and `piece` together, all but the last bytes are certain to be before the signature.
        let certain = self.held.len().saturating_add(piece.len()).saturating_sub(SIGNATURE_SECTION_LEN);
        let from_held = certain.min(self.held.len());
        let (hash, keep) = self.held.split_at_checked(from_held).unwrap_or((&[], &[]));
        self.signed.update(hash);
        let (hash, last) = piece.split_at_checked(certain.saturating_sub(from_held)).unwrap_or((piece, &[]));
        self.signed.update(hash);
        // What is kept is at most the capacity, by the definition of `certain`.
        self.held = keep.iter().chain(last).copied().collect();
    }

    /// After the last piece: the image's digest, if `key` signed it.
    pub fn finish(self, key: &PublicKey) -> Result<Digest, ImageError> {
        let at = self.len.saturating_sub(self.held.len());
        if !self.held.starts_with(HEADER.get(..19).unwrap_or(HEADER)) {
            return Err(ImageError::NoSignature);
        }
        let mut content = Reader::new(&self.held, at);
        content.take(19, "the signature's name")?;
        let signature = Signature::read(&self.held, at, content)?;
        signature.check(self.signed.clone().finalize().into(), key)?;
        Ok(Digest(self.signed.chain_update(&self.held).finalize().into()))
    }
}

impl Default for Verifier {
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Verifier").field("len", &self.len).finish_non_exhaustive()
    }
}
