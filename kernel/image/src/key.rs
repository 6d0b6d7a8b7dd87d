//! Public keys and their short names.

use core::fmt;

use ed25519_dalek::VerifyingKey;
use sha2::{Digest as _, Sha256};

use crate::{KeyError, digest::write_hex};

/// An ed25519 public key that signatures may be checked with: a valid curve point that is not of small order.
///
/// A key of small order would accept signatures that nobody made (RFC 8032 leaves such keys to the verifier).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub(crate) [u8; 32]);

impl PublicKey {
    /// Takes the 32 bytes of RFC 8032's encoding (section 5.1.2), which is one for each point.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAPoint)?;
        if key.to_edwards().compress().to_bytes() != *bytes {
            return Err(KeyError::NotAPoint);
        }
        if key.is_weak() { Err(KeyError::Weak) } else { Ok(Self(*bytes)) }
    }

    /// The 32 bytes of RFC 8032's encoding.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key's short name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let digest: [u8; 32] = Sha256::digest(self.0).into();
        let (first, _) = digest.split_first_chunk().unwrap_or((&[0; 8], &[]));
        KeyId(*first)
    }

    /// Checks `signature` over `message` by RFC 8032, section 5.1.7, in the strict reading: no small-order points and
    /// no second encoding of the same signature.
    pub(crate) fn accepts(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        VerifyingKey::from_bytes(&self.0).is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

/// The first 8 bytes of the SHA-256 of a public key.
///
/// An image carries it so that a reader can say *whose* signature is there. It proves nothing: only the signature does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

impl fmt::Display for KeyId {
    /// 16 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
