use std::collections::BTreeMap;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::testing::{Pin, Table, Timer};
use crate::{Borrow, Flat, FlatMut, Lends, Lift, Lifting, Lower, Lowering, Memory, Own, Resource};

const UNKNOWN: ResourceId = ResourceId::of("test:nothing/at/all");

#[test]
fn own_handle_is_removed_from_the_caller() {
    let mut table = Table::new();
    let index = table.insert_own(Pin::ID, 7).unwrap();
    let mut lends = Lends::new();
    let mut cx = Lifting::new(Memory::EMPTY, &mut table, &mut lends);
    assert_eq!(<Own<Pin, u32>>::lift(&mut cx, &mut Flat::new(&[index.into()])).unwrap().rep, 7);
    assert_eq!(<Own<Pin, u32>>::lift(&mut cx, &mut Flat::new(&[index.into()])), Err(Trap::UnknownHandle));
    assert_eq!(<Borrow<Pin, u32>>::lift(&mut cx, &mut Flat::new(&[index.into()])), Err(Trap::UnknownHandle));
    assert_eq!(table.drop_handle(index, Pin::ID), Err(Trap::UnknownHandle));
}

#[test]
fn a_handle_of_another_type_is_refused() {
    let mut table = Table::new();
    let index = table.insert_own(Timer::ID, 7).unwrap();
    assert_eq!(table.take_own(index, Pin::ID), Err(Trap::WrongHandleType));
    assert_eq!(table.lend(index, Pin::ID), Err(Trap::WrongHandleType));
    assert_eq!(table.drop_handle(index, Pin::ID), Err(Trap::WrongHandleType));
    assert_eq!(table.take_own(index, Timer::ID), Ok(7), "what trapped changed nothing");
}

#[test]
fn a_forged_index_is_refused() {
    let mut table = Table::new();
    table.insert_own(Pin::ID, 7).unwrap();
    for index in [0, 2, 8, 9, 1 << 28, u32::MAX] {
        assert_eq!(table.lend(index, Pin::ID), Err(Trap::UnknownHandle), "{index}");
        assert_eq!(table.take_own(index, Pin::ID), Err(Trap::UnknownHandle), "{index}");
        assert_eq!(table.drop_handle(index, Pin::ID), Err(Trap::UnknownHandle), "{index}");
    }
}

#[test]
fn a_lent_handle_can_be_neither_dropped_nor_passed_on() {
    // `f(borrow<pin>, own<pin>)` with one handle for both.
    let mut table = Table::new();
    let index = table.insert_own(Pin::ID, 7).unwrap();
    let mut lends = Lends::new();
    let mut cx = Lifting::new(Memory::EMPTY, &mut table, &mut lends);
    let flat = &mut Flat::new(&[1, 1]);
    assert!(<Borrow<Pin, u32>>::lift(&mut cx, flat).is_ok());
    assert_eq!(<Own<Pin, u32>>::lift(&mut cx, flat), Err(Trap::HandleLent));
    assert_eq!(table.drop_handle(index, Pin::ID), Err(Trap::HandleLent));
    lends.end(&mut table);
    assert_eq!(table.drop_handle(index, Pin::ID), Ok(Dropped::Own(7)));
}

#[test]
fn a_borrowed_handle_can_be_lent_on_but_not_given_away() {
    let mut table = Table::new();
    let index = table.insert_borrow(Pin::ID, 7).unwrap();
    assert_eq!(table.take_own(index, Pin::ID), Err(Trap::NotOwned));
    assert_eq!(table.lend(index, Pin::ID), Ok(7));
    assert_eq!(table.drop_handle(index, Pin::ID), Err(Trap::HandleLent));
    table.end_lend(index);
    assert_eq!(table.drop_handle(index, Pin::ID), Ok(Dropped::Borrow));
}

#[test]
fn a_borrow_must_not_outlive_its_call() {
    let mut table = Table::new();
    let index = table.insert_borrow(Pin::ID, 7).unwrap();
    assert_eq!(table.end_scope(), Err(Trap::BorrowLeft));
    assert_eq!(table.drop_handle(index, Pin::ID), Ok(Dropped::Borrow));
    assert_eq!(table.end_scope(), Ok(()));
    table.insert_own(Pin::ID, 8).unwrap();
    assert_eq!(table.end_scope(), Ok(()), "own handles stay");
}

#[test]
fn destructors_are_the_owners() {
    let mut table = Table::new();
    let own = table.insert_own(Pin::ID, 7).unwrap();
    let borrow = table.insert_borrow(Pin::ID, 8).unwrap();
    table.insert_own(Timer::ID, 9).unwrap();
    assert_eq!(table.owned().collect::<Vec<_>>(), [(Pin::ID, 7), (Timer::ID, 9)], "those a dead guest leaves behind");
    assert_eq!(table.drop_handle(own, Pin::ID), Ok(Dropped::Own(7)));
    assert_eq!(table.drop_handle(borrow, Pin::ID), Ok(Dropped::Borrow));
}

#[test]
fn lowered_handles_are_of_their_kind() {
    let mut table = Table::new();
    let mut guest = crate::testing::FakeGuest::new();
    let mut slots = [0; 2];
    let mut flat = FlatMut::new(&mut slots);
    let mut cx = Lowering::new(&mut guest, &mut table);
    Own::<Pin, u32>::new(7).lower(&mut cx, &mut flat).unwrap();
    Borrow::<Timer, u32>::new(8).lower(&mut cx, &mut flat).unwrap();
    Own::<Timer, u32>::new(9).store(&mut cx, 64).unwrap();
    assert_eq!(slots, [1, 2]);
    assert_eq!(guest.memory[64..68], [3, 0, 0, 0]);
    assert_eq!(table.take_own(1, Pin::ID), Ok(7));
    assert_eq!(table.take_own(2, Timer::ID), Err(Trap::NotOwned));
    assert_eq!(table.take_own(3, Timer::ID), Ok(9));
}

#[test]
fn a_full_table_says_so_and_stays_whole() {
    let mut table = HandleTable::<u32, 2>::new();
    assert_eq!((table.insert_own(Pin::ID, 1), table.insert_own(Pin::ID, 2)), (Ok(1), Ok(2)));
    assert_eq!(table.insert_own(Pin::ID, 3), Err(Trap::TableFull));
    assert_eq!(table.insert_borrow(Pin::ID, 3), Err(Trap::TableFull));
    assert_eq!(table.end_scope(), Ok(()), "a borrow that found no place is not counted");
    assert_eq!(table.take_own(1, Pin::ID), Ok(1));
    assert_eq!(table.insert_own(Pin::ID, 4), Ok(1));
    assert_eq!((table.len(), table.capacity()), (2, 2));
}

/// The specification's table, as it is written there.
#[derive(Default)]
struct Model {
    used: BTreeMap<u32, Handle>,
    free: Vec<u32>,
    length: u32,
}

#[derive(Clone, Debug)]
struct Handle {
    id: ResourceId,
    rep: u32,
    own: bool,
    lends: u32,
}

impl Model {
    const CAPACITY: usize = 8;

    fn add(&mut self, handle: Handle) -> Result<u32, Trap> {
        if self.used.len() == Self::CAPACITY {
            return Err(Trap::TableFull);
        }
        let index = self.free.pop().unwrap_or_else(|| {
            self.length += 1;
            self.length
        });
        self.used.insert(index, handle);
        Ok(index)
    }

    fn get(&mut self, index: u32, id: ResourceId) -> Result<&mut Handle, Trap> {
        let handle = self.used.get_mut(&index).ok_or(Trap::UnknownHandle)?;
        if handle.id == id { Ok(handle) } else { Err(Trap::WrongHandleType) }
    }

    fn remove(&mut self, index: u32, id: ResourceId, own: bool) -> Result<Handle, Trap> {
        let handle = self.get(index, id)?.clone();
        if handle.lends != 0 {
            return Err(Trap::HandleLent);
        }
        if own && !handle.own {
            return Err(Trap::NotOwned);
        }
        self.used.remove(&index);
        self.free.push(index);
        Ok(handle)
    }

    fn end_scope(&self) -> Result<(), Trap> {
        if self.used.values().all(|handle| handle.own) { Ok(()) } else { Err(Trap::BorrowLeft) }
    }
}

#[derive(Clone, Debug)]
enum Step {
    InsertOwn(ResourceId, u32),
    InsertBorrow(ResourceId, u32),
    Take(u32, ResourceId),
    Drop(u32, ResourceId),
    Lend(u32, ResourceId),
    EndLends,
}

fn step() -> impl Strategy<Value = Step> {
    let id = || prop_oneof![8 => Just(Pin::ID), 4 => Just(Timer::ID), 1 => Just(UNKNOWN)];
    let index = || prop_oneof![20 => 0..10_u32, 1 => any::<u32>()];
    prop_oneof![
        3 => (id(), any::<u32>()).prop_map(|(id, rep)| Step::InsertOwn(id, rep)),
        1 => (id(), any::<u32>()).prop_map(|(id, rep)| Step::InsertBorrow(id, rep)),
        2 => (index(), id()).prop_map(|(index, id)| Step::Take(index, id)),
        2 => (index(), id()).prop_map(|(index, id)| Step::Drop(index, id)),
        2 => (index(), id()).prop_map(|(index, id)| Step::Lend(index, id)),
        1 => Just(Step::EndLends),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_table_behaves_as_the_specification_says(steps in proptest::collection::vec(step(), 0..60)) {
        let mut table = Table::new();
        let mut model = Model::default();
        let mut lent = Vec::new();
        for step in steps {
            match step {
                Step::InsertOwn(id, rep) => {
                    let index = table.insert_own(id, rep);
                    prop_assert_eq!(index, model.add(Handle { id, rep, own: true, lends: 0 }));
                    prop_assert_ne!(index, Ok(0));
                }
                Step::InsertBorrow(id, rep) => prop_assert_eq!(
                    table.insert_borrow(id, rep),
                    model.add(Handle { id, rep, own: false, lends: 0 })
                ),
                Step::Take(index, id) => prop_assert_eq!(
                    table.take_own(index, id),
                    model.remove(index, id, true).map(|handle| handle.rep)
                ),
                Step::Drop(index, id) => prop_assert_eq!(
                    table.drop_handle(index, id),
                    model.remove(index, id, false)
                        .map(|handle| if handle.own { Dropped::Own(handle.rep) } else { Dropped::Borrow })
                ),
                Step::Lend(index, id) => {
                    let expected = model.get(index, id).map(|handle| {
                        handle.lends += 1;
                        handle.rep
                    });
                    prop_assert_eq!(table.lend(index, id), expected);
                    if expected.is_ok() {
                        lent.push(index);
                    }
                }
                Step::EndLends => for index in lent.drain(..) {
                    table.end_lend(index);
                    if let Some(handle) = model.used.get_mut(&index) {
                        handle.lends -= 1;
                    }
                },
            }
            prop_assert_eq!(table.len(), model.used.len());
            prop_assert_eq!(table.is_empty(), model.used.is_empty());
            prop_assert_eq!(table.end_scope(), model.end_scope());
            let owned: Vec<_> = model.used.values().filter(|handle| handle.own).map(|handle| (handle.id, handle.rep)).collect();
            prop_assert_eq!(table.owned().collect::<Vec<_>>(), owned);
        }
    }
}
