//! Reading a whole image.

use core::{fmt, ops::Deref};

use sha2::{Digest as _, Sha256};

use crate::{
    Digest, ImageError, Import, KeyId, MANIFEST_SECTION, Manifest, Memory, PublicKey, SIGNATURE_SECTION,
    module::{CUSTOM, Module, Section, Sections},
    signature::Signature,
};

/// A file that is an image: well-formed as far as a device reads it, with a manifest that tells of this module.
///
/// Its signature is *there*, but not checked: that is [`verify`](Self::verify). It borrows the file.
#[derive(Clone, Debug)]
pub struct Image<'a> {
    bytes: &'a [u8],
    module_len: usize,
    signed_len: usize,
    module: Module<'a>,
    manifest: Manifest<'a>,
    signature: Signature,
}

impl<'a> Image<'a> {
    /// Reads `bytes`, a whole file.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ImageError> {
        let (manifest_section, signature_section) = tail(bytes)?;
        let manifest_at = manifest_section.content.at();
        let manifest = Manifest::decode(manifest_section.content)?;
        let signature_bytes = bytes.get(signature_section.at..).unwrap_or_default();
        let signature = Signature::read(signature_bytes, signature_section.at, signature_section.content)?;
        let module = Module::collect(Sections::new(bytes)?)?;
        compare(&manifest, manifest_at, &module)?;
        Ok(Self {
            bytes,
            module_len: manifest_section.at,
            signed_len: signature_section.at,
            module,
            manifest,
            signature,
        })
    }

    /// What the image says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest<'a> {
        &self.manifest
    }

    /// The functions that the module imports, with their core types, in the module's order.
    ///
    /// WAMR reports a missing or mismatched native only as a log line, so the kernel compares these with its own table
    /// before WAMR sees the module.
    pub fn imports(&self) -> impl Iterator<Item = Import<'a>> + use<'a> {
        self.module.imports()
    }

    /// The module without manifest and signature: what the engine loads.
    #[must_use]
    pub fn module_bytes(&self) -> &'a [u8] {
        self.bytes.get(..self.module_len).unwrap_or_default()
    }

    /// The whole file.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The image's address: the SHA-256 of the whole file. Computed on each call.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.bytes)
    }

    /// The key that the image names as its signer. Anyone can write any id there.
    #[must_use]
    pub fn signer(&self) -> KeyId {
        self.signature.signer
    }

    /// Checks that `key` signed the image.
    pub fn verify(&self, key: &PublicKey) -> Result<Verified<'_, 'a>, ImageError> {
        let signed = self.bytes.get(..self.signed_len).unwrap_or_default();
        self.signature.check(Sha256::digest(signed).into(), key)?;
        Ok(Verified { image: self })
    }
}

/// Proof that one key signed the image: only [`Image::verify`] makes it.
#[derive(Clone, Copy, Debug)]
pub struct Verified<'i, 'a> {
    image: &'i Image<'a>,
}

impl<'a> Deref for Verified<'_, 'a> {
    type Target = Image<'a>;

    fn deref(&self) -> &Image<'a> {
        self.image
    }
}

impl fmt::Display for Image<'_> {
    /// `name@version`, as a policy names it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.manifest.name, self.manifest.version)
    }
}

/// Finds manifest and signature: once each, one after the other, at the very end.
fn tail(bytes: &[u8]) -> Result<(Section<'_>, Section<'_>), ImageError> {
    let mut manifest: Option<Section<'_>> = None;
    let mut signature: Option<Section<'_>> = None;
    for section in Sections::new(bytes)? {
        // Whatever is wrong further on, bytes after the signature are the first thing to say.
        let section = match (section, &signature) {
            (Err(_), Some(signature)) => return Err(ImageError::AfterSignature { at: signature.end }),
            (section, _) => section?,
        };
        let name = if section.id == CUSTOM { section.name } else { "" };
        match (name, &manifest, &signature) {
            (SIGNATURE_SECTION, _, Some(_)) => return Err(ImageError::SecondSignature { at: section.at }),
            (MANIFEST_SECTION, Some(_), _) => return Err(ImageError::SecondManifest { at: section.at }),
            (_, _, Some(signature)) => return Err(ImageError::AfterSignature { at: signature.end }),
            (SIGNATURE_SECTION, _, None) => signature = Some(section),
            (MANIFEST_SECTION, None, None) => manifest = Some(section),
            (_, Some(_), None) => return Err(ImageError::AfterManifest { at: section.at }),
            (_, None, None) => {}
        }
    }
    let manifest = manifest.ok_or(ImageError::NoManifest)?;
    Ok((manifest, signature.ok_or(ImageError::NoSignature)?))
}

/// Compares the manifest, whose content starts at `at`, with the module.
fn compare(manifest: &Manifest<'_>, at: usize, module: &Module<'_>) -> Result<(), ImageError> {
    for import in module.imports() {
        if !manifest.imports.contains(&import.module) {
            return Err(ImageError::UndeclaredImport { at: import.at });
        }
    }
    for export in module.exports() {
        if export.interface().is_some_and(|interface| !manifest.exports.contains(&interface)) {
            return Err(ImageError::UndeclaredExport { at: export.at });
        }
    }
    let absent = |list, index| ImageError::AbsentInterface { at, list, index };
    for (index, interface) in manifest.imports.iter().enumerate() {
        if !module.imports().any(|import| import.module == *interface) {
            return Err(absent("import", index));
        }
    }
    for (index, interface) in manifest.exports.iter().enumerate() {
        if !module.exports().any(|export| export.interface() == Some(interface)) {
            return Err(absent("export", index));
        }
    }
    let agrees = match module.memory() {
        Some(declared) => declared.allows(manifest.memory),
        None => manifest.memory == Memory::default(),
    };
    if agrees {
        Ok(())
    } else {
        let Memory { initial, maximum } = manifest.memory;
        let pages = module.memory().map_or(0, |memory| memory.pages);
        Err(ImageError::MemoryMismatch { at, initial, maximum, pages })
    }
}
