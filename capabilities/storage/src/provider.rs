//! `locket:storage` over whatever keeps buckets and logs.

use heapless::Vec;
use locket_abi::{List, place_bytes};
use locket_kernel::{Access, Platform, Stop};

use crate::bindings::{kv, log};
use crate::error::Refused;
use crate::key_value::{Change, KeyValue, MAX_CHANGES, MAX_KEY};
use crate::records::RecordLog;

/// Keys of a page (`wit/storage`).
const PAGE: usize = 8;

/// How often a value is read again that another container has changed between asking for its length and copying it.
const ATTEMPTS: usize = 8;

/// Something that keeps buckets, by the numbers of the board's objects. It provides `locket:storage/kv`.
pub trait Buckets {
    /// Runs `f` on a bucket, while nobody else uses it. `f` does not run guest code.
    fn with_bucket<T>(
        &self,
        object: u32,
        f: impl FnOnce(&mut dyn KeyValue) -> Result<T, Refused>,
    ) -> Result<T, Refused>;
}

/// Something that keeps logs, by the numbers of the board's objects. It provides `locket:storage/log`.
pub trait Logs {
    /// Runs `f` on a log, while nobody else uses it. `f` does not run guest code.
    fn with_log<T>(&self, object: u32, f: impl FnOnce(&mut dyn RecordLog) -> Result<T, Refused>) -> Result<T, Refused>;
}

impl<B: Platform, S: Buckets> kv::Kv<B> for S {
    fn bucket_get(&self, bucket: &Access<'_, B>, mut reply: kv::BucketGetReply<'_, B>) -> Result<kv::Replied, Stop> {
        // The value goes straight into the guest's memory, whose allocator runs while nothing is locked.
        let mut value: Result<Option<List<'_, u8>>, kv::Error> = Err(kv::Error::DeviceFailed);
        for _ in 0..ATTEMPTS {
            let key = reply.key()?;
            let len = match self.with_bucket(bucket.object(), |bucket| bucket.len_of(key)) {
                Ok(Some(len)) => u32::try_from(len).unwrap_or(u32::MAX),
                Ok(None) => {
                    value = Ok(None);
                    break;
                }
                Err(refused) => {
                    value = Err(kv_error(refused, bucket));
                    break;
                }
            };
            // The guest's memory is borrowed by the reply, and its key stands in it.
            let mut name = Vec::<u8, MAX_KEY>::new();
            let _ = name.extend_from_slice(key.as_bytes());
            let mut copied = Ok(false);
            let placed = place_bytes(reply.guest(), len, |bytes| {
                let key = core::str::from_utf8(&name).unwrap_or_default();
                copied = self.with_bucket(bucket.object(), |bucket| bucket.read(key, bytes));
            })?;
            match copied {
                Ok(true) => {
                    value = Ok(Some(placed));
                    break;
                }
                Ok(false) => {}
                Err(refused) => {
                    value = Err(kv_error(refused, bucket));
                    break;
                }
            }
        }
        reply.send(&value)
    }

    fn bucket_exists(&self, bucket: &Access<'_, B>, key: &str) -> Result<bool, kv::Error> {
        let found = self.with_bucket(bucket.object(), |bucket| bucket.len_of(key));
        found.map(|len| len.is_some()).map_err(|refused| kv_error(refused, bucket))
    }

    fn bucket_list_keys(
        &self,
        bucket: &Access<'_, B>,
        cursor: Option<u32>,
        reply: kv::BucketListKeysReply<'_, B>,
    ) -> Result<kv::Replied, Stop> {
        let mut keys = [([0; MAX_KEY], 0); PAGE];
        let page = self.with_bucket(bucket.object(), |bucket| {
            let mut cursor = cursor.unwrap_or(0);
            let mut count = 0_usize;
            for (key, len) in &mut keys {
                let Some(found) = bucket.key_at(cursor, key)? else { return Ok((count, None)) };
                (*len, cursor) = found;
                count = count.saturating_add(1);
            }
            let more = bucket.key_at(cursor, &mut [0; MAX_KEY])?.is_some();
            Ok((count, more.then_some(cursor)))
        });
        let mut names = [""; PAGE];
        for (name, (key, len)) in names.iter_mut().zip(&keys) {
            *name = key.get(..*len).and_then(|key| core::str::from_utf8(key).ok()).unwrap_or_default();
        }
        let page = match page {
            Ok((count, cursor)) => Ok(kv::KeyPage { keys: List::Host(names.get(..count).unwrap_or_default()), cursor }),
            Err(refused) => Err(kv_error(refused, bucket)),
        };
        reply.send(&page)
    }

    fn bucket_set(&self, bucket: &Access<'_, B>, key: &str, value: &[u8]) -> Result<(), kv::Error> {
        commit(self, bucket, &[Change { key, value: Some(value) }])
    }

    fn bucket_delete(&self, bucket: &Access<'_, B>, key: &str) -> Result<(), kv::Error> {
        commit(self, bucket, &[Change { key, value: None }])
    }

    fn bucket_commit(&self, bucket: &Access<'_, B>, changes: List<'_, kv::Change<'_>>) -> Result<(), kv::Error> {
        let mut batch: Vec<Change<'_>, MAX_CHANGES> = Vec::new();
        for change in changes.iter() {
            let change = match change {
                kv::Change::Set((key, value)) => Change { key, value: Some(value.as_bytes()) },
                kv::Change::Delete(key) => Change { key, value: None },
            };
            batch.push(change).map_err(|_| kv::Error::InvalidSize)?;
        }
        commit(self, bucket, &batch)
    }

    fn bucket_compare_and_set(
        &self,
        bucket: &Access<'_, B>,
        key: &str,
        expected: Option<List<'_, u8>>,
        value: &[u8],
    ) -> Result<bool, kv::Error> {
        let quota = bucket.quota();
        let expected = expected.map(|expected| expected.as_bytes());
        self.with_bucket(bucket.object(), |bucket| bucket.compare_and_set(key, expected, value, quota))
            .map_err(|refused| kv_error(refused, bucket))
    }

    fn bucket_increment(&self, bucket: &Access<'_, B>, key: &str, delta: i64) -> Result<i64, kv::Error> {
        let quota = bucket.quota();
        self.with_bucket(bucket.object(), |bucket| bucket.increment(key, delta, quota))
            .map_err(|refused| kv_error(refused, bucket))
    }
}

fn commit<B: Platform>(store: &impl Buckets, bucket: &Access<'_, B>, changes: &[Change<'_>]) -> Result<(), kv::Error> {
    let quota = bucket.quota();
    store
        .with_bucket(bucket.object(), |bucket| bucket.commit(changes, quota))
        .map_err(|refused| kv_error(refused, bucket))
}

/// The refusal in the interface's words; one for a limit leaves a record.
fn kv_error<B: Platform>(refused: Refused, bucket: &Access<'_, B>) -> kv::Error {
    match refused {
        Refused::OverLimit => bucket.deny_over_quota().into(),
        Refused::InvalidSize => kv::Error::InvalidSize,
        Refused::NotANumber => kv::Error::NotANumber,
        Refused::Failed => kv::Error::DeviceFailed,
    }
}

impl<B: Platform, S: Logs> log::Log<B> for S {
    fn records_append(&self, records: &Access<'_, B>, data: &[u8]) -> Result<u64, log::Error> {
        let quota = records.quota();
        self.with_log(records.object(), |log| log.append(data, quota)).map_err(|refused| log_error(refused, records))
    }

    fn records_read(
        &self,
        records: &Access<'_, B>,
        cursor: u64,
        mut reply: log::RecordsReadReply<'_, B>,
    ) -> Result<log::Replied, Stop> {
        let mut entry: Result<Option<log::Entry<'_>>, log::Error> = Err(log::Error::DeviceFailed);
        for _ in 0..ATTEMPTS {
            let found = self.with_log(records.object(), |log| {
                let number = log.span().first.max(cursor);
                Ok(log.len_of(number).map(|len| (number, u32::try_from(len).unwrap_or(u32::MAX))))
            });
            let (number, len) = match found {
                Ok(Some(found)) => found,
                Ok(None) => {
                    entry = Ok(None);
                    break;
                }
                Err(refused) => {
                    entry = Err(log_error(refused, records));
                    break;
                }
            };
            let mut copied = Ok(false);
            let data = place_bytes(reply.guest(), len, |bytes| {
                copied = self.with_log(records.object(), |log| log.read(number, bytes));
            })?;
            match copied {
                Ok(true) => {
                    entry = Ok(Some(log::Entry { number, data }));
                    break;
                }
                // It was dropped meanwhile.
                Ok(false) => {}
                Err(refused) => {
                    entry = Err(log_error(refused, records));
                    break;
                }
            }
        }
        reply.send(&entry)
    }

    fn records_stat(&self, records: &Access<'_, B>) -> Result<log::Span, log::Error> {
        let span = self.with_log(records.object(), |log| Ok(log.span()));
        span.map(|span| log::Span { first: span.first, next: span.next }).map_err(|refused| log_error(refused, records))
    }

    fn records_clear(&self, records: &Access<'_, B>, before: u64) -> Result<(), log::Error> {
        self.with_log(records.object(), |log| log.clear(before)).map_err(|refused| log_error(refused, records))
    }
}

/// The refusal in the interface's words; one for a limit leaves a record.
fn log_error<B: Platform>(refused: Refused, records: &Access<'_, B>) -> log::Error {
    match refused {
        Refused::OverLimit => records.deny_over_quota().into(),
        Refused::InvalidSize => log::Error::InvalidSize,
        Refused::NotANumber | Refused::Failed => log::Error::DeviceFailed,
    }
}
