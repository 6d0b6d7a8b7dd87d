//! The WIT that modules are checked against.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use locket_bindgen::model::{self, Authority, Interface, Model};
use semver::Version;
use thiserror::Error;
use wit_parser::{InterfaceId, PackageName, Resolve};

/// Locket's own WIT packages, as pairs of path and text, from the folder `wit` of this version's sources.
pub const EMBEDDED_WIT: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/wit_files.rs"));

/// The interfaces that a module may import, and the worlds that it may fit.
#[derive(Debug)]
pub struct Wit {
    model: Model,
}

/// Why WIT cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WitError {
    /// A file or folder cannot be read.
    #[error("`{}` cannot be read", .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder has no WIT in it.
    #[error("`{}` holds no `.wit` files", .folder.display())]
    Nothing {
        /// The folder.
        folder: PathBuf,
    },
    /// The WIT is wrong.
    #[error(transparent)]
    Model(#[from] model::Error),
}

impl Wit {
    /// Locket's own packages.
    pub fn embedded() -> Result<Self, WitError> {
        Self::with_files(&[])
    }

    /// Locket's own packages and those in `folder`, such as a vendor's.
    pub fn with_folder(folder: &Path) -> Result<Self, WitError> {
        let mut files = Vec::new();
        read(folder, &mut files)?;
        if files.is_empty() {
            return Err(WitError::Nothing { folder: folder.to_owned() });
        }
        Self::with_files(&files)
    }

    fn with_files(files: &[(String, String)]) -> Result<Self, WitError> {
        // A folder is a package, so ours must not have the name of one that is read.
        let ours: Vec<_> = EMBEDDED_WIT.iter().map(|(path, text)| (format!("<locket>/{path}"), *text)).collect();
        let ours = ours.iter().map(|(path, text)| (path.as_str(), *text));
        let theirs = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        Ok(Self { model: model::load_embedded(&ours.chain(theirs).collect::<Vec<_>>())? })
    }

    /// The names of all interfaces that a module may import, in alphabetical order.
    #[must_use]
    pub fn importable(&self) -> Vec<String> {
        let mut names: Vec<_> = self.offered().map(|interface| interface.name.clone()).collect();
        names.sort();
        names
    }

    pub(super) fn resolve(&self) -> &Resolve {
        self.model.resolve()
    }

    pub(super) fn offered(&self) -> impl Iterator<Item = &Interface> {
        self.model.interfaces().iter().filter(|interface| interface.authority != Authority::Unstated)
    }

    /// The interface that can stand for `name`: the same, in the same or a compatible version.
    pub(super) fn compatible(&self, name: &str) -> Option<&Interface> {
        let same = |interface: &&Interface| interface.name == name;
        let compatible = |interface: &&Interface| compatible(&interface.name, name);
        let interfaces = self.model.interfaces();
        interfaces.iter().find(same).or_else(|| interfaces.iter().find(compatible))
    }

    /// The interface of the same name in whatever version.
    pub(super) fn any_version(&self, name: &str) -> Option<&Interface> {
        self.model.interfaces().iter().find(|interface| without_version(&interface.name) == without_version(name))
    }

    pub(super) fn id(&self, interface: &Interface) -> Option<InterfaceId> {
        let resolve = self.resolve();
        let found = resolve.interfaces.iter().find(|(id, _)| resolve.id_of(*id).as_ref() == Some(&interface.name));
        found.map(|(id, _)| id)
    }
}

/// `wasi:io/poll` of `wasi:io/poll@0.2.0`.
pub(super) fn without_version(name: &str) -> &str {
    name.split_once('@').map_or(name, |(name, _)| name)
}

/// Whether a guest that was built for `wanted` may use `known`: equal names, versions on the same track.
fn compatible(known: &str, wanted: &str) -> bool {
    let track = |name: &str| {
        let version = Version::parse(name.split_once('@')?.1).ok()?;
        Some(PackageName::version_compat_track(&version).0)
    };
    without_version(known) == without_version(wanted) && track(known).is_some() && track(known) == track(wanted)
}

fn read(folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), WitError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| WitError::Read { path, source }
    };
    let entries = fs::read_dir(folder).map_err(failed(folder))?;
    for entry in entries {
        let path = entry.map_err(failed(folder))?.path();
        if path.is_dir() {
            read(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "wit") {
            let text = fs::read_to_string(&path).map_err(failed(&path))?;
            files.push((path.display().to_string(), text));
        }
    }
    Ok(())
}
