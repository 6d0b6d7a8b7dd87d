//! Which files make up which package, and in which order packages resolve.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use wit_parser::{Resolve, SourceMap, UnresolvedPackageGroup};

use super::{Model, check, error::Error};

/// WIT files, grouped by folder: one folder, one package.
#[derive(Default)]
pub(crate) struct Packages {
    /// Folder → files in it; the order makes results independent of the file system's.
    folders: BTreeMap<PathBuf, BTreeMap<PathBuf, String>>,
}

impl Packages {
    /// Adds `directory` and the folders below it.
    pub(crate) fn add_directory(&mut self, directory: &Path) -> Result<(), Error> {
        let failed = |source| Error::Read { path: directory.to_owned(), source };
        for entry in fs::read_dir(directory).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                self.add_directory(&path)?;
            } else if path.extension().is_some_and(|extension| extension == "wit") {
                let text = fs::read_to_string(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
                self.add_file(&path, text);
            }
        }
        Ok(())
    }

    /// Adds one file; its folder says which package it belongs to.
    pub(crate) fn add_file(&mut self, path: &Path, text: String) {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        self.folders.entry(folder).or_default().insert(path.to_owned(), text);
    }

    /// Resolves the packages and holds them against the rules.
    pub(crate) fn check(&self) -> Result<Model, Error> {
        check::model(self)
    }

    /// All files, for build scripts to watch.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        self.folders.values().flat_map(BTreeMap::keys).cloned().collect()
    }

    /// Parses every package and resolves what they use of each other.
    pub(super) fn resolve(&self) -> Result<Resolve, Error> {
        let mut groups: Vec<UnresolvedPackageGroup> = Vec::new();
        let mut texts: Vec<Vec<&String>> = Vec::new();
        for files in self.folders.values() {
            let mut sources = SourceMap::new();
            for (path, text) in files {
                sources.push(path, text);
            }
            let group = sources.parse().map_err(|(sources, error)| Error::Wit(error.render(&sources)))?;
            let text: Vec<&String> = files.values().collect();
            // A vendor's `deps` folder often holds copies of what stands elsewhere.
            let copy = groups
                .iter()
                .zip(&texts)
                .any(|(other, other_text)| other.main.name == group.main.name && *other_text == text);
            if !copy {
                groups.push(group);
                texts.push(text);
            }
        }
        let mut groups = groups.into_iter();
        let first = groups.next().ok_or(Error::NoPackages)?;
        let mut resolve = Resolve::new();
        resolve.push_groups(first, groups.collect()).map_err(|error| Error::Wit(error.render(&resolve.source_map)))?;
        Ok(resolve)
    }
}
