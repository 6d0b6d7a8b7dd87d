//! Signing keys and the text form of keys.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};
use thiserror::Error;

use crate::{ImageError, KeyError, PublicKey, module::Sections, signature::Signature};

/// How a public key starts, in a policy's `[signers]` and everywhere else.
const PUBLIC: &str = "ed25519:";
/// How the line of a key file that holds the private key starts.
const PRIVATE: &str = "ed25519-private:";

/// Why a text is not a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum KeyTextError {
    /// It does not start as a public key does.
    #[error("not a public key: it does not start with `{PUBLIC}`")]
    NotPublic,
    /// A private key stands where the public one is needed.
    #[error("a private key stands where its public key is needed")]
    Private,
    /// No line of a key file holds a private key.
    #[error("not a key file: no line starts with `{PRIVATE}`")]
    NotPrivate,
    /// What follows is not base64.
    #[error("what follows `ed25519…:` is not base64")]
    NotBase64,
    /// What follows is not 32 bytes long.
    #[error("what follows `ed25519…:` is {0} bytes long; a key has 32")]
    Length(usize),
    /// The bytes are not a usable public key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl FromStr for PublicKey {
    type Err = KeyTextError;

    /// Reads `ed25519:` and the base64 of 32 bytes.
    fn from_str(text: &str) -> Result<Self, KeyTextError> {
        let text = text.trim();
        if text.starts_with(PRIVATE) {
            return Err(KeyTextError::Private);
        }
        Ok(Self::from_bytes(&decode(text.strip_prefix(PUBLIC).ok_or(KeyTextError::NotPublic)?)?)?)
    }
}

impl fmt::Display for PublicKey {
    /// `ed25519:` and the base64 of 32 bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC}{}", BASE64.encode(self.as_bytes()))
    }
}

/// A private ed25519 key. It is wiped from memory when dropped, and `Debug` does not show it.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key whose seed (RFC 8032's private key) is `seed`. For tests; others come from [`generate`](Self::generate).
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// A new key from the operating system's random source.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        Ok(Self::from_seed(&seed))
    }

    /// Reads the text of a key file: lines that start with `#` are comments, one other line holds the key.
    pub fn from_text(text: &str) -> Result<Self, KeyTextError> {
        let key = text.lines().find_map(|line| line.trim().strip_prefix(PRIVATE)).ok_or(KeyTextError::NotPrivate)?;
        decode(key).map(|seed| Self::from_seed(&seed))
    }

    /// The text of a key file. It is secret.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!(
            "# A private key that signs Locket images. Whoever has it can sign in your name: keep it secret.\n\
             # public key: {}\n\
             {PRIVATE}{}\n",
            self.public(),
            BASE64.encode(self.0.as_bytes())
        )
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs an image that [`pack`](super::pack) made, which then is complete.
    ///
    /// Fails when `unsigned` is not a module, or is signed already.
    pub fn sign(&self, unsigned: &[u8]) -> Result<Vec<u8>, ImageError> {
        for section in Sections::new(unsigned)? {
            let section = section?;
            if section.name == crate::SIGNATURE_SECTION {
                return Err(ImageError::SecondSignature { at: section.at });
            }
        }
        let digest = Sha256::digest(unsigned).into();
        let section = Signature::section(self.public().id(), digest, |message| self.0.sign(message).to_bytes());
        let mut image = unsigned.to_vec();
        image.extend_from_slice(&section);
        Ok(image)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.public().id().to_string()).finish()
    }
}

fn decode(text: &str) -> Result<[u8; 32], KeyTextError> {
    let bytes = BASE64.decode(text.trim()).map_err(|_| KeyTextError::NotBase64)?;
    bytes.try_into().map_err(|bytes: Vec<u8>| KeyTextError::Length(bytes.len()))
}
