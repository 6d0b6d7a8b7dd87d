//! Files in and out: errors that name the file, and outputs that are there as a whole or not at all.

use std::{
    fs::{self, Permissions},
    io::{ErrorKind, Write as _},
    path::Path,
};

use miette::{Result, miette};
use tempfile::{Builder, NamedTempFile};

/// Reads the whole file; `what` says what should be in it, for the error.
pub fn read(path: &Path, what: &str) -> Result<Vec<u8>> {
    let shown = path.display();
    fs::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => miette!(help = format!("give the path of {what}"), "{shown}: there is no such file"),
        ErrorKind::IsADirectory => miette!(help = format!("give the path of {what}"), "{shown} is a folder"),
        _ => miette!("{shown} cannot be read: {error}"),
    })
}

/// Like [`read`], for text.
pub fn read_text(path: &Path, what: &str) -> Result<String> {
    String::from_utf8(read(path, what)?)
        .map_err(|_| miette!(help = format!("give the path of {what}"), "{}: not a text file", path.display()))
}

/// Writes a file that may replace an older one: until the new one is complete, the old one stays.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    let file = beside(path, content, None)?;
    file.persist(path).map(drop).map_err(|error| refused(path, &error.error))
}

/// Writes a file that only its owner can read. One that is there already stays as it is.
pub fn write_secret(path: &Path, content: &[u8]) -> Result<()> {
    if path.exists() {
        return Err(occupied(path));
    }
    #[cfg(unix)]
    let mode = Some(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600));
    #[cfg(not(unix))]
    let mode = None;
    let file = beside(path, content, mode)?;
    file.persist_noclobber(path).map(drop).map_err(|error| match error.error.kind() {
        // Another process was faster.
        ErrorKind::AlreadyExists => occupied(path),
        _ => refused(path, &error.error),
    })
}

fn occupied(path: &Path) -> miette::Report {
    miette!(
        help = "give another path; whoever needs the old key could not sign any more",
        "{} exists already, and a key is never overwritten",
        path.display()
    )
}

/// A complete temporary file in the folder of `path`, so that renaming it is one step.
fn beside(path: &Path, content: &[u8], mode: Option<Permissions>) -> Result<NamedTempFile> {
    let shown = path.display();
    if path.is_dir() {
        return Err(miette!(help = "give the path of a file", "{shown} is a folder"));
    }
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(miette!(
            help = "make the folder first, or give another path",
            "{shown} cannot be written: there is no folder {}",
            folder.display()
        ));
    }
    let mut builder = Builder::new();
    builder.prefix(".locket-");
    #[cfg(unix)]
    builder.permissions(mode.unwrap_or_else(|| <Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666)));
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = builder.tempfile_in(folder).map_err(|error| refused(path, &error))?;
    file.write_all(content).and_then(|()| file.as_file().sync_all()).map_err(|error| refused(path, &error))?;
    Ok(file)
}

fn refused(path: &Path, error: &std::io::Error) -> miette::Report {
    // The temporary file's name, which some errors have, would tell the user nothing.
    miette!("{} cannot be written: {}", path.display(), error.kind())
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::{write, write_secret};

    #[test]
    fn a_secret_is_its_owners_alone_and_is_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        write_secret(&path, b"first").expect("the folder is there and empty");
        assert_eq!(fs::metadata(&path).expect("it was written").permissions().mode() & 0o777, 0o600);
        assert!(write_secret(&path, b"second").is_err());
        assert_eq!(fs::read(&path).expect("it is still there"), b"first");
        // A dangling link is not there for `exists`, but for the file system it is.
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("nowhere", &link).expect("a link");
        assert!(write_secret(&link, b"third").is_err());
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("image");
        write(&path, b"first").expect("the folder is there");
        write(&path, b"second").expect("it may be replaced");
        assert_eq!(fs::read(&path).expect("it was written"), b"second");
        assert!(write(folder.path(), b"third").is_err());
        assert!(write(&path.join("below"), b"fourth").is_err());
        assert_eq!(fs::read_dir(folder.path()).expect("the folder is there").count(), 1);
    }
}
