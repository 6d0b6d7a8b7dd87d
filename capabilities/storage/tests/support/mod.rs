//! A small store on a simulated flash, and what it should hold.

#![allow(dead_code, reason = "each test needs a part of it")]

use std::collections::BTreeMap;

use locket_storage::testing::SimulatedFlash;
use locket_storage::{
    Buckets, Change, KEY_OVERHEAD, KeyValue, Layout, Logs, MAX_KEY, MountError, RECORD_OVERHEAD, Refused, Size, Span,
    Store,
};

/// As on a small microcontroller, with words of `WORD` bytes.
pub type Flash<const WORD: usize = 8> = SimulatedFlash<2048, WORD>;
pub type Small<'b, const WORD: usize = 8> = Store<'b, parking_lot::RawMutex, &'b Flash<WORD>, 2, 1, 24>;

pub const LAYOUT: Layout<'static> = Layout {
    buckets: &[Size { bytes: 1600, entries: 12 }, Size { bytes: 200, entries: 4 }],
    logs: &[Size { bytes: 1200, entries: 10 }],
};

pub fn buffer() -> Vec<u8> {
    vec![0; Small::<8>::BUFFER]
}

pub fn blank<const WORD: usize>() -> Flash<WORD> {
    Flash::new(LAYOUT.pages::<&Flash<WORD>>())
}

pub fn mount<'b, const WORD: usize>(
    flash: &'b Flash<WORD>,
    buffer: &'b mut [u8],
) -> Result<Small<'b, WORD>, MountError> {
    Small::mount(flash, &LAYOUT, buffer)
}

/// What is in a store.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Contents {
    pub bucket: BTreeMap<String, Vec<u8>>,
    pub log: BTreeMap<u64, Vec<u8>>,
    pub next: u64,
}

impl Contents {
    pub fn of<const WORD: usize>(store: &Small<'_, WORD>) -> Result<Self, Refused> {
        let bucket = store.with_bucket(0, |bucket| dump(bucket))?;
        let (log, next) = store.with_log(0, |log| {
            let Span { first, next } = log.span();
            let mut records = BTreeMap::new();
            for number in first..next {
                let mut data = vec![0; log.len_of(number).expect("a record of the span")];
                assert!(log.read(number, &mut data)?);
                records.insert(number, data);
            }
            Ok((records, next))
        })?;
        Ok(Self { bucket, log, next })
    }

    /// Bytes of the bucket, counted as the WIT says.
    pub fn bucket_bytes(&self) -> u32 {
        self.bucket.iter().map(|(key, value)| KEY_OVERHEAD + len(key.as_bytes()) + len(value)).sum()
    }

    pub fn log_bytes(&self) -> u32 {
        self.log.values().map(|data| RECORD_OVERHEAD + len(data)).sum()
    }
}

pub fn dump(bucket: &mut dyn KeyValue) -> Result<BTreeMap<String, Vec<u8>>, Refused> {
    let mut all = BTreeMap::new();
    let (mut key, mut cursor) = ([0; MAX_KEY], 0);
    while let Some((len, next)) = bucket.key_at(cursor, &mut key)? {
        let name = String::from_utf8(key[..len].to_vec()).expect("a key is a text");
        let mut value = vec![0; bucket.len_of(&name)?.expect("a key that is listed")];
        assert!(bucket.read(&name, &mut value)?);
        assert!(all.insert(name, value).is_none(), "a key is listed once");
        cursor = next;
    }
    Ok(all)
}

/// Something done to a store.
#[derive(Clone, Debug)]
pub enum Op {
    Commit(Vec<(String, Option<Vec<u8>>)>),
    Increment(String, i64),
    Append(Vec<u8>),
    Clear(u64),
}

impl Op {
    pub fn run<const WORD: usize>(&self, store: &Small<'_, WORD>) -> Result<(), Refused> {
        match self {
            Self::Commit(changes) => {
                let changes: Vec<_> =
                    changes.iter().map(|(key, value)| Change { key, value: value.as_deref() }).collect();
                store.with_bucket(0, |bucket| bucket.commit(&changes, None))
            }
            Self::Increment(key, delta) => store.with_bucket(0, |bucket| bucket.increment(key, *delta, None)).map(drop),
            Self::Append(data) => store.with_log(0, |log| log.append(data, None)).map(drop),
            Self::Clear(before) => store.with_log(0, |log| log.clear(*before)),
        }
    }

    /// The same, as the WIT has it.
    pub fn apply(&self, contents: &mut Contents) -> Result<(), Refused> {
        let mut after = contents.clone();
        match self {
            Self::Commit(changes) => {
                for (key, value) in changes {
                    match value {
                        Some(value) => after.bucket.insert(key.clone(), value.clone()),
                        None => after.bucket.remove(key),
                    };
                }
            }
            Self::Increment(key, delta) => {
                let number =
                    after.bucket.get(key).map_or(Ok(0), |value| value.as_slice().try_into().map(i64::from_le_bytes));
                let sum = number.ok().and_then(|number| number.checked_add(*delta)).ok_or(Refused::NotANumber)?;
                after.bucket.insert(key.clone(), sum.to_le_bytes().into());
            }
            Self::Append(data) => {
                after.log.insert(after.next, data.clone());
                after.next += 1;
                while after.log.len() > usize::from(LAYOUT.logs[0].entries) || after.log_bytes() > LAYOUT.logs[0].bytes
                {
                    if after.log.len() == 1 {
                        return Err(Refused::OverLimit);
                    }
                    after.log.pop_first();
                }
            }
            Self::Clear(before) => after.log.retain(|number, _| number >= before),
        }
        let Size { bytes, entries } = LAYOUT.buckets[0];
        let over = after.bucket_bytes() > bytes && after.bucket_bytes() > contents.bucket_bytes();
        if over || after.bucket.len() > usize::from(entries) {
            return Err(Refused::OverLimit);
        }
        *contents = after;
        Ok(())
    }
}

fn len(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("a short text")
}
