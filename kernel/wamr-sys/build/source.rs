//! Finds the folder of the pinned WAMR source.
//!
//! The package `wamrx-sys` carries it. `Cargo.lock` pins that package by checksum; cargo has checked the
//! download when this script reads it.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

/// The package that carries the source.
const PACKAGE: &str = "wamrx-sys";
/// The lines of `core/version.h` that say that it is the release that this crate was written for.
const RELEASE: [&str; 3] =
    ["#define WAMR_VERSION_MAJOR 2", "#define WAMR_VERSION_MINOR 4", "#define WAMR_VERSION_PATCH 3"];

/// Why there is no source to build; `Display` says what to do about it.
#[derive(Debug)]
pub(crate) enum Missing {
    /// Cargo could not tell where the package is.
    Metadata(cargo_metadata::Error),
    /// Cargo does not know the package.
    Package,
    /// The package's folder lacks the source.
    Folder(PathBuf),
    /// The source is of another release.
    Release(PathBuf),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metadata(error) => write!(
                f,
                "cannot find the WAMR source, which the package `{PACKAGE}` carries: {error}\n\
                 help: run `cargo fetch --locked` once while online; it downloads all that Cargo.lock names"
            ),
            Self::Package => write!(
                f,
                "cargo does not know the package `{PACKAGE}`, which carries the WAMR source\n\
                 help: keep it in kernel/wamr-sys/Cargo.toml under [target.'cfg(any())'.dependencies]"
            ),
            Self::Folder(folder) => write!(
                f,
                "no WAMR source at {}\n\
                 help: remove that package's folder and run `cargo fetch --locked` while online",
                folder.display()
            ),
            Self::Release(file) => write!(
                f,
                "{} is not of WAMR 2.4.3\n\
                 help: this crate's patches and declarations are for that release; review them first",
                file.display()
            ),
        }
    }
}

impl std::error::Error for Missing {}

/// The folder that holds `core/`.
///
/// Asks cargo offline first. A plain `cargo build` on a fresh machine downloads only what it compiles, which
/// this package is not; then cargo is asked again, and downloads it.
pub(crate) fn find(manifest_folder: &Path) -> Result<PathBuf, Missing> {
    let manifest = manifest_folder.join("Cargo.toml");
    let ask = |options: &[&str]| {
        let options = options.iter().map(ToString::to_string).collect::<Vec<_>>();
        MetadataCommand::new().manifest_path(&manifest).other_options(options).exec()
    };
    let metadata = ask(&["--offline", "--locked"]).or_else(|_| ask(&["--locked"])).map_err(Missing::Metadata)?;
    let package = metadata.packages.iter().find(|package| package.name.as_str() == PACKAGE).ok_or(Missing::Package)?;
    let folder = package.manifest_path.as_std_path().parent().unwrap_or(Path::new("")).join("wasm-micro-runtime");
    let version = folder.join("core/version.h");
    let text = fs::read_to_string(&version).map_err(|_| Missing::Folder(folder.clone()))?;
    if RELEASE.iter().all(|line| text.lines().any(|found| found == *line)) {
        Ok(folder)
    } else {
        Err(Missing::Release(version))
    }
}
