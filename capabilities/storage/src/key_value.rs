//! What can be done with a bucket, whatever keeps it.

use crate::error::Refused;

/// Bytes of the longest key (`wit/storage`).
pub const MAX_KEY: usize = 64;

/// Bytes of the longest value (`wit/storage`).
pub const MAX_VALUE: usize = 1024;

/// Most changes of a batch (`wit/storage`).
pub const MAX_CHANGES: usize = 16;

/// Most bytes of keys and values in a batch of several changes (`wit/storage`).
pub const MAX_BATCH: usize = 1024;

/// Bytes that a key occupies beside its own and those of its value (`wit/storage`).
pub const KEY_OVERHEAD: u32 = 16;

/// One change of a bucket: the key, and its new value or `None` to delete it.
#[derive(Clone, Copy, Debug)]
pub struct Change<'c> {
    /// The key.
    pub key: &'c str,
    /// Its new value.
    pub value: Option<&'c [u8]>,
}

impl Change<'_> {
    /// Whether key and value have a size that they may have.
    pub(crate) fn check(&self) -> Result<(), Refused> {
        let fits = check_key(self.key).is_ok() && self.value.is_none_or(|value| value.len() <= MAX_VALUE);
        if fits { Ok(()) } else { Err(Refused::InvalidSize) }
    }
}

/// Whether `key` has a size that a key may have.
pub(crate) fn check_key(key: &str) -> Result<(), Refused> {
    if key.is_empty() || key.len() > MAX_KEY { Err(Refused::InvalidSize) } else { Ok(()) }
}

/// The operations on one bucket, for as long as its store is locked. Whoever calls them has checked the rights.
///
/// `quota` is that of the grant: bytes that the bucket may hold after a change; `None`: as many as the bucket has room
/// for.
pub trait KeyValue {
    /// Bytes of the value under `key`; `None` if there is no such key.
    fn len_of(&mut self, key: &str) -> Result<Option<usize>, Refused>;

    /// Copies the value under `key` into `value`, if it is as long as that; `false` if it is not, or not there.
    fn read(&mut self, key: &str, value: &mut [u8]) -> Result<bool, Refused>;

    /// Copies the first key from place `cursor` on; returns how long it is, and the place behind it.
    fn key_at(&mut self, cursor: u32, key: &mut [u8; MAX_KEY]) -> Result<Option<(usize, u32)>, Refused>;

    /// Makes all changes, in order, or none of them. A single change may be as large as a value can be.
    fn commit(&mut self, changes: &[Change<'_>], quota: Option<u32>) -> Result<(), Refused>;

    /// Sets `key` to `value` if its value is `expected`, and returns whether it was.
    fn compare_and_set(
        &mut self,
        key: &str,
        expected: Option<&[u8]>,
        value: &[u8],
        quota: Option<u32>,
    ) -> Result<bool, Refused>;

    /// Adds `delta` to the number under `key` and returns the sum.
    fn increment(&mut self, key: &str, delta: i64, quota: Option<u32>) -> Result<i64, Refused>;
}
