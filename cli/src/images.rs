//! Images in files: reading them, showing them, and finding those that a policy names.

use std::{
    fs,
    path::{Path, PathBuf},
};

use locket_image::{Image, ImageError, Memory, PublicKey};
use locket_policy_lang::{Checked, ImageFacts, Images};
use miette::{MietteDiagnostic, Report, Result, miette};

use crate::{files, units};

/// Reads `bytes`, which stand in the file `path`, as an image.
pub fn parse<'b>(path: &Path, bytes: &'b [u8]) -> Result<Image<'b>> {
    Image::parse(bytes).map_err(|error| refusal(path, &error))
}

/// Says that `path` is refused, and what to do.
pub fn refusal(path: &Path, error: &ImageError) -> Report {
    MietteDiagnostic::new(format!("{}: {error}", path.display())).with_help(help(error)).into()
}

fn help(error: &ImageError) -> &'static str {
    match error {
        ImageError::NotWasm => "give an image, as `locket build` makes it",
        ImageError::Component | ImageError::NoManifest => "make an image of it with `locket build`",
        ImageError::NoSignature => "make the image again with `locket build`, which signs it",
        ImageError::OtherSigner { .. } => "ask whoever gave you the image for the key that it was signed with",
        ImageError::FalseSignature { .. } => "do not use the image; get it again from whoever made it",
        ImageError::UnknownFormat { .. } => "use the version of Locket that the image was made with, or a newer one",
        ImageError::UnexpectedEnd { .. } => "the copy is incomplete; get the image again from whoever made it",
        _ => "only `locket build` makes images; get it again from whoever made it",
    }
}

/// `2,384 bytes`, and whether it can grow.
pub fn memory(memory: Memory) -> String {
    let bytes = |bytes: u32| units::show(usize::try_from(bytes).unwrap_or(usize::MAX));
    match memory.maximum {
        maximum if maximum == memory.initial => bytes(memory.initial),
        u32::MAX => format!("{}, can grow without limit", bytes(memory.initial)),
        maximum => format!("{}, can grow to {}", bytes(memory.initial), bytes(maximum)),
    }
}

/// The image of each container of a checked policy, in the policy's order.
pub fn read_all(checked: &Checked) -> Result<Vec<Vec<u8>>> {
    checked.containers().iter().map(|container| files::read(&container.image.path, "an image")).collect()
}

/// The images that a policy can name: those beside it, and those in other folders.
#[derive(Debug)]
pub struct ImageFolder {
    folders: Vec<PathBuf>,
}

impl ImageFolder {
    /// Looks into `folders` too.
    pub fn new(folders: &[PathBuf]) -> Self {
        Self { folders: folders.to_vec() }
    }

    /// Makes sure that the folders are there: a mistyped one would only show as images that are missing.
    pub fn check(&self) -> Result<()> {
        match self.folders.iter().find(|folder| !folder.is_dir()) {
            None => Ok(()),
            Some(folder) => Err(miette!(
                help = "give a folder that holds images, as `locket build` makes them",
                "{}: there is no such folder",
                folder.display()
            )),
        }
    }
}

impl Images for ImageFolder {
    fn open(&self, path: &Path) -> Result<ImageFacts, String> {
        let bytes = files::read(path, "an image").map_err(|error| error.to_string())?;
        let image = Image::parse(&bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        let manifest = image.manifest();
        Ok(ImageFacts {
            path: path.to_owned(),
            name: manifest.name.to_owned(),
            version: manifest.version.to_owned(),
            imports: manifest.imports.iter().map(|&interface| interface.to_owned()).collect(),
            memory: manifest.memory.initial,
            stack: manifest.stack,
        })
    }

    fn known(&self, folder: &Path) -> Vec<ImageFacts> {
        let mut paths: Vec<PathBuf> =
            std::iter::once(folder).chain(self.folders.iter().map(PathBuf::as_path)).flat_map(modules_in).collect();
        paths.sort();
        paths.dedup();
        // Other files may lie beside a policy: modules that were not packed, for one.
        paths.iter().filter_map(|path| self.open(path).ok()).collect()
    }

    fn verify(&self, image: &ImageFacts, key: &[u8; 32]) -> Result<(), String> {
        let key = PublicKey::from_bytes(key).map_err(|error| error.to_string())?;
        let bytes = files::read(&image.path, "an image").map_err(|error| error.to_string())?;
        let image = Image::parse(&bytes).map_err(|error| error.to_string())?;
        image.verify(&key).map(drop).map_err(|error| error.to_string())
    }
}

/// The `.wasm` files in a folder; none if it cannot be read.
fn modules_in(folder: &Path) -> Vec<PathBuf> {
    let folder = if folder == Path::new("") { Path::new(".") } else { folder };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|ext| ext == "wasm")).collect()
}
