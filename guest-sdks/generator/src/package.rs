//! A package in memory: what a generator returns and the command writes.

use std::collections::BTreeMap;

/// Files of one package, by their path in it (with `/`), in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    files: BTreeMap<String, String>,
}

impl Package {
    /// Adds a file.
    ///
    /// # Panics
    /// If two files have the same path, which a generator's own names rule out.
    pub(crate) fn add(&mut self, path: impl Into<String>, text: impl Into<String>) {
        let path = path.into();
        let twice = self.files.insert(path.clone(), text.into());
        assert!(twice.is_none(), "{path} is generated twice");
    }

    /// This package with all of `other` in the folder `folder` of it.
    ///
    /// # Panics
    /// If the folder has files already.
    #[must_use]
    pub fn with_folder(mut self, folder: &str, other: &Self) -> Self {
        for (path, text) in &other.files {
            self.add(format!("{folder}/{path}"), text.as_str());
        }
        self
    }

    /// Paths and texts.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The text of one file.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }
}
