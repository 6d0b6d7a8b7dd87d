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
    if folder.exists() && !ours(folder) {
        return Err(miette!(
            help = "give a new folder, or the one of an older package",
            "{} is there already, and `locket sdk generate` did not write it",
            folder.display()
        ));
    }
    place(folder, |content| fill(content, package))
}

/// Writes `package` to `folder`, which must not be there, with an SDK in a folder of it.
pub fn write_new(folder: &Path, package: &Package, (name, sdk): (&str, &Package)) -> Result<()> {
    if folder.exists() {
        return Err(miette!(help = "give another name", "{} is there already", folder.display()));
    }
    place(folder, |content| {
        files(content, package.files())?;
        fill(&content.join(name), sdk)
    })
}

/// Makes `folder` what `fill` makes of a folder that is not there, in one step.
fn place(folder: &Path, fill: impl FnOnce(&Path) -> io::Result<()>) -> Result<()> {
    let shown = folder.display();
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
    fill(&content).map_err(failed)?;
    let replaced: PathBuf = new.path().join("old");
    let old = folder.exists();
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

/// A package with the mark that says so.
fn fill(folder: &Path, package: &Package) -> io::Result<()> {
    files(folder, package.files().chain([(MARK, MARK_TEXT)]))
}

fn files<'p>(folder: &Path, files: impl Iterator<Item = (&'p str, &'p str)>) -> io::Result<()> {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}
