//! Images out of modules, signed with a key that only tests use.

use std::path::{Path, PathBuf};

use locket_image::pack::{self, PackOptions, SigningKey, Wit};
use locket_image::{Image, PublicKey};
use locket_policy_lang::{ImageFacts, Images};

/// The tests' signing key.
#[must_use]
pub fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

/// Packs and signs `module` as version 1.0.0 of `name`.
///
/// # Panics
/// If it is not a module that Locket takes.
#[must_use]
pub fn image(name: &str, module: &[u8]) -> Vec<u8> {
    let wit = Wit::embedded().expect("our own WIT is right");
    let packed = pack::pack(module, &wit, &PackOptions::new(name, "1.0.0"))
        .unwrap_or_else(|error| panic!("{name} cannot be packed: {error}"));
    key().sign(&packed.unsigned).expect("an image that was just packed can be signed")
}

/// Images in memory, as the policy language asks for them. Their paths are their names.
#[derive(Default)]
pub struct ImageSet(Vec<Vec<u8>>);

impl ImageSet {
    /// Adds one image.
    pub fn add(&mut self, image: Vec<u8>) {
        self.0.push(image);
    }

    /// The bytes of the image that `facts` are of.
    ///
    /// # Panics
    /// If it is none of this set.
    #[must_use]
    pub fn bytes(&self, facts: &ImageFacts) -> Vec<u8> {
        self.0
            .iter()
            .find(|bytes| self::facts(bytes).path == facts.path)
            .cloned()
            .unwrap_or_else(|| panic!("no image {}", facts.name))
    }
}

impl Images for ImageSet {
    fn open(&self, path: &Path) -> Result<ImageFacts, String> {
        Err(format!("{} is a file, and tests name images", path.display()))
    }

    fn known(&self, _: &Path) -> Vec<ImageFacts> {
        self.0.iter().map(|bytes| facts(bytes)).collect()
    }

    fn verify(&self, image: &ImageFacts, key: &[u8; 32]) -> Result<(), String> {
        let bytes = self.bytes(image);
        let key = PublicKey::from_bytes(key).map_err(|error| error.to_string())?;
        let image = Image::parse(&bytes).map_err(|error| error.to_string())?;
        image.verify(&key).map(drop).map_err(|error| error.to_string())
    }
}

fn facts(bytes: &[u8]) -> ImageFacts {
    let image = Image::parse(bytes).expect("tests pack their images themselves");
    let manifest = image.manifest();
    ImageFacts {
        path: PathBuf::from(manifest.name),
        name: manifest.name.to_owned(),
        version: manifest.version.to_owned(),
        imports: manifest.imports.iter().map(|&import| import.to_owned()).collect(),
        memory: manifest.memory.initial,
        stack: manifest.stack,
    }
}
