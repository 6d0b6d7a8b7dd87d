//! Generated glue at work, where no provider of Locket's own uses it: parameters that pass in memory, replies to
//! parameters that are lists, handles of an interface that needs no grant, and denials without an error to return.
#![allow(dead_code, reason = "each test looks at a part of the generated code")]
#![allow(clippy::many_single_char_names, reason = "the fixture with many parameters counts them")]

use std::cell::RefCell;

use locket_abi::{Borrow, List, Own, heapless::Vec as Bounded};
use locket_kernel::{
    Access, Import, Instance, Instant, Platform, Rep, Stop, Trap, WaitSource,
    testing::{FakeGuest, FakePlatform, PolicyBuilder, kernel, rate},
};

macro_rules! generated {
    ($($name:ident)*) => {
        $(mod $name {
            include!(concat!("snapshots/generated__", stringify!($name), ".snap.rs"));
        })*
    };
}

generated!(rates reply resources spilled);

use rates::rates as rated;
use reply::reply as directory;
use resources::resources as things;
use spilled::spilled as wide;

/// Every provider of these tests.
pub struct Provider;

macro_rules! host {
    ($($module:ident :: $provider:ident, $getter:ident;)*) => {
        $(impl $module::Host for FakePlatform {
            type $provider = Provider;

            fn $getter(&self) -> &Provider {
                &Provider
            }
        })*
    };
}

host! {
    wide::Spilled, spilled;
    directory::Reply, reply;
    things::Resources, resources;
    rated::Rates, rates;
}

thread_local! {
    /// What providers note down.
    static SEEN: RefCell<String> = const { RefCell::new(String::new()) };
}

fn note(text: String) {
    SEEN.set(text);
}

impl<B: Platform> wide::Spilled<B> for Provider {
    fn wide(
        &self,
        _: &Access<'_, B>,
        a: u8,
        b: u64,
        c: (u32, u32, u32, u32),
        d: &str,
        e: List<'_, u32>,
        f: Option<u64>,
        g: u16,
        h: f32,
        i: char,
        j: bool,
        k: i8,
    ) {
        let e: Vec<u32> = e.iter().collect();
        note(format!("{a} {b} {c:?} {d} {e:?} {f:?} {g} {h} {i} {j} {k}"));
    }
}

impl<B: Platform> directory::Reply<B> for Provider {
    fn look_up(&self, _: &Access<'_, B>, reply: directory::LookUpReply<'_, B>) -> Result<directory::Replied, Stop> {
        let name = reply.name()?.to_owned();
        if name.is_empty() {
            return reply.send(&None);
        }
        let found = [name.as_str(), "and friends"];
        reply.send(&Some(List::Host(&found)))
    }
}

fn number(rep: Rep) -> u32 {
    match rep {
        Rep::Pollable(WaitSource::Instant(number)) => u32::try_from(number.nanoseconds()).unwrap(),
        other => panic!("{other:?} is nothing that these tests hand out"),
    }
}

fn thing(number: u32) -> Own<things::Thing, Rep> {
    Own::new(WaitSource::Instant(Instant::at(number.into())).into())
}

impl<B: Platform> things::Resources<B> for Provider {
    fn thing_constructor(&self, _: &Access<'_, B>, number: u32) -> Own<things::Thing, Rep> {
        thing(number)
    }

    fn thing_number(&self, _: &Access<'_, B>, this: Borrow<things::Thing, Rep>) -> u32 {
        number(this.rep)
    }

    fn thing_merge(
        &self,
        _: &Access<'_, B>,
        a: Own<things::Thing, Rep>,
        b: Borrow<things::Thing, Rep>,
    ) -> Own<things::Thing, Rep> {
        thing(number(a.rep) + number(b.rep))
    }

    fn sum(&self, _: &Access<'_, B>, things: Bounded<Borrow<things::Thing, Rep>, 16>) -> u32 {
        things.iter().map(|thing| number(thing.rep)).sum()
    }
}

impl<B: Platform> rated::Rates<B> for Provider {
    fn count(&self, _: &Access<'_, B>) {
        SEEN.with_borrow_mut(|seen| seen.push('|'));
    }

    fn read(&self, _: &Access<'_, B>) -> u32 {
        7
    }

    fn reset(&self, _: &Access<'_, B>, to: u32) -> Result<u32, rated::Error> {
        Ok(to)
    }
}

struct Container<'k> {
    instance: Instance<'k, FakePlatform>,
    guest: FakeGuest,
}

/// Where results and parameters in memory are put; the guest's allocator stays below.
const AREA: u32 = 60_000;

impl Container<'_> {
    fn call(&mut self, field: &str, args: &[u64]) -> Result<u64, Stop> {
        let tables: [&[Import<FakePlatform>]; 4] =
            [wide::Imports::TABLE, directory::Imports::TABLE, things::Imports::TABLE, rated::Imports::TABLE];
        let import = tables.into_iter().flatten().find(|import| import.field.to_str() == Ok(field)).unwrap();
        let mut slots = [0; 8];
        slots[..args.len()].copy_from_slice(args);
        self.instance.dispatch(&mut self.guest, import, &mut slots)?;
        Ok(slots[0])
    }

    fn put(&mut self, ptr: u32, bytes: &[u8]) {
        self.guest.memory[ptr as usize..][..bytes.len()].copy_from_slice(bytes);
    }

    fn u32_at(&self, ptr: u32) -> u32 {
        u32::from_le_bytes(self.guest.get(ptr, 4).try_into().unwrap())
    }

    fn string_at(&self, pair: u32) -> &str {
        str::from_utf8(self.guest.get(self.u32_at(pair), self.u32_at(pair + 4))).unwrap()
    }
}

/// Runs `test` in a container that may use the directory, and the meter twice in a second.
fn container(test: impl FnOnce(&mut Container<'_>)) {
    let policy = PolicyBuilder::new()
        .container("tester", |container| {
            container.interface("test:fixture/reply@1.0.0", "directory", None).interface(
                "test:fixture/rates@1.0.0",
                "meter",
                Some(rate(2)),
            )
        })
        .build();
    let kernel = kernel(FakePlatform::new(), policy);
    let instance = kernel.start(kernel.find("tester").unwrap()).unwrap();
    test(&mut Container { instance, guest: FakeGuest::default() });
}

#[test]
fn parameters_in_memory_stand_where_a_record_has_them() {
    container(|container| {
        container.put(100, b"name");
        container.put(200, &[1, 0, 0, 0, 2, 0, 0, 0]);
        for (offset, bytes) in [
            (0, &[9][..]),
            (8, &u64::MAX.to_le_bytes()),
            (16, &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0]),
            (32, &[100, 0, 0, 0, 4, 0, 0, 0]),
            (40, &[200, 0, 0, 0, 2, 0, 0, 0]),
            (48, &[1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]),
            (64, &[0x34, 0x12]),
            (68, &1.5_f32.to_le_bytes()),
            (72, &u32::from('ü').to_le_bytes()),
            (76, &[1, 0x80]),
        ] {
            container.put(AREA + offset, bytes);
        }
        container.call("wide", &[AREA.into()]).unwrap();
    });
    let expected = "9 18446744073709551615 (1, 2, 3, 4) name [1, 2] Some(5) 4660 1.5 ü true -128";
    assert_eq!(SEEN.take(), expected);
}

#[test]
fn parameters_in_memory_are_checked_as_one() {
    container(|container| {
        assert_eq!(container.call("wide", &[u64::from(AREA) + 4]), Err(Stop::Trap(Trap::Misaligned)));
    });
    container(|container| {
        let end = container.guest.memory.len() as u64 - 72;
        assert_eq!(container.call("wide", &[end]), Err(Stop::Trap(Trap::OutOfBounds)));
    });
}

#[test]
fn a_reply_reads_its_parameters_and_writes_lists_of_strings() {
    container(|container| {
        container.put(100, b"ada");
        container.call("look-up", &[100, 3, AREA.into()]).unwrap();
        assert_eq!((container.guest.get(AREA, 1), container.u32_at(AREA + 8)), (&[1][..], 2));
        let list = container.u32_at(AREA + 4);
        assert_eq!((container.string_at(list), container.string_at(list + 8)), ("ada", "and friends"));
        container.call("look-up", &[100, 0, AREA.into()]).unwrap();
        assert_eq!(container.guest.get(AREA, 1), [0]);
    });
}

#[test]
fn a_parameter_that_only_the_reply_reads_is_checked_before() {
    container(|container| {
        assert_eq!(container.call("look-up", &[100, 17, AREA.into()]), Err(Stop::Trap(Trap::TooLong)));
    });
    container(|container| {
        container.put(100, &[0xff]);
        assert_eq!(container.call("look-up", &[100, 1, AREA.into()]), Err(Stop::Trap(Trap::InvalidUtf8)));
    });
}

#[test]
fn handles_move_lend_and_come_back() {
    container(|container| {
        let two = container.call("[constructor]thing", &[2]).unwrap();
        let three = container.call("[constructor]thing", &[3]).unwrap();
        let five = container.call("[static]thing.merge", &[two, three]).unwrap();
        assert_eq!(container.call("[method]thing.number", &[five]), Ok(5));
        let list: Vec<u8> = [three, five, three].iter().flat_map(|handle| handle.to_le_bytes()[..4].to_vec()).collect();
        container.put(AREA, &list);
        assert_eq!(container.call("sum", &[AREA.into(), 3]), Ok(11));
        container.call("[resource-drop]thing", &[three]).expect("each lend was ended");
        container.call("[resource-drop]thing", &[five]).unwrap();
        assert_eq!(container.instance.handle_count(), 0, "the one that moved was taken away");
    });
}

#[test]
fn a_handle_that_moves_cannot_be_lent_to_the_same_call() {
    container(|container| {
        let two = container.call("[constructor]thing", &[2]).unwrap();
        assert_eq!(container.call("[static]thing.merge", &[two, two]), Err(Stop::Trap(Trap::UnknownHandle)));
    });
}

#[test]
fn above_the_rate_a_call_is_dropped_refused_or_the_end() {
    container(|container| {
        for _ in 0..5 {
            container.call("count", &[]).expect("a call without a result is dropped");
        }
        assert_eq!(SEEN.take(), "||");
        container.call("reset", &[4, AREA.into()]).unwrap();
        assert_eq!((container.guest.get(AREA, 1), container.guest.get(AREA + 4, 1)), (&[1][..], &[2][..]));
        assert_eq!(container.call("read", &[]), Err(Stop::Revoked));
    });
}
