//! A flash that is a file.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

/// The image of a NOR flash. What was written or erased is on the disk when that returns.
pub(crate) struct FileFlash {
    medium: Medium,
    failure: Failure,
}

enum Medium {
    Memory(Vec<u8>),
    File { file: File, bytes: usize },
}

/// What the system said when a flash failed last: more than the flash's own error can tell.
#[derive(Clone, Default)]
pub(crate) struct Failure(Arc<Mutex<Option<io::Error>>>);

impl Failure {
    /// What was said, once.
    pub(crate) fn take(&self) -> Option<io::Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl FileFlash {
    /// One of `bytes` bytes, which is lost with the process.
    pub(crate) fn in_memory(bytes: usize) -> Self {
        Self { medium: Medium::Memory(vec![0; bytes]), failure: Failure::default() }
    }

    /// One whose first `bytes` bytes are those of `file`, which has as many.
    pub(crate) fn in_file(file: File, bytes: usize) -> Self {
        Self { medium: Medium::File { file, bytes }, failure: Failure::default() }
    }

    /// What will have been said, also after a store was given the flash.
    pub(crate) fn failure(&self) -> Failure {
        self.failure.clone()
    }

    fn told(&self, result: io::Result<()>) -> Result<(), NorFlashErrorKind> {
        result.map_err(|error| {
            *self.failure.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            NorFlashErrorKind::Other
        })
    }

    fn put(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        match &mut self.medium {
            Medium::Memory(memory) => {
                let place = memory.get_mut(offset as usize..).and_then(|rest| rest.get_mut(..bytes.len()));
                place.ok_or(NorFlashErrorKind::OutOfBounds)?.copy_from_slice(bytes);
                Ok(())
            }
            Medium::File { file, .. } => {
                let written = file.write_all_at(bytes, offset.into()).and_then(|()| file.sync_data());
                self.told(written)
            }
        }
    }
}

impl ErrorType for FileFlash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for FileFlash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        match &self.medium {
            Medium::Memory(memory) => {
                let place = memory.get(offset as usize..).and_then(|rest| rest.get(..bytes.len()));
                bytes.copy_from_slice(place.ok_or(NorFlashErrorKind::OutOfBounds)?);
                Ok(())
            }
            Medium::File { file, .. } => self.told(file.read_exact_at(bytes, offset.into())),
        }
    }

    fn capacity(&self) -> usize {
        match &self.medium {
            Medium::Memory(memory) => memory.len(),
            Medium::File { bytes, .. } => *bytes,
        }
    }
}

impl NorFlash for FileFlash {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 4096;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        self.put(from, &vec![0xff; (to - from) as usize])
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        self.put(offset, bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use super::*;

    #[test]
    fn a_full_disk_is_told_as_such() {
        // Everything that is written to it fails with "no space left on device".
        let file = OpenOptions::new().read(true).write(true).open("/dev/full").unwrap();
        let mut full = FileFlash::in_file(file, 4096);
        assert_eq!(full.put(0, &[0; 4]), Err(NorFlashErrorKind::Other));
        let said = full.failure().take().unwrap();
        assert_eq!(said.kind(), io::ErrorKind::StorageFull);
    }
}
