//! The board file: which simulated devices there are and how they behave.
//!
//! One table per object, `[<grant word>.<object>]`. What may stand in a table is said where the devices are simulated:
//! pins in [`locket_gpio::board_file`], storage in [`StorageTables`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use locket_gpio::board_file::{Drive, PinTables, Signal};
use serde::Deserialize;

use crate::storage::{Object, StorageTables};

/// What stands in a board file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct BoardFile {
    /// Digital inputs and outputs.
    pub pins: PinTables,
    /// Buckets and logs.
    pub storage: StorageTables,
}

/// The tables by grant word. Each kind of device takes its own out of here; flattening them into one another would
/// lose the places that errors name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Tables {
    #[serde(default)]
    digital_in: BTreeMap<String, Signal>,
    #[serde(default)]
    digital_out: BTreeMap<String, Drive>,
    #[serde(default)]
    kv: BTreeMap<String, Object>,
    #[serde(default)]
    record_log: BTreeMap<String, Object>,
}

/// Why a board file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// The file cannot be read.
    #[error("board file {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is not a board description; the message names line and column.
    #[error("board file {}: {message}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
}

impl BoardFile {
    /// Reads and checks the file at `path`. Directories in it are relative to the file's own.
    pub fn load(path: &Path) -> Result<Self, BoardError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| BoardError::Unreadable { path: path.to_owned(), source })?;
        let mut file = Self::parse(&text).map_err(|message| BoardError::Invalid { path: path.to_owned(), message })?;
        file.storage.resolve(path.parent().unwrap_or(Path::new("")));
        Ok(file)
    }

    /// Checks the text of a board file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Tables { digital_in, digital_out, kv, record_log } =
            toml_edit::de::from_str(text).map_err(|error| error.to_string())?;
        let pins = PinTables { digital_in, digital_out };
        pins.check()?;
        Ok(Self { pins, storage: StorageTables { kv, record_log } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_all_kinds_are_read_and_checked() {
        let file = BoardFile::parse("[digital-in.a]\n[digital-out.v]\n").unwrap();
        assert!(file.pins.digital_in.contains_key("a") && file.pins.digital_out.contains_key("v"));
        for (text, part) in [
            ("[analogue.a]", "unknown field `analogue`"),
            ("[digital-in.a]\ncolour = 1", "line 2, column 1"),
            ("[digital-in.a]\nfollows = \"b\"", "no [digital-out.b]"),
        ] {
            let error = BoardFile::parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
