//! A package on disk: there as a whole or not at all.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use locket_sdk_generator::Package;
use miette::{Result, miette};

/// Says that a folder is this command's own, to be replaced when it runs again.
const MARK: &str = ".locket-sdk";

const MARK_TEXT: &str = "`locket sdk generate` wrote this folder and replaces all of it when it runs again.\n";

/// Writes `package` to `folder`, which may replace an older package there. Nothing else is ever replaced.
pub fn write(folder: &Path, package: &Package) -> Result<()> {
    let shown = folder.display();
    let old = folder.exists();
    if old && !ours(folder) {
        return Err(miette!(
            help = "give a new folder, or the one of an older package",
            "{shown} is there already, and `locket sdk generate` did not write it"
        ));
    }
    let parent = match folder.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    if !parent.is_dir() {
        return Err(miette!(
            help = "make the folder first, or give another path",
            "{shown} cannot be written: there is no folder {}",
            parent.display()
        ));
    }
    let failed = |error: io::Error| miette!("{shown} cannot be written: {}", error.kind());
    let new = tempfile::Builder::new().prefix(".locket-").tempdir_in(parent).map_err(failed)?;
    let content = new.path().join("new");
    fill(&content, package).map_err(failed)?;
    let replaced: PathBuf = new.path().join("old");
    if old {
        fs::rename(folder, &replaced).map_err(failed)?;
    }
    fs::rename(&content, folder).map_err(|error| {
        // Better the old package than none.
        if old {
            let _ = fs::rename(&replaced, folder);
        }
        failed(error)
    })
}

/// Whether a folder is an older package, or an empty folder.
fn ours(folder: &Path) -> bool {
    let empty = || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    folder.join(MARK).is_file() || empty()
}

fn fill(folder: &Path, package: &Package) -> io::Result<()> {
    for (path, text) in package.files().chain([(MARK, MARK_TEXT)]) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}
