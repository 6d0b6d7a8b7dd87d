//! What the tests of the kernel share: two interfaces as generated code would describe them, and short ways to call.
#![allow(dead_code, reason = "each test file uses its own part")]

use locket_kernel::testing::{self, ChannelSpec, ContainerSpec, FakeGuest, FakePlatform, PolicyBuilder};
use locket_kernel::{
    Access, ChannelError, Denial, Instance, Interface, Kernel, Kind, Rate, Rep, ResourceId, Rights, Step, Stop,
};
use locket_policy::WhenFull;

pub const SECOND: u64 = 1_000_000_000;
pub const MS: u64 = 1_000_000;

pub static DIGITAL: Interface =
    Interface { name: "locket:gpio/digital@0.1.0", granted_as: None, rights: &["read", "set"] };
pub static OUTPUT: Kind = Kind {
    interface: &DIGITAL,
    resource: "output",
    granted_as: "digital-out",
    id: ResourceId::of("locket:gpio/digital@0.1.0/output"),
};
pub static INPUT: Kind = Kind {
    interface: &DIGITAL,
    resource: "input",
    granted_as: "digital-in",
    id: ResourceId::of("locket:gpio/digital@0.1.0/input"),
};
pub static CHANNEL: Interface =
    Interface { name: "locket:ipc/channel@0.1.0", granted_as: None, rights: &["send", "receive"] };
pub static SENDER: Kind = Kind {
    interface: &CHANNEL,
    resource: "sender",
    granted_as: "sender",
    id: ResourceId::of("locket:ipc/channel@0.1.0/sender"),
};
pub static RECEIVER: Kind = Kind {
    interface: &CHANNEL,
    resource: "receiver",
    granted_as: "receiver",
    id: ResourceId::of("locket:ipc/channel@0.1.0/receiver"),
};
pub static LOGGING: Interface =
    Interface { name: "wasi:logging/logging@0.1.0-draft", granted_as: Some("log"), rights: &[] };

pub const READ: Rights = Rights::flag(0);
pub const SET: Rights = Rights::flag(1);
pub const SEND: Rights = Rights::flag(0);
pub const RECEIVE: Rights = Rights::flag(1);

pub type Run<'k> = Instance<'k, FakePlatform>;

/// `container` holds the output `object` under `label`.
pub fn output(
    container: ContainerSpec,
    label: &str,
    object: &str,
    rights: Rights,
    rate: Option<Rate>,
) -> ContainerSpec {
    container.grant((DIGITAL.name, "output", "digital-out"), label, object, rights.bits(), rate)
}

/// A channel of 8-byte messages.
pub fn channel(
    from: &'static [&'static str],
    to: &'static [&'static str],
    depth: u16,
    rate: Option<Rate>,
    when_full: WhenFull,
) -> ChannelSpec {
    ChannelSpec { from, to, message: 8, depth, rate, when_full }
}

/// A kernel on one thread.
pub fn kernel(policy: PolicyBuilder) -> Box<Kernel<FakePlatform>> {
    testing::kernel(FakePlatform::new(), policy.build())
}

/// Starts the container called `name`.
pub fn start<'k>(kernel: &'k Kernel<FakePlatform>, name: &str) -> Run<'k> {
    kernel.start(kernel.find(name).expect("a container of the test's policy")).expect("it can be started")
}

/// One call of the guest, whose provider does `act` with an access to `rep`.
pub fn with<T>(
    run: &Run<'_>,
    rep: &Rep,
    rights: Rights,
    act: impl FnOnce(&Access<'_, FakePlatform>) -> T,
) -> Result<T, Denial> {
    let mut result = Err(Denial::NotPermitted);
    testing::call(run, &mut FakeGuest::new(64), &DIGITAL, c"[method]output.set", |call| {
        result = call.instance.enter(rep, rights).map(|access| act(&access));
        Ok(())
    })
    .expect("nothing here ends the container");
    result
}

/// Uses `rep` and does nothing with it.
pub fn touch(run: &Run<'_>, rep: &Rep, rights: Rights) -> Result<(), Denial> {
    with(run, rep, rights, |_| ())
}

/// Sends as generated code does: as often as the kernel says wait, it waits and asks again.
pub fn send(run: &Run<'_>, sender: &Rep, message: &[u8]) -> Result<Result<(), ChannelError>, Stop> {
    let mut result = Ok(());
    testing::call(run, &mut FakeGuest::new(64), &CHANNEL, c"[method]sender.send", |call| {
        result = loop {
            let access = match call.instance.enter(sender, SEND) {
                Ok(access) => access,
                Err(denial) => break Err(denial.into()),
            };
            match access.send(message) {
                Step::Done(result) => break result,
                Step::Wait(wait) => {
                    drop(access);
                    call.instance.wait(&wait)?;
                }
                Step::WaitForAny => panic!("sending has no pollables"),
            }
        };
        Ok(())
    })?;
    Ok(result)
}

/// Receives into a guest of its own.
pub fn receive(run: &Run<'_>, receiver: &Rep) -> Result<Vec<u8>, ChannelError> {
    receive_into(run, &mut FakeGuest::new(4096), receiver).expect("nothing here ends the container")
}

/// Receives into `guest`.
pub fn receive_into(
    run: &Run<'_>,
    guest: &mut FakeGuest,
    receiver: &Rep,
) -> Result<Result<Vec<u8>, ChannelError>, Stop> {
    let mut placed = Err(ChannelError::Empty);
    testing::call(run, guest, &CHANNEL, c"[method]receiver.receive", |call| {
        placed = match call.instance.enter(receiver, RECEIVE) {
            Ok(access) => access.receive(call.guest)?,
            Err(denial) => Err(denial.into()),
        };
        Ok(())
    })?;
    Ok(placed.map(|list| match list {
        locket_abi::List::Placed { ptr, len } => guest.get(ptr, len).to_vec(),
        _ => panic!("a received message is in the guest's memory"),
    }))
}
