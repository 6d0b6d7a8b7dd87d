//! Signed container images: what a device reads, and (feature `pack`) how a host makes them.
//!
//! An image is one `.wasm` file that the engine loads as it is: a core module, then the custom section
//! `locket.manifest`, then, last, the custom section `locket.signature`:
//!
//! ```text
//! ┌──────────────────────┬──────────────────────────────────┬────────────────────────────────────┐
//! │ core module          │ locket.manifest                  │ locket.signature                   │
//! │ Image::module_bytes  │ format 1, postcard of Manifest   │ format 1, key id, ed25519          │
//! ├──────────────────────┴──────────────────────────────────┼────────────────────────────────────┤
//! │ what the signature covers                               │ always SIGNATURE_SECTION_LEN bytes │
//! └─────────────────────────────────────────────────────────┴────────────────────────────────────┘
//! ```
//!
//! What this room guarantees:
//! * Holding an [`Image`] proves that the file has this shape, that its manifest tells of this very module (imports,
//!   exports and memory are compared with the module's own sections), and that the module imports functions only.
//! * Holding a [`Verified`] proves that one particular key signed all of it. Nothing here decides which key is to be
//!   trusted: that is the policy's.
//! * Any bytes are safe to read: no panic, no allocation, no recursion, and work in proportion to the file's length.
//!
//! A device's policy and images can be put together in one file, a [`Bundle`].
//!
//! What it never does: it does not validate code (the engine does, when it loads the module), it does not decide
//! whether an import is granted (the kernel does, principle 1), and it keeps no copy of the image.
// The part for devices has no allocator; the host's part is ordinary Rust.
#![cfg_attr(not(any(feature = "pack", test)), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::arithmetic_side_effects
    )
)]

mod bundle;
mod digest;
mod error;
mod image;
mod key;
mod manifest;
mod module;
#[cfg(feature = "pack")]
pub mod pack;
mod reader;
mod signature;

pub use bundle::{BUNDLE_FORMAT, BUNDLE_MAGIC, Bundle, BundleError};
pub use digest::Digest;
pub use error::{ImageError, KeyError};
pub use image::{Image, Verified};
pub use key::{KeyId, PublicKey};
pub use manifest::{MANIFEST_SECTION, MAX_INTERFACES, MAX_NAME, Manifest, Memory};
pub use module::{FuncType, Import, MAX_IMPORTS, MAX_TYPES, imports};
pub use signature::{SIGNATURE_SECTION, SIGNATURE_SECTION_LEN, Verifier};
