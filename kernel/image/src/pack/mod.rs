//! Making images: what `locket build` and the project's own tests call.
//!
//! [`pack`] turns a core module or a single-module component into an unsigned image, [`SigningKey::sign`] signs it.
//! Runs on the build host only. Everything that it refuses is a [`PackError`] that says what to do about it.

use std::{string::String, vec::Vec};

mod error;
mod key;

pub use error::{KeyFileError, PackError, Warning};
pub use key::SigningKey;

use crate::Memory;

/// How to make an image.
#[derive(Clone, Debug)]
pub struct PackOptions {
    /// [`Manifest::name`](crate::Manifest::name).
    pub name: String,
    /// [`Manifest::version`](crate::Manifest::version).
    pub version: String,
    /// The world to check the module against; `None` takes the one that the module carries, else
    /// `locket:worlds/container`.
    pub world: Option<String>,
    /// [`Manifest::stack`](crate::Manifest::stack).
    pub stack: u32,
    /// Keep function names and debug sections, for tools; a device does not need them.
    pub keep_names: bool,
}

/// An image that still lacks its signature, and what was found while making it.
#[derive(Clone, Debug)]
pub struct Packed {
    /// Module and manifest.
    pub unsigned: Vec<u8>,
    /// Memory as the manifest states it.
    pub memory: Memory,
    /// What the author should know.
    pub warnings: Vec<Warning>,
}

/// Makes an unsigned image of `input`, the bytes of a core module or of a component.
pub fn pack(input: &[u8], options: &PackOptions) -> Result<Packed, PackError> {
    let _ = (input, options);
    Err(PackError::NotWasm)
}
