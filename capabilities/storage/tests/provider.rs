//! Storage as a guest meets it: core arguments in, bytes in its memory out.

mod support;

use std::num::NonZeroU32;

use locket_kernel::{
    ContainerId, Event, Instance, Kernel, Platform, Rights,
    testing::{FakeGuest, FakePlatform, PolicyBuilder},
};
use locket_storage::testing::Damage;
use locket_storage::{Buckets, Change, Logs, kv, log};
use support::{Flash, Small, blank, buffer, mount};

const BUCKET: (&str, &str, &str) = ("locket:storage/kv@0.1.0", "bucket", "kv");
const RECORDS: (&str, &str, &str) = ("locket:storage/log@0.1.0", "records", "record-log");

const OK: u8 = 0;
const ERROR: u8 = 1;
/// The cases of `error`, in the WIT's order.
const QUOTA_EXCEEDED: u8 = 2;
const DEVICE_FAILED: u8 = 6;

/// Where results go.
const AREA: u32 = 32_768;

/// The kernel's fake board, with storage.
struct Board {
    fake: FakePlatform,
    store: &'static Small<'static>,
}

impl Platform for Board {
    type RawMutex = parking_lot::RawMutex;

    fn monotonic(&self) -> u64 {
        self.fake.monotonic()
    }

    fn wall_clock(&self) -> Option<(u64, u32)> {
        self.fake.wall_clock()
    }

    fn park(&self, container: ContainerId, deadline: Option<u64>) {
        self.fake.park(container, deadline);
    }

    fn unpark(&self, container: ContainerId) {
        self.fake.unpark(container);
    }

    fn yield_now(&self) {
        self.fake.yield_now();
    }

    fn cpu_time(&self) -> u64 {
        self.fake.cpu_time()
    }

    fn event(&self, event: &Event<'_>) {
        self.fake.event(event);
    }
}

impl kv::Host for Board {
    type Kv = Small<'static>;

    fn kv(&self) -> &Small<'static> {
        self.store
    }
}

impl log::Host for Board {
    type Log = Small<'static>;

    fn log(&self) -> &Small<'static> {
        self.store
    }
}

/// A device with one container, which holds a bucket and a log, and the flash of both.
fn device() -> (Box<Kernel<Board>>, &'static Flash) {
    let flash: &'static Flash = Box::leak(Box::new(blank()));
    let store = Box::leak(Box::new(mount(flash, buffer().leak()).unwrap()));
    let policy = PolicyBuilder::new()
        .container("larder", |container| {
            container.grant(BUCKET, "state", "bucket0", 3, None).quota(500).grant(RECORDS, "events", "log0", 3, None)
        })
        .build();
    let board = Board { fake: FakePlatform::new(), store };
    let kernel = Kernel::new(board, policy, Box::leak(Box::default()), |_, _| Some(0));
    (Box::new(kernel.unwrap()), flash)
}

/// The container, running.
struct Container<'k> {
    instance: Instance<'k, Board>,
    guest: FakeGuest,
}

impl<'k> Container<'k> {
    fn start(kernel: &'k Kernel<Board>) -> Self {
        Self { instance: kernel.start(kernel.find("larder").unwrap()).unwrap(), guest: FakeGuest::default() }
    }

    /// Calls a function and returns what it left of its result's first 24 bytes.
    fn call(&mut self, field: &str, args: &[u64]) -> [u8; 24] {
        let mut tables = kv::Imports::<Board>::TABLE.iter().chain(log::Imports::<Board>::TABLE);
        let import = tables.find(|import| import.field.to_str() == Ok(field)).unwrap();
        let mut slots = [0; 8];
        slots[..args.len()].copy_from_slice(args);
        slots[args.len()] = AREA.into();
        self.instance.dispatch(&mut self.guest, import, &mut slots).unwrap();
        self.guest.get(AREA, 24).try_into().unwrap()
    }

    fn put(&mut self, bytes: &[u8]) -> [u64; 2] {
        [self.guest.put(bytes).into(), bytes.len() as u64]
    }

    fn open(&mut self, field: &str, label: &str) -> u64 {
        let [ptr, len] = self.put(label.as_bytes());
        let result = self.call(field, &[ptr, len]);
        assert_eq!(result[0], OK, "{label} opens");
        word(&result[4..]).into()
    }

    /// Case and error of a `bucket.set`.
    fn set(&mut self, bucket: u64, key: &str, value: &[u8]) -> (u8, u8) {
        let ([key, key_len], [value, len]) = (self.put(key.as_bytes()), self.put(value));
        let result = self.call("[method]bucket.set", &[bucket, key, key_len, value, len]);
        (result[0], if result[0] == OK { 0 } else { result[1] })
    }

    /// The value that a `bucket.get` returns.
    fn get(&mut self, bucket: u64, key: &str) -> Option<Vec<u8>> {
        let [key, key_len] = self.put(key.as_bytes());
        let result = self.call("[method]bucket.get", &[bucket, key, key_len]);
        assert_eq!(result[0], OK);
        (result[4] == 1).then(|| self.guest.get(word(&result[8..]), word(&result[12..])).to_vec())
    }
}

fn word(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes[..4].try_into().unwrap())
}

fn change(store: &Small<'_>, value: &[u8]) {
    store.with_bucket(0, |bucket| bucket.commit(&[Change { key: "key", value: Some(value) }], None)).unwrap();
}

#[test]
fn a_value_that_changes_while_the_guest_makes_room_is_the_new_one() {
    let (kernel, _) = device();
    let mut container = Container::start(&kernel);
    let bucket = container.open("[static]bucket.open", "state");
    assert_eq!(container.set(bucket, "key", b"short"), (OK, 0));
    assert_eq!(container.get(bucket, "key"), Some(b"short".to_vec()));
    // Another container writes meanwhile.
    let store = kernel.board().store;
    let mut changed = false;
    container.guest.on_realloc = Some(Box::new(move || {
        if !std::mem::replace(&mut changed, true) {
            change(store, b"a longer one");
        }
        Ok(())
    }));
    assert_eq!(container.get(bucket, "key"), Some(b"a longer one".to_vec()));
}

#[test]
fn a_record_that_is_dropped_while_the_guest_makes_room_is_passed_over() {
    let (kernel, _) = device();
    let mut container = Container::start(&kernel);
    let records = container.open("[static]records.open", "events");
    let store = kernel.board().store;
    for data in [b"first", b"later"] {
        store.with_log(0, |log| log.append(data, None)).unwrap();
    }
    container.guest.on_realloc = Some(Box::new(move || {
        store.with_log(0, |log| log.clear(1)).unwrap();
        Ok(())
    }));
    let result = container.call("[method]records.read", &[records, 0]);
    // The result, the option in it, the number of the entry, its data.
    assert_eq!((result[0], result[8], word(&result[16..])), (OK, 1, 1));
}

#[test]
fn what_is_derived_with_less_may_fill_less() {
    let (kernel, _) = device();
    let mut container = Container::start(&kernel);
    let bucket = container.open("[static]bucket.open", "state");
    let root = kernel.capability(container.instance.id(), "kv", "state").unwrap();
    let rights = Rights::flag(1);
    let derived = kernel.derive(&root, rights, None, NonZeroU32::new(40), container.instance.id()).unwrap();
    let derived = container.instance.insert(kv::BUCKET.id, derived).unwrap().unwrap().into();
    assert_eq!(container.set(derived, "key", &[0; 22]), (ERROR, QUOTA_EXCEEDED));
    assert_eq!(container.set(derived, "key", &[0; 21]), (OK, 0));
    assert_eq!(container.set(bucket, "key", &[0; 482]), (ERROR, QUOTA_EXCEEDED));
    assert_eq!(container.set(bucket, "key", &[0; 481]), (OK, 0));
    let denied: Vec<_> = kernel.audit().map(|record| (record.function, record.label.as_str().to_owned())).collect();
    let record = ("[method]bucket.set", "state".to_owned());
    assert_eq!(denied, [record], "two equal ones in a row are one record");
}

#[test]
fn a_flash_that_fails_is_an_error_until_it_answers_again() {
    let (kernel, flash) = device();
    let mut container = Container::start(&kernel);
    let bucket = container.open("[static]bucket.open", "state");
    assert_eq!(container.set(bucket, "key", b"old"), (OK, 0));
    flash.cut(1, Damage::Torn);
    assert_eq!(container.set(bucket, "key", b"new"), (ERROR, DEVICE_FAILED));
    assert_eq!(container.set(bucket, "key", b"new"), (ERROR, DEVICE_FAILED));
    assert!(flash.restore());
    assert_eq!(container.get(bucket, "key"), Some(b"old".to_vec()));
    assert_eq!(container.set(bucket, "key", b"new"), (OK, 0));
    assert_eq!(container.get(bucket, "key"), Some(b"new".to_vec()));
}
