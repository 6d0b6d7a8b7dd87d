//! Logs of records that survive a restart, by the labels under which the policy grants them.

pub use crate::bindings::locket::storage::log::{Entry, Error, Records, Span};

impl Records {
    /// Reads the records from number `cursor` on; from 0: all that there are.
    #[must_use]
    pub fn reader(&self, cursor: u64) -> Reader<'_> {
        Reader { records: self, cursor }
    }
}

/// A place in a log. Records that went before they were read are passed over; the next number shows how many.
#[derive(Debug)]
pub struct Reader<'r> {
    records: &'r Records,
    cursor: u64,
}

impl Reader<'_> {
    /// The number from which on it reads next: to be kept, for example in a bucket, to go on after a restart.
    #[must_use]
    pub fn cursor(&self) -> u64 {
        self.cursor
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.records.read(self.cursor).transpose()?;
        if let Ok(entry) = &entry {
            self.cursor = entry.number.saturating_add(1);
        }
        Some(entry)
    }
}
