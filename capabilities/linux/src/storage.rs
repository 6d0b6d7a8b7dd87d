//! Buckets and logs of the Linux board: the portable store, on a flash that is a file or memory.
//!
//! ```toml
//! [kv.soil]
//! size = "4 KiB"          # bytes that it may hold; 4 KiB if nothing is said
//! keys = 32               # keys that it may hold; 64
//! directory = "state"     # where it is kept; in memory if nothing is said, and then lost when the process ends
//!
//! [record-log.events]
//! size = "16 KiB"
//! records = 100
//! ```
//!
//! Each object has a file of its own, the image of a flash: what holds on a microcontroller holds here, and what was
//! written is on the disk when the call returns.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use embedded_storage::nor_flash::NorFlash;
use locket_storage::{Buckets, KeyValue, Layout, Logs, MountError, RecordLog, Refused, Size, Store};
use serde::Deserialize;

use crate::file_flash::FileFlash;

/// Keys or records that an object may be made for.
const MAX_ENTRIES: u16 = 256;

/// Bytes that an object may be made for.
const MAX_SIZE: u32 = 16 << 20;

/// The tables of a board file that describe storage.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct StorageTables {
    /// Buckets by object name.
    pub kv: BTreeMap<String, Object>,
    /// Logs by object name.
    pub record_log: BTreeMap<String, Object>,
}

/// One bucket or log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ObjectText")]
pub struct Object {
    /// Bytes that it may hold.
    pub size: u32,
    /// Keys or records that it may hold.
    pub entries: u16,
    /// The folder of its file; `None`: it is in memory.
    pub directory: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectText {
    size: Option<String>,
    keys: Option<u16>,
    records: Option<u16>,
    directory: Option<PathBuf>,
}

impl TryFrom<ObjectText> for Object {
    type Error = String;

    fn try_from(text: ObjectText) -> Result<Self, String> {
        let ObjectText { size, keys, records, directory } = text;
        let size = size.as_deref().map_or(Ok(4 << 10), bytes)?;
        let entries = match (keys, records) {
            (Some(_), Some(_)) => return Err("a bucket has `keys`, a log has `records`; none has both".to_owned()),
            (keys, records) => keys.or(records).unwrap_or(64),
        };
        if !(1..=MAX_ENTRIES).contains(&entries) {
            return Err(format!("{entries} keys or records are not possible; write a number from 1 to {MAX_ENTRIES}"));
        }
        Ok(Self { size, entries, directory })
    }
}

/// A size such as `4 KiB`.
fn bytes(text: &str) -> Result<u32, String> {
    let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("B", 1)];
    let parsed = units.iter().find_map(|(unit, factor)| {
        let number: u32 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        number.checked_mul(*factor).filter(|bytes| (1..=MAX_SIZE).contains(bytes))
    });
    parsed
        .ok_or_else(|| format!("size `{text}` is not possible; write for example \"512 B\" or \"4 KiB\", up to 16 MiB"))
}

impl StorageTables {
    /// Takes relative directories as relative to `folder`, where the board file is.
    pub(crate) fn resolve(&mut self, folder: &Path) {
        for object in self.kv.values_mut().chain(self.record_log.values_mut()) {
            object.directory = object.directory.take().map(|directory| folder.join(directory));
        }
    }
}

/// Why a board's storage cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A folder cannot be made or used.
    #[error("storage directory {}: {source}; name one in which this process may make files", path.display())]
    Directory {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file cannot be made, read or written; for example because the disk is full.
    #[error("storage {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process uses it.
    #[error("storage {}: another process is using it", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It is no image of a flash of this size.
    #[error(
        "storage {}: it was made for another size or number of entries; put the board file's table back as it was, or \
         remove the file to begin with an empty one", path.display()
    )]
    OtherSize {
        /// The file.
        path: PathBuf,
    },
    /// What is in it cannot be read.
    #[error("storage {}: {source}; remove it to begin with an empty one", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the store said.
        source: MountError,
    },
}

type ObjectStore = Store<'static, parking_lot::RawMutex, FileFlash, 1, 1, { MAX_ENTRIES as usize }>;

/// The buckets and logs of one board. An object number is a place in the board file's alphabetical order.
pub struct Storage {
    buckets: Vec<(String, ObjectStore)>,
    logs: Vec<(String, ObjectStore)>,
}

impl Storage {
    /// Opens what `tables` describe, and makes what is not there yet.
    pub(crate) fn open(tables: &StorageTables) -> Result<Self, StorageError> {
        let buckets = tables.kv.iter().map(|(name, object)| {
            let size = Size { bytes: object.size, entries: object.entries };
            Ok((name.clone(), open(object, &format!("{name}.kv.flash"), &Layout { buckets: &[size], logs: &[] })?))
        });
        let logs = tables.record_log.iter().map(|(name, object)| {
            let size = Size { bytes: object.size, entries: object.entries };
            let layout = Layout { buckets: &[], logs: &[size] };
            Ok((name.clone(), open(object, &format!("{name}.record-log.flash"), &layout)?))
        });
        Ok(Self { buckets: buckets.collect::<Result<_, _>>()?, logs: logs.collect::<Result<_, _>>()? })
    }

    /// The object number of the bucket called `name`.
    pub(crate) fn find_bucket(&self, name: &str) -> Option<u32> {
        position(&self.buckets, name)
    }

    /// The object number of the log called `name`.
    pub(crate) fn find_log(&self, name: &str) -> Option<u32> {
        position(&self.logs, name)
    }
}

fn position(stores: &[(String, ObjectStore)], name: &str) -> Option<u32> {
    stores.iter().position(|(known, _)| known == name).and_then(|place| u32::try_from(place).ok())
}

fn store(stores: &[(String, ObjectStore)], object: u32) -> Result<&ObjectStore, Refused> {
    stores.get(object as usize).map(|(_, store)| store).ok_or(Refused::Failed)
}

impl Buckets for Storage {
    fn with_bucket<T>(
        &self,
        object: u32,
        f: impl FnOnce(&mut dyn KeyValue) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        store(&self.buckets, object)?.with_bucket(0, f)
    }
}

impl Logs for Storage {
    fn with_log<T>(&self, object: u32, f: impl FnOnce(&mut dyn RecordLog) -> Result<T, Refused>) -> Result<T, Refused> {
        store(&self.logs, object)?.with_log(0, f)
    }
}

/// Opens the store of one object, or makes it. A file that could not be made is removed.
fn open(object: &Object, file_name: &str, layout: &Layout<'_>) -> Result<ObjectStore, StorageError> {
    let capacity = layout.pages::<FileFlash>() as usize * FileFlash::ERASE_SIZE;
    let buffer = vec![0; ObjectStore::BUFFER].leak();
    let Some(directory) = &object.directory else {
        let flash = FileFlash::in_memory(capacity);
        let damaged = |source| StorageError::Damaged { path: file_name.into(), source };
        return ObjectStore::mount(flash, layout, buffer).map_err(damaged);
    };
    let path = directory.join(file_name);
    let made = !path.exists();
    let opened = open_file(directory, &path, capacity as u64).and_then(|file| {
        let flash = FileFlash::in_file(file, capacity);
        let failure = flash.failure();
        ObjectStore::mount(flash, layout, buffer).map_err(|error| match (failure.take(), error) {
            (Some(source), _) => StorageError::File { path: path.clone(), source },
            (None, MountError::OtherLayout) => StorageError::OtherSize { path: path.clone() },
            (None, source) => StorageError::Damaged { path: path.clone(), source },
        })
    });
    if made && matches!(&opened, Err(error) if !matches!(error, StorageError::InUse { .. })) {
        // It is not known whether it came to be; if it cannot be removed, it is formatted the next time.
        let _ = fs::remove_file(&path);
    }
    opened
}

fn open_file(directory: &Path, path: &Path, capacity: u64) -> Result<File, StorageError> {
    let failed = |source| StorageError::File { path: path.to_owned(), source };
    let no_directory = |source| StorageError::Directory { path: directory.to_owned(), source };
    fs::create_dir_all(directory).map_err(no_directory)?;
    let mut options = OpenOptions::new();
    let file = options.read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => StorageError::InUse { path: path.to_owned() },
        TryLockError::Error(source) => StorageError::File { path: path.to_owned(), source },
    })?;
    let length = file.metadata().map_err(failed)?.len();
    if length == 0 {
        // Formatting it then writes every page, so that a disk that is too full is noticed now and not by a container.
        file.set_len(capacity).map_err(failed)?;
        // The name of the new file is to survive too.
        File::open(directory).and_then(|directory| directory.sync_all()).map_err(no_directory)?;
    } else if length != capacity {
        return Err(StorageError::OtherSize { path: path.to_owned() });
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use locket_storage::Change;

    use super::*;

    fn tables(directory: Option<&Path>) -> StorageTables {
        let object = Object { size: 1000, entries: 10, directory: directory.map(Path::to_owned) };
        StorageTables {
            kv: [("soil".to_owned(), object.clone())].into(),
            record_log: [("events".to_owned(), object)].into(),
        }
    }

    fn set(storage: &Storage, value: &[u8]) -> Result<(), Refused> {
        storage.with_bucket(0, |bucket| bucket.commit(&[Change { key: "key", value: Some(value) }], None))
    }

    fn length(storage: &Storage) -> Option<usize> {
        storage.with_bucket(0, |bucket| bucket.len_of("key")).unwrap()
    }

    #[test]
    fn what_is_in_a_directory_is_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let tables = tables(Some(&folder.path().join("new/state")));
        let storage = Storage::open(&tables).unwrap();
        set(&storage, b"123").unwrap();
        assert_eq!(storage.with_log(0, |log| log.append(b"one", None)), Ok(0));
        assert!(matches!(Storage::open(&tables), Err(StorageError::InUse { .. })));
        drop(storage);
        let storage = Storage::open(&tables).unwrap();
        assert_eq!(length(&storage), Some(3));
        assert_eq!(storage.with_log(0, |log| Ok(log.span().next)), Ok(1));
    }

    #[test]
    fn what_is_in_memory_is_not() {
        let storage = Storage::open(&tables(None)).unwrap();
        set(&storage, b"123").unwrap();
        assert_eq!(length(&storage), Some(3));
        assert_eq!(length(&Storage::open(&tables(None)).unwrap()), None);
    }

    #[test]
    fn another_size_and_another_file_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut tables = tables(Some(folder.path()));
        drop(Storage::open(&tables).unwrap());
        tables.kv.get_mut("soil").unwrap().entries = 11;
        let error = Storage::open(&tables).err().unwrap();
        assert!(error.to_string().contains("soil.kv.flash: it was made for another size"), "{error}");
        fs::write(folder.path().join("soil.kv.flash"), "not a flash").unwrap();
        assert!(matches!(Storage::open(&tables), Err(StorageError::OtherSize { .. })));
    }

    #[test]
    fn a_directory_that_cannot_be_used_is_an_error_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Storage::open(&tables(Some(&file))).err().unwrap();
        assert!(error.to_string().starts_with(&format!("storage directory {}: ", file.display())), "{error}");
    }

    #[test]
    fn tables_say_how_large_an_object_is() {
        let parse = |text: &str| toml_edit::de::from_str::<BTreeMap<String, Object>>(text).map_err(|e| e.to_string());
        let parsed = parse("[a]\nsize = \"2 KiB\"\nkeys = 5\ndirectory = \"x\"\n[b]\nrecords = 7\n").unwrap();
        assert_eq!(parsed["a"], Object { size: 2048, entries: 5, directory: Some("x".into()) });
        assert_eq!(parsed["b"], Object { size: 4096, entries: 7, directory: None });
        for (text, part) in [
            ("[a]\nsize = \"2 KB\"", "write for example"),
            ("[a]\nsize = \"0 B\"", "write for example"),
            ("[a]\nsize = \"17 MiB\"", "write for example"),
            ("[a]\nkeys = 0", "from 1 to 256"),
            ("[a]\nkeys = 1\nrecords = 1", "none has both"),
            ("[a]\nfolder = \"x\"", "unknown field `folder`"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
