//! The system interfaces as a guest meets them: core arguments in, bytes in its memory out.

extern crate std;

use core::convert::Infallible;
use std::{boxed::Box, string::String, vec::Vec};

use locket_kernel::{
    Import, Instance, Kernel, Platform, Stop, Trap,
    testing::{FakeGuest, FakePlatform, PolicyBuilder, kernel, rate},
};
use rand_core::{TryCryptoRng, TryRng};

use crate::{Random, System, info, logging, monotonic_clock, poll, random, store, wall_clock};

/// A "generator" that counts, so that tests know what comes.
pub struct Counter(u8);

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|value| (value & 0xffff_ffff) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}

impl TryCryptoRng for Counter {}

macro_rules! host {
    ($($module:ident :: $provider:ident),*) => {
        $(impl $module::Host for FakePlatform {
            type $provider = System;

            fn $module(&self) -> &System {
                &System
            }
        })*
    };
}

host!(poll::Poll, monotonic_clock::MonotonicClock, wall_clock::WallClock, logging::Logging, info::Info, store::Store);

type Generator = Random<parking_lot::RawMutex, Counter>;

impl random::Host for FakePlatform {
    type Random = Generator;

    fn random(&self) -> &Generator {
        static RANDOM: Generator = Random::new(Counter(0));
        &RANDOM
    }
}

fn device() -> Box<Kernel<FakePlatform>> {
    let policy = PolicyBuilder::new()
        .container("clerk", |container| {
            container
                .interface("wasi:clocks/monotonic-clock@0.2.0", "monotonic-clock", None)
                .interface("wasi:clocks/wall-clock@0.2.0", "wall-clock", None)
                .interface("wasi:random/random@0.2.0", "random", None)
                .interface("wasi:logging/logging@0.1.0-draft", "log", Some(rate(2)))
                .interface("locket:system/info@0.1.0", "info", None)
                .grant(("locket:gpio/digital@0.1.0", "output", "digital-out"), "valve", "pin1", 3, None)
                .grant(("locket:gpio/digital@0.1.0", "input", "digital-in"), "probe", "pin2", 1, None)
                .interface("wasi:config/store@0.2.0-rc.1", "config", None)
                .settings(&[("threshold", "30"), ("unit", "")])
                .fuel(5_000)
        })
        .container("stranger", |container| container)
        .build();
    kernel(FakePlatform::new(), policy)
}

/// Every import of this crate.
fn find(field: &str, interface: &str) -> &'static Import<FakePlatform> {
    [
        poll::Imports::TABLE,
        monotonic_clock::Imports::TABLE,
        wall_clock::Imports::TABLE,
        random::Imports::TABLE,
        logging::Imports::TABLE,
        info::Imports::TABLE,
        store::Imports::TABLE,
    ]
    .into_iter()
    .flatten()
    .find(|import| import.interface.name.contains(interface) && import.field.to_str() == Ok(field))
    .unwrap()
}

struct Container<'k> {
    instance: Instance<'k, FakePlatform>,
    guest: FakeGuest,
}

/// Where results are put; the guest's allocator stays below.
const AREA: u32 = 60_000;

impl<'k> Container<'k> {
    fn start(kernel: &'k Kernel<FakePlatform>, name: &str) -> Self {
        let instance = kernel.start(kernel.find(name).unwrap()).unwrap();
        Self { instance, guest: FakeGuest::default() }
    }

    /// Calls a function and returns its core result.
    fn call(&mut self, interface: &str, field: &str, args: &[u64]) -> Result<u64, Stop> {
        let mut slots = [0; 6];
        slots[..args.len()].copy_from_slice(args);
        self.instance.dispatch(&mut self.guest, find(field, interface), &mut slots)?;
        Ok(slots[0])
    }

    fn u32_at(&self, ptr: u32) -> u32 {
        u32::from_le_bytes(self.guest.get(ptr, 4).try_into().unwrap())
    }

    fn u64_at(&self, ptr: u32) -> u64 {
        u64::from_le_bytes(self.guest.get(ptr, 8).try_into().unwrap())
    }

    fn bytes_at(&self, pair: u32) -> Vec<u8> {
        self.guest.get(self.u32_at(pair), self.u32_at(pair + 4)).into()
    }

    fn string_at(&self, pair: u32) -> String {
        String::from_utf8(self.bytes_at(pair)).unwrap()
    }

    fn in_nanoseconds(&mut self, duration: u64) -> u32 {
        let handle = self.call("monotonic-clock", "subscribe-duration", &[duration]).unwrap();
        u32::try_from(handle).unwrap()
    }

    fn poll(&mut self, pollables: &[u32]) -> Result<Vec<u8>, Stop> {
        let list: Vec<u8> = pollables.iter().flat_map(|handle| handle.to_le_bytes()).collect();
        // A list of 32-bit numbers is aligned.
        let aligned = 48_000;
        self.guest.memory[aligned..][..list.len()].copy_from_slice(&list);
        self.call("poll", "poll", &[aligned as u64, pollables.len() as u64, AREA.into()])?;
        let (ptr, len) = (self.u32_at(AREA), self.u32_at(AREA + 4));
        Ok(self.guest.get(ptr, len * 4).chunks(4).map(|index| index[0]).collect())
    }
}

#[test]
fn a_block_waits_until_its_time_and_no_longer() {
    let kernel = device();
    let mut clerk = Container::start(&kernel, "clerk");
    let before = clerk.call("monotonic-clock", "now", &[]).unwrap();
    let pollable = clerk.in_nanoseconds(5_000_000);
    assert_eq!(clerk.call("poll", "[method]pollable.ready", &[pollable.into()]), Ok(0));
    clerk.call("poll", "[method]pollable.block", &[pollable.into()]).unwrap();
    assert_eq!(clerk.call("monotonic-clock", "now", &[]), Ok(before + 5_000_000));
    assert_eq!(clerk.call("poll", "[method]pollable.ready", &[pollable.into()]), Ok(1));
    clerk.call("poll", "[resource-drop]pollable", &[pollable.into()]).unwrap();
    assert_eq!(clerk.instance.handle_count(), 0);
}

#[test]
fn poll_returns_all_that_are_ready_in_order() {
    let kernel = device();
    let mut clerk = Container::start(&kernel, "clerk");
    let (late, soon, now) = (clerk.in_nanoseconds(9_000), clerk.in_nanoseconds(4_000), clerk.in_nanoseconds(0));
    assert_eq!(clerk.poll(&[late, soon]), Ok(Vec::from([1])));
    assert_eq!(clerk.poll(&[soon, late, now]), Ok(Vec::from([0, 2])));
    kernel.board().advance(9_000);
    assert_eq!(clerk.poll(&[late, soon, late]), Ok(Vec::from([0, 1, 2])), "the same one twice is allowed");
}

#[test]
fn polling_nothing_or_too_much_traps() {
    let kernel = device();
    let mut clerk = Container::start(&kernel, "clerk");
    assert!(matches!(clerk.poll(&[]), Err(Stop::Trap(_))));
    drop(clerk);
    let mut clerk = Container::start(&kernel, "clerk");
    let pollable = clerk.in_nanoseconds(0);
    assert_eq!(clerk.poll(&[pollable; 17]), Err(Stop::Trap(Trap::TooLong)));
}

#[test]
fn settings_are_those_of_the_policy() {
    let kernel = device();
    let mut clerk = Container::start(&kernel, "clerk");
    let mut get = |key: &str| {
        let ptr = clerk.guest.put(key.as_bytes());
        clerk.call("config/store", "get", &[ptr.into(), key.len() as u64, AREA.into()]).unwrap();
        assert_eq!(clerk.guest.get(AREA, 1), [0], "no error");
        (clerk.guest.get(AREA + 4, 1) == [1]).then(|| clerk.string_at(AREA + 8))
    };
    assert_eq!(get("threshold").as_deref(), Some("30"));
    assert_eq!(get("unit").as_deref(), Some(""));
    assert_eq!(get("30"), None);
    assert_eq!(get(""), None);
    clerk.call("config/store", "get-all", &[AREA.into()]).unwrap();
    let (list, len) = (clerk.u32_at(AREA + 4), clerk.u32_at(AREA + 8));
    let all: Vec<_> = (0..len * 2).map(|text| clerk.string_at(list + text * 8)).collect();
    assert_eq!(all, ["threshold", "30", "unit", ""]);
}

#[test]
fn a_time_that_cannot_be_expressed_never_comes() {
    let kernel = device();
    let mut clerk = Container::start(&kernel, "clerk");
    let never = clerk.in_nanoseconds(u64::MAX);
    assert_eq!(clerk.call("poll", "[method]pollable.ready", &[never.into()]), Ok(0));
}

#[test]
fn an_unknown_time_of_day_is_zero() {
    let kernel = device();
    let mut clerk = Container::start(&kernel, "clerk");
    clerk.call("wall-clock", "now", &[AREA.into()]).unwrap();
    assert_eq!((clerk.u64_at(AREA), clerk.u32_at(AREA + 8)), (0, 0));
    kernel.board().set_wall_clock(Some((1_700_000_000, 42)));
    clerk.call("wall-clock", "now", &[AREA.into()]).unwrap();
    assert_eq!((clerk.u64_at(AREA), clerk.u32_at(AREA + 8)), (1_700_000_000, 42));
    clerk.call("wall-clock", "resolution", &[AREA.into()]).unwrap();
    assert_eq!(clerk.u64_at(AREA), 0);
    assert_eq!(u64::from(clerk.u32_at(AREA + 8)), FakePlatform::CLOCK_RESOLUTION);
}

#[test]
fn random_bytes_come_from_the_generator_and_are_bounded() {
    let kernel = device();
    let mut clerk = Container::start(&kernel, "clerk");
    clerk.call("random", "get-random-bytes", &[4_096, AREA.into()]).unwrap();
    let bytes = clerk.bytes_at(AREA);
    assert_eq!(bytes.len(), 4_096);
    assert!(bytes.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1)));
    assert_ne!(clerk.call("random", "get-random-u64", &[]), Ok(0));
    let stop = clerk.call("random", "get-random-bytes", &[4_097, AREA.into()]);
    assert_eq!(stop, Err(Stop::Trap(Trap::TooLong)));
}

#[test]
fn log_lines_carry_the_containers_name_and_are_dropped_above_the_rate() {
    let kernel = device();
    let mut clerk = Container::start(&kernel, "clerk");
    let (context, message) = (clerk.guest.put(b"desk"), clerk.guest.put(b"closed"));
    let args = [3, context.into(), 4, message.into(), 6];
    for _ in 0..3 {
        clerk.call("logging", "log", &args).unwrap();
    }
    let events = kernel.board().events();
    let lines = events.iter().filter(|line| *line == "clerk: warn: desk: closed").count();
    assert_eq!(lines, 2, "{events:?}");
    assert!(events.iter().any(|line| line.contains("denied")), "{events:?}");
}

#[test]
fn a_log_line_above_its_limit_traps() {
    let kernel = device();
    let mut clerk = Container::start(&kernel, "clerk");
    let message = clerk.guest.put(&[b'x'; 513]);
    let stop = clerk.call("logging", "log", &[0, 0, 0, message.into(), 513]);
    assert_eq!(stop, Err(Stop::Trap(Trap::TooLong)));
}

#[test]
fn a_container_without_the_grant_is_ended_where_there_is_no_error_to_return() {
    let kernel = device();
    let mut stranger = Container::start(&kernel, "stranger");
    assert_eq!(stranger.call("monotonic-clock", "now", &[]), Err(Stop::Revoked));
    drop(stranger);
    let mut stranger = Container::start(&kernel, "stranger");
    assert_eq!(stranger.call("logging", "log", &[0, 0, 0, 0, 0]), Err(Stop::Revoked));
}

#[test]
fn a_container_learns_its_name_and_labels_and_nobody_elses() {
    let kernel = device();
    let mut clerk = Container::start(&kernel, "clerk");
    clerk.call("info", "name", &[AREA.into()]).unwrap();
    assert_eq!(clerk.string_at(AREA), "clerk");
    clerk.call("info", "labels", &[AREA.into()]).unwrap();
    let (list, len) = (clerk.u32_at(AREA), clerk.u32_at(AREA + 4));
    let labels: Vec<_> = (0..len).map(|index| clerk.string_at(list + 8 * index)).collect();
    assert_eq!(labels, ["probe", "valve"]);
}

#[test]
fn limits_and_usage_are_laid_out_as_records() {
    let kernel = device();
    let mut clerk = Container::start(&kernel, "clerk");
    assert_eq!(clerk.call("info", "start-count", &[]), Ok(1));
    clerk.call("info", "get-limits", &[AREA.into()]).unwrap();
    assert_eq!(clerk.u32_at(AREA), 16 * 1024);
    assert_eq!(clerk.u64_at(AREA + 8), 5_000);
    clerk.instance.set_memory(321);
    clerk.call("info", "get-usage", &[AREA.into()]).unwrap();
    assert_eq!(clerk.u32_at(AREA), 321);
    assert_eq!(clerk.u64_at(AREA + 24), 3, "calls, this one included");
}
