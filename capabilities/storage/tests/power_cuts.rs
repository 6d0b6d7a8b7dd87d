//! The power is cut at every write and every erasure of a workload, in every way, and in the repair as well. What is there
//! afterwards is what was there before the operation or what it was to make, and the store goes on working.

mod support;

use std::io::Write as _;

use locket_storage::Refused;
use locket_storage::testing::Damage;
use proptest::collection::vec;
use proptest::prelude::*;
use support::{Contents, Flash, Op, blank, buffer, mount};

/// Sets, overwrites, deletes, batches, numbers, appends and clearing; several times as much as fits on the flash at once,
/// so that pages are copied and erased all the time.
fn workload() -> Vec<Op> {
    let key = |n: usize| format!("key-{}", n % 9);
    let value = |n: usize| Some(vec![u8::try_from(n % 251).unwrap(); 40 + (n * 37) % 90]);
    (0..80)
        .map(|n| match n % 11 {
            0 | 5 | 8 => Op::Commit(vec![(key(n), value(n))]),
            1 => Op::Commit(vec![(key(n), value(n)), (key(n + 4), None), (key(n + 2), value(n + 1))]),
            2 => Op::Increment("count".to_owned(), 7),
            3 => Op::Commit(vec![(key(n * 5), None)]),
            4 if n % 4 == 0 => Op::Commit((0..6).map(|i| (key(n + i), value(n * i))).collect()),
            6 if n % 3 == 0 => Op::Clear(u64::try_from(n).unwrap() / 4),
            7 if n % 2 == 0 => Op::Commit(vec![("large".to_owned(), Some(vec![0xff; 700]))]),
            7 => Op::Commit(vec![("large".to_owned(), None)]),
            _ => Op::Append(vec![u8::try_from(n).unwrap(); (n * 29) % 180]),
        })
        .collect()
}

/// What is on `flash`.
fn contents<const WORD: usize>(flash: &Flash<WORD>) -> Contents {
    let mut buffer = buffer();
    let store = mount(flash, &mut buffer).expect("it can be mounted");
    Contents::of(&store).expect("it can be read")
}

/// Mounts the flash and does `op`. Returns what that said, or `None` if the power was cut before it was done.
fn attempt<const WORD: usize>(flash: &Flash<WORD>, buffer: &mut [u8], op: &Op) -> Option<Result<(), Refused>> {
    let done = mount(flash, buffer).map(|store| op.run(&store));
    if flash.restore() { None } else { Some(done.expect("it can be mounted")) }
}

struct Count {
    cuts: usize,
    cuts_in_repair: usize,
}

/// Cuts the power at each operation that `op` takes on a copy of `flash`, and lets `check` see what is left.
fn each_cut<const WORD: usize>(
    flash: &Flash<WORD>,
    op: &Op,
    damage: Damage,
    mut check: impl FnMut(&Flash<WORD>),
) -> usize {
    let mut buffer = buffer();
    for after in 0.. {
        let copy = flash.copy();
        copy.cut(after, damage);
        if attempt(&copy, &mut buffer, op).is_some() {
            return after;
        }
        check(&copy);
    }
    unreachable!("an operation takes a bounded number of writes")
}

#[test]
fn a_power_cut_leaves_the_old_or_the_new_in_words_of_1_byte() {
    survives::<1>();
}

#[test]
fn a_power_cut_leaves_the_old_or_the_new_in_words_of_4_bytes() {
    survives::<4>();
}

#[test]
fn a_power_cut_leaves_the_old_or_the_new_in_words_of_32_bytes() {
    survives::<32>();
}

fn survives<const WORD: usize>() {
    let flash = blank::<WORD>();
    let mut expected = Contents::default();
    assert_eq!(contents(&flash), expected);
    // Until the pages are full.
    let mut buffer = buffer();
    for op in (0..4).flat_map(|_| workload()) {
        let refused = op.apply(&mut expected).err();
        assert_eq!(attempt(&flash, &mut buffer, &op).expect("nothing cuts the power").err(), refused, "{op:?}");
    }
    assert_eq!(contents(&flash), expected);
    let (operations, erasures) = (flash.operations(), flash.erasures());
    let mut count = Count { cuts: 0, cuts_in_repair: 0 };
    for (number, op) in workload().iter().enumerate() {
        let before = expected.clone();
        let refused = op.apply(&mut expected).err();
        for damage in Damage::ALL {
            count.cuts += each_cut(&flash, op, damage, |broken| {
                let place = format!("{damage:?} in operation {number}, {op:?}");
                let left = contents(&broken.copy());
                assert!(left == before || left == expected, "{place}: {left:#?}\nbefore: {before:#?}");
                count.cuts_in_repair += goes_on(broken, &left, damage, &place);
            });
        }
        assert_eq!(attempt(&flash, &mut buffer, op).expect("nothing cuts the power").err(), refused, "{op:?}");
        assert_eq!(contents(&flash), expected, "after {op:?}");
    }
    // On standard output itself, which is shown of a test that passes too.
    let _ = writeln!(
        std::io::stdout(),
        "words of {WORD} bytes: {} cuts in {} writes and erasures ({} erasures), {} more in the repair",
        count.cuts,
        flash.operations() - operations,
        flash.erasures() - erasures,
        count.cuts_in_repair
    );
    assert!(flash.erasures() > erasures + 5, "pages were copied and erased");
    assert!(count.cuts > 1000 && count.cuts_in_repair > 1000);
}

/// What was left can be changed, and a power cut in that, or in the repair before it, is survived too. Returns how often
/// that was tried.
fn goes_on<const WORD: usize>(broken: &Flash<WORD>, left: &Contents, damage: Damage, place: &str) -> usize {
    let probe = Op::Commit(vec![("probe".to_owned(), Some(b"1".to_vec()))]);
    let mut after = left.clone();
    let refused = probe.apply(&mut after).err();
    let cuts = each_cut(broken, &probe, damage, |again| {
        let found = contents(again);
        assert!(found == *left || found == after, "{place}, and again: {found:#?}");
    });
    let said = attempt(broken, &mut buffer(), &probe).expect("nothing cuts the power");
    assert_eq!(said.err(), refused, "{place}");
    assert_eq!(contents(broken), after, "{place}");
    cuts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// What one cut leaves behind is still there at the next one.
    #[test]
    fn cuts_may_follow_one_another(
        ops in vec((0_usize..80, 0_usize..12, 0_usize..Damage::ALL.len()), 1..150),
    ) {
        let (flash, mut buffer, workload) = (blank::<4>(), buffer(), workload());
        let mut expected = contents(&flash);
        for (op, after, damage) in ops {
            let op = &workload[op];
            let before = expected.clone();
            let refused = op.apply(&mut expected).err();
            flash.cut(after, Damage::ALL[damage]);
            if let Some(said) = attempt(&flash, &mut buffer, op) {
                prop_assert_eq!(said.err(), refused);
                prop_assert_eq!(&contents(&flash), &expected);
            } else {
                let left = contents(&flash);
                prop_assert!(left == before || left == expected, "{:?}: {:#?}", op, left);
                expected = left;
            }
        }
    }
}

#[test]
fn nothing_is_hidden_behind_a_torn_header() {
    let flash = blank::<1>();
    let mut buffer = buffer();
    drop(mount(&flash, &mut buffer));
    for attempt_number in 0_u16..3000 {
        let copy = flash.copy();
        let op = |value: u16| Op::Commit(vec![("key".to_owned(), Some(value.to_le_bytes().to_vec()))]);
        // The first write marks the page, the second is a header of eight bytes.
        copy.cut(1, Damage::Prefix(7));
        assert_eq!(attempt(&copy, &mut buffer, &op(attempt_number)), None);
        assert_eq!(attempt(&copy, &mut buffer, &op(!attempt_number)), Some(Ok(())));
        let kept = contents(&copy).bucket;
        assert_eq!(kept.get("key"), Some(&(!attempt_number).to_le_bytes().to_vec()), "attempt {attempt_number}");
    }
}
