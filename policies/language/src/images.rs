//! What the policy says of images, against what the images say of themselves.

use std::path::{Path, PathBuf};

use locket_policy::VersionRange;

use crate::{
    diagnostics::{Notes, Span, list},
    requirement,
    suggest::did_you_mean,
};

/// What an image says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageFacts {
    /// The file.
    pub path: PathBuf,
    /// The manifest's name.
    pub name: String,
    /// The manifest's semantic version.
    pub version: String,
    /// The interfaces that it imports, versions included: `locket:gpio/digital@0.1.0`.
    pub imports: Vec<String>,
    /// Bytes of its linear memory at the start.
    pub memory: u32,
    /// Bytes of engine stack that it asks for; 0 if it does not say.
    pub stack: u32,
}

/// Where images come from. The command reads and verifies files; tests have a list.
///
/// A relative path in a policy is relative to the policy's folder, and arrives here already joined with it.
pub trait Images {
    /// The image in this file, or why there is none.
    fn open(&self, path: &Path) -> Result<ImageFacts, String>;

    /// The images that can be named by name and version, because they lie beside the policy in `folder` or where else
    /// the caller looks.
    fn known(&self, folder: &Path) -> Vec<ImageFacts>;

    /// Whether `image` bears a valid signature by the ed25519 key `key`; if not, what is wrong.
    fn verify(&self, image: &ImageFacts, key: &[u8; 32]) -> Result<(), String>;
}

/// What `image = "…"` refers to.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub facts: ImageFacts,
    pub versions: VersionRange,
}

/// Finds the image that a policy names by path (`"soil.wasm"`, `"images/soil.wasm"`) or by name and version
/// requirement (`"soil-sensor@1.2"`).
pub(crate) fn find(text: &str, span: &Span, folder: &Path, images: &dyn Images, notes: &mut Notes) -> Option<Found> {
    if text.contains('/') || Path::new(text).extension().is_some_and(|extension| extension == "wasm") {
        return match images.open(&folder.join(text)) {
            Ok(facts) => Some(Found { facts, versions: VersionRange::ANY }),
            Err(error) => {
                notes.error(span, format!("the image cannot be used: {error}"));
                None
            }
        };
    }
    let (name, versions) = match text.split_once('@') {
        Some((name, required)) => match requirement::parse(required) {
            Ok(versions) => (name, versions),
            Err(error) => {
                notes
                    .error(span, error)
                    .help("write a requirement such as \"soil-sensor@1.2\" or \"soil-sensor@=1.2.3\"");
                return None;
            }
        },
        None => (text, requirement::ANY_RELEASE),
    };
    by_name(name, versions, span, folder, images, notes)
}

fn by_name(
    name: &str,
    versions: VersionRange,
    span: &Span,
    folder: &Path,
    images: &dyn Images,
    notes: &mut Notes,
) -> Option<Found> {
    let known = images.known(folder);
    let of_name: Vec<&ImageFacts> = known.iter().filter(|image| image.name == name).collect();
    if of_name.is_empty() {
        let help = did_you_mean(name, known.iter().map(|image| image.name.as_str()));
        let help = help.unwrap_or_else(|| "put its file beside the policy, or name the file by its path".to_owned());
        notes.error(span, format!("there is no image called `{name}`")).help(help);
        return None;
    }
    let newest = of_name
        .iter()
        .filter(|image| versions.takes(&image.version))
        .max_by_key(|image| locket_policy::Version::parse(&image.version));
    if newest.is_none() {
        let there = list(of_name.iter().map(|image| &image.version), "and");
        notes
            .error(span, format!("no version of `{name}` meets the requirement"))
            .help(format!("the versions here: {there}"));
    }
    newest.map(|&facts| Found { facts: facts.clone(), versions })
}
