use std::string::String as OwnedString;
use std::vec::Vec as OwnedVec;

use proptest::prelude::*;

use super::*;
use crate::testing::{Allocator, FakeGuest, Pin, Table, lift, load, lower, store};
use crate::{Own, Resource};

/// Lowers and lifts a list, in a guest whose memory moves or not.
fn survives<T>(values: &[T], moves: bool)
where
    T: Lower<Table> + for<'m> Lift<'m, NoHandles> + Clone + PartialEq + core::fmt::Debug,
{
    let mut guest = FakeGuest::with(if moves { Allocator::Moves } else { Allocator::Bump });
    let slots = lower(&mut guest, &values).unwrap();
    let lifted = lift::<List<'_, T>>(&guest.memory, &slots).unwrap();
    assert_eq!(lifted.iter().collect::<OwnedVec<_>>(), values);
    assert_eq!(lifted.len(), values.len());
    store(&mut guest, &List::Host(values), 64).unwrap();
    let loaded = load::<List<'_, T>>(&guest.memory, 64).unwrap();
    assert_eq!(loaded.iter().collect::<OwnedVec<_>>(), values);

    // From one guest's memory into another's.
    let mut other = FakeGuest::new();
    let slots = lower(&mut other, &loaded).unwrap();
    assert_eq!(lift::<List<'_, T>>(&other.memory, &slots).unwrap().iter().collect::<OwnedVec<_>>(), values);
}

proptest! {
    #[test]
    fn lists_survive(
        bytes: OwnedVec<u8>, words: OwnedVec<u32>, pairs: OwnedVec<(u8, u64)>,
        options: OwnedVec<Option<u16>>, chars: OwnedVec<char>, moves: bool,
    ) {
        survives(&bytes, moves);
        survives(&words, moves);
        survives(&pairs, moves);
        survives(&options, moves);
        survives(&chars, moves);
    }

    #[test]
    fn lists_of_strings_and_lists_survive(texts: OwnedVec<OwnedString>, lists: OwnedVec<OwnedVec<u16>>, moves: bool) {
        let mut guest = FakeGuest::with(if moves { Allocator::Moves } else { Allocator::Bump });
        let texts: OwnedVec<&str> = texts.iter().map(OwnedString::as_str).collect();
        let slots = lower(&mut guest, &List::Host(texts.as_slice())).unwrap();
        let lifted = lift::<List<'_, &str>>(&guest.memory, &slots).unwrap();
        assert_eq!(lifted.iter().collect::<OwnedVec<_>>(), texts);

        let lists: OwnedVec<List<'_, u16>> = lists.iter().map(|list| List::Host(list)).collect();
        let slots = lower(&mut guest, &List::Host(lists.as_slice())).unwrap();
        let lifted = lift::<List<'_, List<'_, u16>>>(&guest.memory, &slots).unwrap();
        let values = |list: &List<'_, u16>| list.iter().collect::<OwnedVec<_>>();
        assert_eq!(
            lifted.iter().map(|list| values(&list)).collect::<OwnedVec<_>>(),
            lists.iter().map(values).collect::<OwnedVec<_>>()
        );
    }
}

#[test]
fn wrong_alignment_passed_to_realloc() {
    let mut guest = FakeGuest::new();
    lower(&mut guest, &[1_u8, 2].as_slice()).unwrap();
    lower(&mut guest, &[1_u16, 2].as_slice()).unwrap();
    lower(&mut guest, &[(1_u8, 2_u64)].as_slice()).unwrap();
    lower(&mut guest, &["a"].as_slice()).unwrap();
    lower(&mut guest, &[0_u32; 0].as_slice()).unwrap();
    let asked: OwnedVec<_> = guest.reallocs.iter().map(|[_, _, align, size]| (*align, *size)).collect();
    assert_eq!(asked, [(1, 2), (2, 4), (8, 16), (4, 8), (1, 1), (4, 0)]);
}

#[test]
fn unusable_memory_for_a_list_is_refused() {
    for allocator in [Allocator::Null, Allocator::Misaligned, Allocator::OutOfBounds] {
        let mut guest = FakeGuest::with(allocator);
        let before = guest.memory.clone();
        assert_eq!(lower(&mut guest, &[1_u32, 2].as_slice()), Err(Trap::BadRealloc), "{allocator:?}");
        assert_eq!(guest.memory, before, "nothing was written: {allocator:?}");
    }
}

#[test]
fn list_elements_are_checked() {
    let memory = [0x41, 0, 0, 0, 0, 0xd8, 0, 0];
    assert_eq!(lift::<List<'_, char>>(&memory, &[0, 1]).unwrap().get(0), Some('A'));
    assert_eq!(lift::<List<'_, char>>(&memory, &[0, 2]).err(), Some(Trap::InvalidChar));
    assert_eq!(lift::<List<'_, Option<u8>>>(&[1, 5, 2, 5], &[0, 2]).err(), Some(Trap::InvalidDiscriminant));
    assert_eq!(lift::<Vec<Option<u8>, 2>>(&[1, 5, 2, 5], &[0, 2]).err(), Some(Trap::InvalidDiscriminant));
}

#[test]
fn pointers_to_lists_are_checked() {
    let memory = [0; 16];
    assert_eq!(lift::<List<'_, u32>>(&memory, &[2, 1]).err(), Some(Trap::Misaligned));
    assert_eq!(lift::<List<'_, u32>>(&memory, &[2, 0]).err(), Some(Trap::Misaligned), "an empty list's too");
    assert_eq!(lift::<Vec<u32, 4>>(&memory, &[2, 1]).err(), Some(Trap::Misaligned));
    assert_eq!(lift::<List<'_, u32>>(&memory, &[8, 3]).err(), Some(Trap::OutOfBounds));
    assert_eq!(lift::<List<'_, u32>>(&memory, &[8, 2]).unwrap().len(), 2);
    assert_eq!(lift::<List<'_, u32>>(&memory, &[8, 0x4000_0000]).err(), Some(Trap::TooLong), "4 GiB do not wrap");
    assert_eq!(load::<List<'_, u8>>(&memory, 2).err(), Some(Trap::Misaligned), "where the pair itself stands");
}

#[test]
fn a_list_above_the_limit_is_refused() {
    let memory = [0; 64];
    let mut handles = Table::new();
    let mut lends = Lends::new();
    let mut cx = Lifting::new(Memory::new(&memory), &mut handles, &mut lends);
    cx.set_limit(8);
    assert!(<List<'_, u16>>::lift(&mut cx, &mut Flat::new(&[0, 5])).is_err_and(|trap| trap == Trap::TooLong));
    assert!(<List<'_, u16>>::lift(&mut cx, &mut Flat::new(&[0, 4])).is_ok());
    assert_eq!(<&str>::lift(&mut cx, &mut Flat::new(&[0, 1])), Err(Trap::TooLong), "the limit is for all together");
    cx.set_limit(1);
    assert_eq!(<&str>::lift(&mut cx, &mut Flat::new(&[0, 1])), Ok("\0"));
}

#[test]
fn the_limit_counts_lists_within_lists() {
    // Four strings that all point at the same 32 bytes: little memory, much to check.
    let mut memory = [b'x'; 64];
    for place in memory[..32].chunks_mut(8) {
        place.copy_from_slice(&[32, 0, 0, 0, 32, 0, 0, 0]);
    }
    let mut handles = Table::new();
    let mut lends = Lends::new();
    let mut cx = Lifting::new(Memory::new(&memory), &mut handles, &mut lends);
    cx.set_limit(32 + 4 * 32 - 1);
    assert_eq!(<List<'_, &str>>::lift(&mut cx, &mut Flat::new(&[0, 4])).err(), Some(Trap::TooLong));
    cx.set_limit(32 + 4 * 32);
    assert!(<List<'_, &str>>::lift(&mut cx, &mut Flat::new(&[0, 4])).is_ok());
    assert_eq!(<&str>::lift(&mut cx, &mut Flat::new(&[32, 1])), Err(Trap::TooLong), "the strings took all of it");
}

#[test]
fn more_elements_than_a_copy_holds_are_refused() {
    assert_eq!(lift::<Vec<u8, 2>>(&[1, 2, 3], &[0, 2]).unwrap(), [1, 2]);
    assert_eq!(lift::<Vec<u8, 2>>(&[1, 2, 3], &[0, 3]).err(), Some(Trap::TooLong));
}

#[test]
fn lists_of_handles_move_each_handle() {
    let mut handles = Table::new();
    let first = handles.insert_own(Pin::ID, 7).unwrap();
    let second = handles.insert_own(Pin::ID, 9).unwrap();
    let mut memory = OwnedVec::new();
    memory.extend(second.to_le_bytes());
    memory.extend(first.to_le_bytes());
    let mut lends = Lends::new();
    let mut cx = Lifting::new(Memory::new(&memory), &mut handles, &mut lends);
    let pins = <Vec<Own<Pin, u32>, 2>>::lift(&mut cx, &mut Flat::new(&[0, 2])).unwrap();
    assert_eq!(pins.iter().map(|pin| pin.rep).collect::<OwnedVec<_>>(), [9, 7]);
    assert!(handles.is_empty());

    let mut guest = FakeGuest::new();
    let mut slots = [0; 2];
    pins.lower(&mut Lowering::new(&mut guest, &mut handles), &mut FlatMut::new(&mut slots)).unwrap();
    assert_eq!(guest.memory[512..520], [1, 0, 0, 0, 2, 0, 0, 0], "the index freed last is used first");
    assert_eq!(handles.len(), 2);
}

#[test]
fn placed_bytes_are_written_in_the_guest() {
    let mut guest = FakeGuest::with(Allocator::Moves);
    let list = place_bytes(&mut guest, 3, |bytes| bytes.copy_from_slice(b"abc")).unwrap();
    assert_eq!(list.len(), 3);
    assert_eq!(list.as_bytes(), b"", "they are the guest's now");
    let slots = lower(&mut guest, &list).unwrap();
    assert_eq!(guest.reallocs.len(), 1, "no second allocation, no copy");
    assert_eq!(lift::<List<'_, u8>>(&guest.memory, &slots).unwrap().as_bytes(), b"abc");
    let mut hostile = FakeGuest::with(Allocator::OutOfBounds);
    assert_eq!(place_bytes(&mut hostile, 3, |_| unreachable!()).err(), Some(Trap::BadRealloc));
}
