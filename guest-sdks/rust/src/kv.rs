//! Buckets: values under keys that survive a restart, by the labels under which the policy grants them.

use alloc::string::String;
use alloc::vec;

pub use crate::bindings::locket::storage::kv::{Bucket, Change, Error, KeyPage};

impl Bucket {
    /// All keys, asked for a page at a time. A key that is set or deleted meanwhile may be among them or not.
    #[must_use]
    pub fn keys(&self) -> Keys<'_> {
        Keys { bucket: self, page: vec::Vec::new().into_iter(), cursor: None, is_last: false }
    }
}

/// See [`Bucket::keys`].
#[derive(Debug)]
pub struct Keys<'b> {
    bucket: &'b Bucket,
    page: vec::IntoIter<String>,
    /// What to ask for the next page with.
    cursor: Option<u32>,
    is_last: bool,
}

impl Iterator for Keys<'_> {
    type Item = Result<String, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(key) = self.page.next() {
                return Some(Ok(key));
            }
            if self.is_last {
                return None;
            }
            match self.bucket.list_keys(self.cursor) {
                Ok(KeyPage { keys, cursor }) => {
                    self.page = keys.into_iter();
                    self.cursor = cursor;
                    self.is_last = cursor.is_none();
                }
                Err(error) => {
                    self.is_last = true;
                    return Some(Err(error));
                }
            }
        }
    }
}
