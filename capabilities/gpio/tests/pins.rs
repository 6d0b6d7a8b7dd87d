//! Pins as a guest meets them: core arguments in, bytes in its memory out.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use embedded_hal::digital::{Error, ErrorKind, ErrorType, InputPin, OutputPin, StatefulOutputPin};
use locket_gpio::{
    Active, Line, Pins,
    digital::{self, Imports},
};
use locket_kernel::{
    ContainerId, Event, Instance, Kernel, Platform, Stop, Trap,
    testing::{FakeGuest, FakePlatform, PolicyBuilder, rate},
};

const INPUT: (&str, &str, &str) = ("locket:gpio/digital@0.1.0", "input", "digital-in");
const OUTPUT: (&str, &str, &str) = ("locket:gpio/digital@0.1.0", "output", "digital-out");
const READ: u16 = 1;
const SET: u16 = 2;

/// A wire that a test holds at the other end.
#[derive(Clone, Debug, Default)]
struct Wire {
    high: Arc<AtomicBool>,
    broken: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Broken;

impl Error for Broken {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl Wire {
    fn check(&self) -> Result<(), Broken> {
        if self.broken.load(SeqCst) { Err(Broken) } else { Ok(()) }
    }

    fn put(&self, high: bool) -> Result<(), Broken> {
        self.check()?;
        self.high.store(high, SeqCst);
        Ok(())
    }

    fn get(&self) -> Result<bool, Broken> {
        self.check()?;
        Ok(self.high.load(SeqCst))
    }
}

impl ErrorType for Wire {
    type Error = Broken;
}

impl InputPin for Wire {
    fn is_high(&mut self) -> Result<bool, Broken> {
        self.get()
    }

    fn is_low(&mut self) -> Result<bool, Broken> {
        self.get().map(|high| !high)
    }
}

impl OutputPin for Wire {
    fn set_low(&mut self) -> Result<(), Broken> {
        self.put(false)
    }

    fn set_high(&mut self) -> Result<(), Broken> {
        self.put(true)
    }
}

impl StatefulOutputPin for Wire {
    fn is_set_high(&mut self) -> Result<bool, Broken> {
        self.get()
    }

    fn is_set_low(&mut self) -> Result<bool, Broken> {
        self.get().map(|high| !high)
    }
}

type BoardPins = Pins<parking_lot::RawMutex, Wire, Wire, 1, 2>;

/// The kernel's fake board, with pins.
struct Board {
    fake: FakePlatform,
    pins: BoardPins,
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

impl digital::Host for Board {
    type Digital = BoardPins;

    fn digital(&self) -> &BoardPins {
        &self.pins
    }
}

/// The other ends of the board's wires.
struct Wires {
    button: Wire,
    valve: Wire,
    lamp: Wire,
}

/// A device with one container, which may press the button, drive the valve, and look at the lamp.
fn device() -> (Box<Kernel<Board>>, Wires) {
    let wires = Wires { button: Wire::default(), valve: Wire::default(), lamp: Wire::default() };
    let line = |name, active, wire: &Wire| Line { name, active, pin: wire.clone() };
    let pins = Pins::new(
        [line("button", Active::Low, &wires.button)],
        [line("valve", Active::High, &wires.valve), line("lamp", Active::Low, &wires.lamp)],
    );
    let policy = PolicyBuilder::new()
        .container("garden", |container| {
            container
                .grant(INPUT, "go", "button", READ, None)
                .grant(OUTPUT, "water", "valve", READ | SET, Some(rate(2)))
                .grant(OUTPUT, "light", "lamp", READ, None)
        })
        .build();
    let storage = Box::leak(Box::default());
    let kernel =
        Kernel::new(Board { fake: FakePlatform::new(), pins }, policy, storage, |board, name| match name.granted_as {
            "digital-in" => board.pins.find_input(name.object),
            "digital-out" => board.pins.find_output(name.object),
            _ => None,
        });
    (Box::new(kernel.unwrap()), wires)
}

fn start(kernel: &Kernel<Board>) -> Instance<'_, Board> {
    kernel.start(kernel.find("garden").unwrap()).unwrap()
}

fn call(instance: &Instance<'_, Board>, guest: &mut FakeGuest, field: &str, args: &[u64]) -> Result<(), Stop> {
    let import = Imports::<Board>::TABLE.iter().find(|import| import.field.to_str() == Ok(field)).unwrap();
    let mut slots = [0; 4];
    slots[..args.len()].copy_from_slice(args);
    instance.dispatch(guest, import, &mut slots)
}

/// Opens a pin and returns its handle.
fn open(instance: &Instance<'_, Board>, guest: &mut FakeGuest, field: &str, label: &str) -> Result<u32, u8> {
    let ptr = guest.put(label.as_bytes());
    let area = 1024;
    call(instance, guest, field, &[ptr.into(), label.len() as u64, area]).unwrap();
    match *guest.get(1024, 8) {
        [0, _, _, _, a, b, c, d] => Ok(u32::from_le_bytes([a, b, c, d])),
        [1, _, _, _, error, ..] => Err(error),
        _ => panic!("no result"),
    }
}

/// Calls a method whose result is two bytes: case and payload.
fn method(instance: &Instance<'_, Board>, guest: &mut FakeGuest, field: &str, args: &[u64]) -> (u8, u8) {
    let area = 2048;
    let args: Vec<u64> = args.iter().copied().chain([u64::from(area)]).collect();
    guest.memory[area as usize..][..3].fill(0xee);
    call(instance, guest, field, &args).unwrap();
    let result = guest.get(area, 3);
    assert_eq!(result[2], 0xee, "two bytes and no more are the result");
    (result[0], if result[1] == 0xee { 0 } else { result[1] })
}

const OK: u8 = 0;
const ERROR: u8 = 1;
const UNKNOWN_LABEL: u8 = 0;
const NOT_PERMITTED: u8 = 1;
const QUOTA_EXCEEDED: u8 = 2;
const REVOKED: u8 = 3;
const DEVICE_FAILED: u8 = 4;
const LOW: u64 = 0;
const HIGH: u64 = 1;

#[test]
fn an_output_is_driven_and_read_back() {
    let (kernel, wires) = device();
    let (instance, mut guest) = (start(&kernel), FakeGuest::default());
    let pump = open(&instance, &mut guest, "[static]output.open", "water").unwrap();
    assert_eq!(method(&instance, &mut guest, "[method]output.set", &[pump.into(), HIGH]), (OK, 0));
    assert!(wires.valve.high.load(SeqCst));
    assert_eq!(method(&instance, &mut guest, "[method]output.toggle", &[pump.into()]), (OK, 0));
    assert!(!wires.valve.high.load(SeqCst));
    assert!(!wires.lamp.high.load(SeqCst), "no other pin is touched");
}

#[test]
fn a_pin_that_is_active_low_is_turned_around() {
    let (kernel, wires) = device();
    let (instance, mut guest) = (start(&kernel), FakeGuest::default());
    let button = open(&instance, &mut guest, "[static]input.open", "go").unwrap();
    assert_eq!(method(&instance, &mut guest, "[method]input.read", &[button.into()]), (OK, 1));
    wires.button.high.store(true, SeqCst);
    assert_eq!(method(&instance, &mut guest, "[method]input.read", &[button.into()]), (OK, 0));
    let light = open(&instance, &mut guest, "[static]output.open", "light").unwrap();
    assert_eq!(method(&instance, &mut guest, "[method]output.read", &[light.into()]), (OK, 1));
}

#[test]
fn a_change_is_reported_once() {
    let (kernel, _) = device();
    let (instance, mut guest) = (start(&kernel), FakeGuest::default());
    let pump = open(&instance, &mut guest, "[static]output.open", "water").unwrap();
    let before = kernel.board().fake.events().len();
    method(&instance, &mut guest, "[method]output.set", &[pump.into(), HIGH]);
    method(&instance, &mut guest, "[method]output.set", &[pump.into(), HIGH]);
    let events = kernel.board().fake.events();
    assert_eq!(events.len(), before + 1, "{events:?}");
    assert!(events[before].contains("garden") && events[before].contains("valve"), "{events:?}");
}

#[test]
fn only_granted_labels_open() {
    let (kernel, _) = device();
    let (instance, mut guest) = (start(&kernel), FakeGuest::default());
    assert_eq!(open(&instance, &mut guest, "[static]output.open", "lamp"), Err(UNKNOWN_LABEL), "the board's name");
    assert_eq!(open(&instance, &mut guest, "[static]output.open", "go"), Err(UNKNOWN_LABEL), "another kind");
    assert_eq!(open(&instance, &mut guest, "[static]output.open", ""), Err(UNKNOWN_LABEL));
}

#[test]
fn a_missing_right_and_a_used_up_rate_are_errors() {
    let (kernel, wires) = device();
    let (instance, mut guest) = (start(&kernel), FakeGuest::default());
    let light = open(&instance, &mut guest, "[static]output.open", "light").unwrap();
    assert_eq!(method(&instance, &mut guest, "[method]output.set", &[light.into(), LOW]), (ERROR, NOT_PERMITTED));
    assert!(!wires.lamp.high.load(SeqCst));
    let pump = open(&instance, &mut guest, "[static]output.open", "water").unwrap();
    method(&instance, &mut guest, "[method]output.set", &[pump.into(), HIGH]);
    method(&instance, &mut guest, "[method]output.set", &[pump.into(), HIGH]);
    assert_eq!(method(&instance, &mut guest, "[method]output.set", &[pump.into(), LOW]), (ERROR, QUOTA_EXCEEDED));
    assert!(wires.valve.high.load(SeqCst), "a refused call does nothing");
}

#[test]
fn a_broken_pin_is_an_error_of_its_own() {
    let (kernel, wires) = device();
    let (instance, mut guest) = (start(&kernel), FakeGuest::default());
    let pump = open(&instance, &mut guest, "[static]output.open", "water").unwrap();
    wires.valve.broken.store(true, SeqCst);
    assert_eq!(method(&instance, &mut guest, "[method]output.read", &[pump.into()]), (ERROR, DEVICE_FAILED));
}

#[test]
fn a_level_that_does_not_exist_traps() {
    let (kernel, wires) = device();
    let (instance, mut guest) = (start(&kernel), FakeGuest::default());
    let pump = open(&instance, &mut guest, "[static]output.open", "water").unwrap();
    let stop = call(&instance, &mut guest, "[method]output.set", &[pump.into(), 2, 2048]);
    assert_eq!(stop, Err(Stop::Trap(Trap::InvalidDiscriminant)));
    assert!(!wires.valve.high.load(SeqCst));
}

#[test]
fn a_handle_of_another_kind_or_from_nowhere_traps() {
    let (kernel, _) = device();
    let (instance, mut guest) = (start(&kernel), FakeGuest::default());
    let button = open(&instance, &mut guest, "[static]input.open", "go").unwrap();
    let stop = call(&instance, &mut guest, "[method]output.read", &[button.into(), 2048]);
    assert_eq!(stop, Err(Stop::Trap(Trap::WrongHandleType)));
    drop(instance);

    let instance = start(&kernel);
    let stop = call(&instance, &mut guest, "[method]output.read", &[7, 2048]);
    assert_eq!(stop, Err(Stop::Trap(Trap::UnknownHandle)));
}

#[test]
fn a_dropped_handle_is_gone_and_the_level_stays() {
    let (kernel, wires) = device();
    let (instance, mut guest) = (start(&kernel), FakeGuest::default());
    let pump = open(&instance, &mut guest, "[static]output.open", "water").unwrap();
    method(&instance, &mut guest, "[method]output.set", &[pump.into(), HIGH]);
    call(&instance, &mut guest, "[resource-drop]output", &[pump.into()]).unwrap();
    assert!(wires.valve.high.load(SeqCst));
    let stop = call(&instance, &mut guest, "[method]output.read", &[pump.into(), 2048]);
    assert_eq!(stop, Err(Stop::Trap(Trap::UnknownHandle)));
}

#[test]
fn a_label_above_its_limit_and_a_result_outside_of_memory_trap() {
    let (kernel, _) = device();
    let (instance, mut guest) = (start(&kernel), FakeGuest::default());
    let long = guest.put(&[b'a'; 33]);
    let stop = call(&instance, &mut guest, "[static]output.open", &[long.into(), 33, 1024]);
    assert_eq!(stop, Err(Stop::Trap(Trap::TooLong)));
    drop(instance);

    let instance = start(&kernel);
    let pump = open(&instance, &mut guest, "[static]output.open", "water").unwrap();
    let end = guest.memory.len() as u64 - 1;
    let stop = call(&instance, &mut guest, "[method]output.read", &[pump.into(), end]);
    assert_eq!(stop, Err(Stop::Trap(Trap::OutOfBounds)));
}

#[test]
fn a_container_sees_a_revocation_as_an_error() {
    let (kernel, wires) = device();
    let (instance, mut guest) = (start(&kernel), FakeGuest::default());
    let pump = open(&instance, &mut guest, "[static]output.open", "water").unwrap();
    let granted = kernel.capability(instance.id(), "digital-out", "water").unwrap();
    assert!(kernel.revoke(&granted));
    assert_eq!(method(&instance, &mut guest, "[method]output.set", &[pump.into(), HIGH]), (ERROR, REVOKED));
    assert!(!wires.valve.high.load(SeqCst));
}
