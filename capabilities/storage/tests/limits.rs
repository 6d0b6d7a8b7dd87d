//! A store holds what it was made for and no more, for as long as one likes, and does what the WIT says.

mod support;

use locket_storage::{
    Buckets, Change, Layout, Logs, MAX_CHANGES, MAX_KEY, MAX_RECORD, MAX_VALUE, MountError, Refused, Size, Span,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use support::{Contents, Flash, LAYOUT, Op, Small, blank, buffer, dump, mount};

fn set(key: &str, value: &[u8]) -> Op {
    Op::Commit(vec![(key.to_owned(), Some(value.to_vec()))])
}

fn op() -> impl Strategy<Value = Op> {
    let key = (0_u8..16).prop_map(|n| format!("k{n}"));
    let value = vec(any::<u8>(), 0..180);
    prop_oneof![
        6 => vec((key.clone(), option::weighted(0.8, value)), 0..5).prop_map(Op::Commit),
        1 => (key.clone(), vec(any::<u8>(), 900..=MAX_VALUE)).prop_map(|(key, value)| Op::Commit(vec![(key, Some(value))])),
        2 => (key, any::<i64>()).prop_map(|(key, delta)| Op::Increment(key, delta)),
        4 => vec(any::<u8>(), 0..300).prop_map(Op::Append),
        1 => any::<u8>().prop_map(|before| Op::Clear(before.into())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_store_does_what_a_map_does(ops in vec(op(), 1..200), remount_after in 1_usize..40) {
        let (flash, mut buffer, mut expected) = (blank::<8>(), buffer(), Contents::default());
        for ops in ops.chunks(remount_after) {
            let store = mount(&flash, &mut buffer).unwrap();
            for op in ops {
                // More than a batch may have.
                let long = matches!(op, Op::Commit(changes) if changes.len() > 1
                    && changes.iter().map(|(k, v)| k.len() + v.as_ref().map_or(0, Vec::len)).sum::<usize>() > 1024);
                let said = if long { Err(Refused::InvalidSize) } else { op.apply(&mut expected) };
                prop_assert_eq!(op.run(&store), said);
            }
            prop_assert_eq!(&Contents::of(&store).unwrap(), &expected);
        }
    }
}

#[test]
fn a_full_bucket_can_be_rewritten_for_ever() {
    let (flash, mut buffer) = (blank::<8>(), buffer());
    let store = mount(&flash, &mut buffer).unwrap();
    let Size { bytes, entries } = LAYOUT.buckets[0];
    // 12 keys of 3 bytes with all the bytes that there are.
    let value = usize::try_from(bytes / u32::from(entries) - 16 - 3).unwrap();
    for round in 0..100 {
        for key in 0..entries {
            set(&format!("k{key:02}"), &vec![round; value]).run(&store).unwrap();
        }
    }
    assert_eq!(set("k00", &vec![0; value + 10]).run(&store), Err(Refused::OverLimit));
    assert_eq!(set("new", &[]).run(&store), Err(Refused::OverLimit), "there are as many keys as there may be");
    let swap = Op::Commit(vec![("new".to_owned(), Some(vec![1; value])), ("k00".to_owned(), None)]);
    assert_eq!(swap.run(&store), Ok(()), "a batch is counted by what it leaves");
    assert_eq!(Contents::of(&store).unwrap().bucket.len(), usize::from(entries));
}

#[test]
fn a_quota_limits_what_a_change_may_leave() {
    let (flash, mut buffer) = (blank::<8>(), buffer());
    let store = mount(&flash, &mut buffer).unwrap();
    let set = |value: &[u8], quota| {
        let change = Change { key: "key", value: Some(value) };
        store.with_bucket(0, |bucket| bucket.commit(&[change], Some(quota)))
    };
    assert_eq!(set(&[0; 83], 101), Err(Refused::OverLimit));
    assert_eq!(set(&[0; 82], 101), Ok(()));
    assert_eq!(set(&[0; 83], 101), Err(Refused::OverLimit));
    assert_eq!(set(&[1; 82], 50), Ok(()), "it leaves no more than was there");
    assert_eq!(set(&[0; 83], 50), Err(Refused::OverLimit));
    assert_eq!(set(&[0; 10], 50), Ok(()));

    let append = |data: &[u8], quota| store.with_log(0, |log| log.append(data, Some(quota)));
    assert_eq!(append(&[0; 69], 100), Err(Refused::OverLimit));
    assert_eq!([append(&[0; 68], 1000), append(&[0; 68], 1000), append(&[0; 68], 200)], [Ok(0), Ok(1), Ok(2)]);
    assert_eq!(store.with_log(0, |log| Ok(log.span())), Ok(Span { first: 1, next: 3 }));
}

#[test]
fn sizes_have_limits() {
    let (flash, mut buffer) = (blank::<8>(), buffer());
    let store = mount(&flash, &mut buffer).unwrap();
    let long_key = "k".repeat(MAX_KEY + 1);
    for (key, len) in [("", 0), (long_key.as_str(), 0), ("key", MAX_VALUE + 1)] {
        assert_eq!(set(key, &vec![0; len]).run(&store), Err(Refused::InvalidSize), "{key} {len}");
    }
    assert_eq!(set(&long_key[1..], &[0; MAX_VALUE]).run(&store), Ok(()));
    let many = (0..=MAX_CHANGES).map(|n| (format!("k{n}"), None)).collect();
    assert_eq!(Op::Commit(many).run(&store), Err(Refused::InvalidSize));
    assert_eq!(Op::Commit(Vec::new()).run(&store), Ok(()));
    assert_eq!(Op::Append(vec![0; MAX_RECORD + 1]).run(&store), Err(Refused::InvalidSize));
    assert_eq!(Op::Append(vec![0; MAX_RECORD]).run(&store), Ok(()));
}

#[test]
fn compare_and_set_looks_first() {
    let (flash, mut buffer) = (blank::<8>(), buffer());
    let store = mount(&flash, &mut buffer).unwrap();
    let swap = |expected: Option<&[u8]>, value: &[u8]| {
        store.with_bucket(0, |bucket| bucket.compare_and_set("key", expected, value, None))
    };
    assert_eq!(swap(Some(b""), b"1"), Ok(false), "no value is not an empty one");
    assert_eq!(swap(None, b"1"), Ok(true));
    assert_eq!(swap(None, b"2"), Ok(false));
    assert_eq!(swap(Some(b"1"), b"2"), Ok(true));
    let found = store.with_bucket(0, |bucket| dump(bucket)).unwrap();
    assert_eq!(found.get("key").map(Vec::as_slice), Some(b"2".as_slice()));
}

#[test]
fn buckets_are_apart() {
    let (flash, mut buffer) = (blank::<8>(), buffer());
    let store = mount(&flash, &mut buffer).unwrap();
    set("key", b"1").run(&store).unwrap();
    assert!(store.with_bucket(1, |bucket| dump(bucket)).unwrap().is_empty());
    store.with_bucket(1, |bucket| bucket.commit(&[Change { key: "key", value: Some(b"2") }], None)).unwrap();
    let first = store.with_bucket(0, |bucket| dump(bucket)).unwrap();
    assert_eq!(first.get("key").map(Vec::as_slice), Some(b"1".as_slice()));
    assert_eq!(store.with_bucket(2, |_| Ok(())), Err(Refused::Failed), "there is no third");
}

#[test]
fn numbers_of_records_are_not_used_again() {
    let (flash, mut buffer) = (blank::<8>(), buffer());
    let append = |store: &Small<'_>, data: &[u8]| store.with_log(0, |log| log.append(data, None));
    let store = mount(&flash, &mut buffer).unwrap();
    for number in 0..30 {
        assert_eq!(append(&store, b"x"), Ok(number));
    }
    store.with_log(0, |log| log.clear(1000)).unwrap();
    drop(store);
    let store = mount(&flash, &mut buffer).unwrap();
    assert_eq!(store.with_log(0, |log| Ok(log.span())), Ok(Span { first: 30, next: 30 }));
    assert_eq!(append(&store, b"x"), Ok(30));
}

#[test]
fn what_does_not_fit_or_belong_is_refused() {
    let mut buffer = buffer();
    let pages = LAYOUT.pages::<&Flash>();
    let small = Flash::<8>::new(pages - 1);
    assert_eq!(mount(&small, &mut buffer).err(), Some(MountError::TooSmall { needed: pages * 2048, short: 2048 }));
    let flash = blank::<8>();
    assert_eq!(mount(&flash, &mut [0; 100]).err(), Some(MountError::Buffer { needed: Small::<8>::BUFFER }));
    drop(mount(&flash, &mut buffer).unwrap());
    let other = Layout { buckets: &[LAYOUT.buckets[0]], logs: LAYOUT.logs };
    assert_eq!(Small::mount(&flash, &other, &mut buffer).err(), Some(MountError::OtherLayout));
    let many = [Size { bytes: 10, entries: 1 }; 3];
    let many = Layout { buckets: &many, logs: &[] };
    assert_eq!(Small::mount(&flash, &many, &mut buffer).err(), Some(MountError::TooMany));
}
