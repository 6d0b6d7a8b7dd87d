//! Why a module cannot become an image.

use thiserror::Error;

/// Why a module cannot become an image.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PackError {
    /// Not WebAssembly.
    #[error("not a WebAssembly file")]
    NotWasm,
}

/// Why a text is not a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum KeyFileError {
    /// Not of the form `ed25519:…`.
    #[error("not a key")]
    NotAKey,
}

/// Something that the author should know, though the image is good.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Warning {}
