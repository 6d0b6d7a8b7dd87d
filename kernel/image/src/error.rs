//! Why an image or a key is refused.
//!
//! `at` is always a byte offset from the start of the file.

use thiserror::Error;

use crate::{KeyId, MAX_IMPORTS, MAX_TYPES, SIGNATURE_SECTION_LEN};

/// Why a file is not an image, or not one that a key signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum ImageError {
    /// The file does not start with the magic number of WebAssembly.
    #[error("not a WebAssembly file")]
    NotWasm,
    /// The file is a component. Components are packed on the host; a device runs core modules.
    #[error("a WebAssembly component, not a core module")]
    Component,
    /// The version field after the magic number is not 1.
    #[error("a WebAssembly module of version {version}; only version 1 is known")]
    ModuleVersion {
        /// What stands there.
        version: u32,
    },
    /// The file, or the section that is being read, ends too early.
    #[error("the file is cut off or a length in it is wrong: it ends inside {reading} at byte {at}")]
    UnexpectedEnd {
        /// Where bytes are missing.
        at: usize,
        /// What was being read.
        reading: &'static str,
    },
    /// A LEB128 number is longer than its type allows.
    #[error("a number at byte {at} is longer than 32 bits")]
    BadNumber {
        /// Where the number starts.
        at: usize,
    },
    /// A name is not UTF-8.
    #[error("a name at byte {at} is not UTF-8")]
    BadName {
        /// Where the name's bytes start.
        at: usize,
    },
    /// A byte that selects one of several forms has a value that the engine does not know.
    #[error("{what} at byte {at} is of an unknown form ({value:#04x})")]
    UnknownForm {
        /// Where the byte stands.
        at: usize,
        /// What it belongs to.
        what: &'static str,
        /// The byte.
        value: u8,
    },
    /// A section holds more bytes than its content needs.
    #[error("the section with id {id} holds {extra} bytes too many, from byte {at} on")]
    SectionTooLong {
        /// Where the superfluous bytes start.
        at: usize,
        /// The section's id.
        id: u8,
        /// How many there are.
        extra: usize,
    },
    /// A section stands twice, or before one that must precede it.
    #[error("the section with id {id} at byte {at} is a second one, or stands too late")]
    SectionOrder {
        /// Where the section starts.
        at: usize,
        /// The section's id.
        id: u8,
    },
    /// The module imports something that is not a function.
    #[error("the import at byte {at} is not a function")]
    ImportKind {
        /// Where the import starts.
        at: usize,
    },
    /// The module has more imports than can be checked at load.
    #[error("more than {MAX_IMPORTS} imports, from byte {at} on")]
    TooManyImports {
        /// Where the first import too many starts.
        at: usize,
    },
    /// The module has more function types than can be checked at load.
    #[error("more than {MAX_TYPES} function types, from byte {at} on")]
    TooManyTypes {
        /// Where the first type too many starts.
        at: usize,
    },
    /// An import names a function type that the module does not define.
    #[error("the import at byte {at} is of function type {index}, which the module does not define")]
    UnknownType {
        /// Where the import starts.
        at: usize,
        /// The type's index.
        index: u32,
    },
    /// The module has more than one memory.
    #[error("a second memory at byte {at}; a container has one")]
    SecondMemory {
        /// Where its description starts.
        at: usize,
    },
    /// There is no manifest: the file is a module that was not packed.
    #[error("no `locket.manifest` section: the file is a plain module, not an image")]
    NoManifest,
    /// A second manifest stands in the file.
    #[error("a second `locket.manifest` section at byte {at}")]
    SecondManifest {
        /// Where the section starts.
        at: usize,
    },
    /// There is no signature.
    #[error("no `locket.signature` section: the image is not signed")]
    NoSignature,
    /// A second signature stands in the file.
    #[error("a second `locket.signature` section at byte {at}")]
    SecondSignature {
        /// Where the section starts.
        at: usize,
    },
    /// Something stands between manifest and signature.
    #[error("the section at byte {at} stands after the manifest, where only the signature may stand")]
    AfterManifest {
        /// Where the section starts.
        at: usize,
    },
    /// Something follows the signature, so nobody signed it.
    #[error("bytes that nobody signed follow the signature, from byte {at} on")]
    AfterSignature {
        /// Where they start.
        at: usize,
    },
    /// The signature section is not of the one encoding that is allowed.
    #[error("the signature section at byte {at} is not the {SIGNATURE_SECTION_LEN} bytes that it must be")]
    SignatureEncoding {
        /// Where the section starts.
        at: usize,
    },
    /// The manifest or the signature is of a format that came after this reader.
    #[error("format {version} of the section at byte {at} is unknown; this version of Locket knows format 1")]
    UnknownFormat {
        /// Where the section's content starts.
        at: usize,
        /// The format.
        version: u8,
    },
    /// The manifest cannot be decoded.
    #[error("the manifest at byte {at} cannot be decoded")]
    BadManifest {
        /// Where the manifest's content starts.
        at: usize,
    },
    /// A field of the manifest has a value that is not allowed.
    #[error("the manifest at byte {at} has a bad {field}")]
    BadField {
        /// Where the manifest's content starts.
        at: usize,
        /// The field.
        field: &'static str,
    },
    /// The module imports from an interface that the manifest does not name.
    #[error("the manifest conceals the import at byte {at}")]
    UndeclaredImport {
        /// Where the import starts.
        at: usize,
    },
    /// The module exports a function of an interface that the manifest does not name.
    #[error("the manifest conceals the export at byte {at}")]
    UndeclaredExport {
        /// Where the export starts.
        at: usize,
    },
    /// The manifest names an interface that the module does not import or export.
    #[error("the manifest at byte {at} names {list} number {index}, which the module does not have")]
    AbsentInterface {
        /// Where the manifest's content starts.
        at: usize,
        /// `import` or `export`.
        list: &'static str,
        /// Position in that list, from 0.
        index: usize,
    },
    /// The memory in the manifest is not what the module leads to.
    #[error(
        "the manifest at byte {at} states {initial} to {maximum} bytes of memory, which the module contradicts: it \
         asks for {pages} pages of 64 KiB"
    )]
    MemoryMismatch {
        /// Where the manifest's content starts.
        at: usize,
        /// The manifest's number.
        initial: u32,
        /// The manifest's number.
        maximum: u32,
        /// The module's number.
        pages: u32,
    },
    /// The image names another key as its signer.
    #[error("signed by key {signer}, not by key {expected}")]
    OtherSigner {
        /// The key id in the image.
        signer: KeyId,
        /// The key that was asked for.
        expected: KeyId,
    },
    /// The signature does not belong to these bytes and this key.
    #[error("the signature is false: the image was changed after it was signed, or key {key} never signed it")]
    FalseSignature {
        /// The key that was asked for, which the image names as its signer.
        key: KeyId,
    },
}

/// Why 32 bytes are not a usable public key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum KeyError {
    /// They do not encode a point of the curve.
    #[error("not an ed25519 public key: the bytes are no point of the curve")]
    NotAPoint,
    /// The point is of small order: signatures that nobody made would pass.
    #[error("a weak ed25519 public key: anyone could sign for it")]
    Weak,
}
