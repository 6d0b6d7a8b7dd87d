//! Channels as a guest meets them: core arguments in, bytes in its memory out.

extern crate std;

use std::{boxed::Box, num::NonZeroU32, vec::Vec};

use locket_kernel::{
    Import, Instance, Kernel, Platform, Stop, Trap,
    testing::{ChannelSpec, FakeGuest, FakePlatform, PolicyBuilder, kernel, rate},
};
use locket_policy::WhenFull;

use crate::{Channels, channel};

impl channel::Host for FakePlatform {
    type Channel = Channels;

    fn channel(&self) -> &Channels {
        &Channels
    }
}

const OK: u8 = 0;
const ERROR: u8 = 1;

/// The cases of `error`, in the WIT's order.
const UNKNOWN_LABEL: u8 = 0;
const QUOTA_EXCEEDED: u8 = 2;
const FULL: u8 = 4;
const EMPTY: u8 = 5;
const TOO_LONG: u8 = 6;
const CLOSED: u8 = 7;

const SPEC: ChannelSpec =
    ChannelSpec { from: &["sensor"], to: &["valve"], message: 16, depth: 2, rate: None, when_full: WhenFull::Reject };

fn device(spec: ChannelSpec) -> Box<Kernel<FakePlatform>> {
    let policy = PolicyBuilder::new()
        .container("sensor", |container| container)
        .container("valve", |container| container)
        .channel("moisture", spec)
        .build();
    kernel(FakePlatform::new(), policy)
}

/// A running container: its run and its guest.
struct Container<'k> {
    instance: Instance<'k, FakePlatform>,
    guest: FakeGuest,
}

impl<'k> Container<'k> {
    fn start(kernel: &'k Kernel<FakePlatform>, name: &str) -> Self {
        let instance = kernel.start(kernel.find(name).unwrap()).unwrap();
        Self { instance, guest: FakeGuest::default() }
    }

    fn call(&mut self, field: &str, args: &[u64]) -> Result<(), Stop> {
        let table: &[Import<FakePlatform>] = channel::Imports::TABLE;
        let import = table.iter().find(|import| import.field.to_str() == Ok(field)).unwrap();
        let mut slots = [0; 4];
        slots[..args.len()].copy_from_slice(args);
        self.instance.dispatch(&mut self.guest, import, &mut slots)
    }

    /// Calls a function whose result takes up to 12 bytes, and returns those.
    fn result(&mut self, field: &str, args: &[u64]) -> [u8; 12] {
        let area = 32_768;
        let args: Vec<u64> = args.iter().copied().chain([area]).collect();
        self.call(field, &args).unwrap();
        self.guest.get(32_768, 12).try_into().unwrap()
    }

    fn open(&mut self, field: &str, label: &str) -> Result<u64, u8> {
        let ptr = self.guest.put(label.as_bytes());
        match self.result(field, &[ptr.into(), label.len() as u64]) {
            [OK, _, _, _, a, b, c, d, ..] => Ok(u32::from_le_bytes([a, b, c, d]).into()),
            [_, _, _, _, error, ..] => Err(error),
        }
    }

    fn send(&mut self, sender: u64, message: &[u8]) -> (u8, u8) {
        let ptr = self.guest.put(message);
        let [case, error, ..] = self.result("[method]sender.send", &[sender, ptr.into(), message.len() as u64]);
        (case, if case == OK { 0 } else { error })
    }

    fn receive(&mut self, receiver: u64) -> Result<Vec<u8>, u8> {
        match self.result("[method]receiver.receive", &[receiver]) {
            [OK, _, _, _, a, b, c, d, rest @ ..] => {
                let (ptr, len) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes(rest));
                Ok(self.guest.get(ptr, len).into())
            }
            [_, _, _, _, error, ..] => Err(error),
        }
    }
}

#[test]
fn messages_arrive_in_order_and_whole() {
    let kernel = device(SPEC);
    let (mut sensor, mut valve) = (Container::start(&kernel, "sensor"), Container::start(&kernel, "valve"));
    let sender = sensor.open("[static]sender.open", "moisture").unwrap();
    let receiver = valve.open("[static]receiver.open", "moisture").unwrap();
    assert_eq!(valve.receive(receiver), Err(EMPTY));
    assert_eq!(sensor.send(sender, b"dry"), (OK, 0));
    assert_eq!(sensor.send(sender, b""), (OK, 0), "an empty message is one too");
    assert_eq!(valve.receive(receiver), Ok(b"dry".to_vec()));
    assert_eq!(valve.receive(receiver), Ok(Vec::new()));
    assert_eq!(valve.receive(receiver), Err(EMPTY));
}

#[test]
fn each_refusal_has_its_own_case() {
    let kernel = device(ChannelSpec { rate: Some(rate(3)), ..SPEC });
    let (mut sensor, mut valve) = (Container::start(&kernel, "sensor"), Container::start(&kernel, "valve"));
    assert_eq!(sensor.open("[static]receiver.open", "moisture"), Err(UNKNOWN_LABEL), "the other end is not granted");
    let sender = sensor.open("[static]sender.open", "moisture").unwrap();
    let receiver = valve.open("[static]receiver.open", "moisture").unwrap();
    assert_eq!(sensor.send(sender, &[0; 17]), (ERROR, TOO_LONG));
    assert_eq!(sensor.send(sender, b"1"), (OK, 0));
    assert_eq!(sensor.send(sender, b"2"), (OK, 0));
    assert_eq!(sensor.send(sender, b"3"), (ERROR, FULL));
    assert_eq!(valve.receive(receiver), Ok(b"1".to_vec()));
    assert_eq!(sensor.send(sender, b"3"), (OK, 0), "what was refused was not debited");
    assert_eq!(sensor.send(sender, b"4"), (ERROR, QUOTA_EXCEEDED));
    drop(valve);
    assert_eq!(sensor.send(sender, b"5"), (ERROR, QUOTA_EXCEEDED));
    kernel.board().advance(1_000_000_000);
    assert_eq!(sensor.send(sender, b"5"), (ERROR, CLOSED));
}

#[test]
fn waiting_for_room_ends_with_the_time_that_the_policy_allows() {
    let timeout_ms = NonZeroU32::new(250).unwrap();
    let kernel = device(ChannelSpec { when_full: WhenFull::Wait { timeout_ms }, ..SPEC });
    let (mut sensor, mut valve) = (Container::start(&kernel, "sensor"), Container::start(&kernel, "valve"));
    let sender = sensor.open("[static]sender.open", "moisture").unwrap();
    valve.open("[static]receiver.open", "moisture").unwrap();
    sensor.send(sender, b"1");
    sensor.send(sender, b"2");
    let before = kernel.board().monotonic();
    assert_eq!(sensor.send(sender, b"3"), (ERROR, FULL));
    assert_eq!(kernel.board().monotonic() - before, 250_000_000);
}

#[test]
fn lost_messages_are_counted_once() {
    let kernel = device(ChannelSpec { when_full: WhenFull::DropOldest, ..SPEC });
    let (mut sensor, mut valve) = (Container::start(&kernel, "sensor"), Container::start(&kernel, "valve"));
    let sender = sensor.open("[static]sender.open", "moisture").unwrap();
    let receiver = valve.open("[static]receiver.open", "moisture").unwrap();
    for message in [b"1", b"2", b"3"] {
        assert_eq!(sensor.send(sender, message), (OK, 0));
    }
    let lost = valve.result("[method]receiver.take-lost", &[receiver]);
    assert_eq!(lost[..8], [OK, lost[1], lost[2], lost[3], 1, 0, 0, 0]);
    let lost = valve.result("[method]receiver.take-lost", &[receiver]);
    assert_eq!(lost[4..8], [0; 4]);
    assert_eq!(valve.receive(receiver), Ok(b"2".to_vec()));
}

#[test]
fn subscribing_gives_a_handle_of_a_pollable() {
    let kernel = device(SPEC);
    let mut valve = Container::start(&kernel, "valve");
    let receiver = valve.open("[static]receiver.open", "moisture").unwrap();
    let before = valve.instance.handle_count();
    let [case, _, _, _, index, ..] = valve.result("[method]receiver.subscribe", &[receiver]);
    assert_eq!((case, valve.instance.handle_count()), (OK, before + 1));
    let stop = valve.call("[method]receiver.receive", &[index.into(), 32_768]);
    assert_eq!(stop, Err(Stop::Trap(Trap::WrongHandleType)), "a pollable is no receiver");
}

#[test]
fn an_allocator_without_memory_ends_the_receiver_and_keeps_the_message() {
    let kernel = device(SPEC);
    let (mut sensor, mut valve) = (Container::start(&kernel, "sensor"), Container::start(&kernel, "valve"));
    let sender = sensor.open("[static]sender.open", "moisture").unwrap();
    let receiver = valve.open("[static]receiver.open", "moisture").unwrap();
    sensor.send(sender, b"dry");
    valve.guest.on_realloc = Some(Box::new(|| Err(Trap::Guest)));
    let stop = valve.call("[method]receiver.receive", &[receiver, 32_768]);
    assert_eq!(stop, Err(Stop::Trap(Trap::Guest)));
    assert_eq!(kernel.channel_len("moisture"), Some(1));
}
