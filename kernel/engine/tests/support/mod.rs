//! A kernel on a board with a few test imports, and one call that runs a module as its container.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "an i32 is the low half of its slot, and the test's numbers are small"
)]

use std::collections::HashMap;
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use locket_abi::Trap;
use locket_engine::{Arena, Container, Runtime, StartError};
use locket_kernel::{Call, ContainerId, Event, ExitReason, Import, Interface, Kernel, Platform, Policy, Stop};
use locket_policy::{Cpu, Restart, RuleId, SignerIndex, Tables, Text, VersionRange};

/// A board that has nothing but time.
pub struct Board {
    started: Instant,
}

impl Platform for Board {
    type RawMutex = parking_lot::RawMutex;
    fn monotonic(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).expect("a test takes less than 500 years")
    }
    fn wall_clock(&self) -> Option<(u64, u32)> {
        None
    }
    fn park(&self, _: ContainerId, _: Option<u64>) {
        std::thread::sleep(Duration::from_millis(1));
    }
    fn unpark(&self, _: ContainerId) {}
    fn yield_now(&self) {
        std::thread::yield_now();
    }
    fn cpu_time(&self) -> u64 {
        0
    }
    fn event(&self, _: &Event<'_>) {}
}

static INTERFACE: Interface = Interface { name: "test:host/calls@0.1.0", granted_as: None, rights: &[] };

static GRANTED: Interface = Interface { name: "test:host/granted@0.1.0", granted_as: Some("granted"), rights: &[] };

type Glue = fn(&mut Call<'_, Board>, &mut [u64]) -> Result<(), Stop>;

const fn import(field: &'static CStr, signature: &'static CStr, call: Glue) -> Import<Board> {
    let module = c"test:host/calls@0.1.0";
    Import { interface: &INTERFACE, granted_as: None, module, field, signature, call }
}

/// What the guests of the tests import.
static CALLS: [Import<Board>; 9] = [
    import(c"nop", c"()", |_, _| Ok(())),
    import(c"add", c"(ii)i", |_, slots| {
        slots[0] = u64::from((slots[0] as u32).wrapping_add(slots[1] as u32));
        Ok(())
    }),
    import(c"mix", c"(iIfF)F", |_, slots| {
        let sum = f64::from(slots[0] as u32)
            + slots[1] as f64
            + f64::from(f32::from_bits(slots[2] as u32))
            + f64::from_bits(slots[3]);
        slots[0] = sum.to_bits();
        Ok(())
    }),
    import(c"many", c"(iiiiiiiiiiiiiiiii)i", |_, slots| {
        assert_eq!(slots.len(), 17);
        slots[0] = slots.iter().map(|slot| u64::from(*slot as u32)).sum();
        Ok(())
    }),
    import(c"stop", c"(i)", |_, slots| {
        Err(match slots[0] as u32 {
            0 => Stop::Killed,
            1 => Stop::Revoked,
            2 => Stop::OutOfFuel,
            _ => Stop::Trap(Trap::UnknownHandle),
        })
    }),
    import(c"realloc", c"(i)i", |call, slots| {
        let pointer = locket_abi::allocate(call.guest, 4, slots[0] as u32)?;
        slots[0] = u64::from(pointer);
        Ok(())
    }),
    import(c"poke", c"(ii)", |call, slots| {
        call.guest.memory_mut().write(slots[0] as u32, (slots[1] as u32).to_le_bytes())?;
        Ok(())
    }),
    import(c"size", c"()i", |call, slots| {
        let size = (0..=17).map(|power| 1_u32 << power).take_while(|size| call.guest.memory().slice(0, *size).is_ok());
        slots[0] = size.last().unwrap_or(0).into();
        Ok(())
    }),
    import(c"panic", c"()", |_, _| panic!("a provider's mistake")),
];

/// What a policy must grant.
static GRANTED_CALLS: [Import<Board>; 1] = [Import {
    interface: &GRANTED,
    granted_as: Some("granted"),
    module: c"test:host/granted@0.1.0",
    field: c"nop",
    signature: c"()",
    call: |_, _| Ok(()),
}];

static TABLES: [&[Import<Board>]; 2] = [&CALLS, &GRANTED_CALLS];

pub fn runtime() -> &'static Runtime<Board> {
    static RUNTIME: OnceLock<Runtime<Board>> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let memory = vec![MaybeUninit::uninit(); Runtime::<Board>::memory_needed(&TABLES)];
        start(memory.leak()).expect("memory_needed is enough")
    })
}

#[cfg(feature = "std")]
fn start(memory: &'static mut [MaybeUninit<u8>]) -> Result<Runtime<Board>, StartError> {
    Runtime::start(&TABLES, memory)
}

/// As a board without the standard library does it, but for where the word per thread is.
#[cfg(not(feature = "std"))]
fn start(memory: &'static mut [MaybeUninit<u8>]) -> Result<Runtime<Board>, StartError> {
    use locket_engine::thread_slot::{ThreadSlot, install};
    thread_local!(static WORD: std::cell::Cell<*mut ()> = const { std::cell::Cell::new(core::ptr::null_mut()) });
    static SLOT: ThreadSlot = ThreadSlot { get: || WORD.get(), set: |pointer| WORD.set(pointer) };
    // SAFETY: `OnceLock` calls this once, and other threads wait for it; the slot is a word of each thread.
    unsafe {
        install(&SLOT);
        Runtime::start_once(&TABLES, memory)
    }
}

/// What became of a module.
#[derive(Debug)]
pub struct Outcome {
    pub reason: ExitReason,
    /// Operations that the kernel was told of.
    pub operations: u64,
    /// Bytes of linear memory after it was loaded; 0 if that failed.
    pub memory: usize,
    /// The most bytes that it had of its arena.
    pub peak: usize,
}

/// A policy with one container, that may run so many operations and is granted nothing.
fn policy(fuel: u64) -> Policy {
    static POLICIES: Mutex<Option<HashMap<u64, Policy>>> = Mutex::new(None);
    let mut policies = POLICIES.lock().expect("no test panics while it holds this");
    *policies.get_or_insert_default().entry(fuel).or_insert_with(|| {
        let (name, kib) = (Text { start: 0, length: 5 }, |kib: u32| NonZeroU32::new(kib << 10).expect("not 0"));
        let container = locket_policy::Container {
            name,
            image: name,
            versions: VersionRange::ANY,
            signer: SignerIndex(0),
            memory: kib(256),
            stack: kib(4),
            cpu: Cpu::UNLIMITED,
            fuel: NonZeroU64::new(fuel),
            restart: Restart::Never,
            rule: RuleId(1),
            default_deny: RuleId(1),
        };
        let tables = Tables {
            strings: "guest",
            device: name,
            epoch: 1,
            signers: &[locket_policy::Signer { name, key: [0; 32] }],
            containers: &[container],
            ..Tables::default()
        };
        let mut bytes = vec![0; tables.encoded_len()];
        tables.encode(&mut bytes).expect("the buffer is as long as the policy");
        Policy::decode(bytes.leak()).expect("the test's policy is valid")
    })
}

/// A kernel whose one container may run `fuel` operations without a wait; 0 is no limit.
pub fn kernel(fuel: u64) -> Kernel<Board> {
    let board = Board { started: Instant::now() };
    Kernel::new(board, policy(fuel), &mut [], |_, _| None).expect("the test's policy needs nothing")
}

/// Runs a module, given as text, in an arena of `bytes`, until it ends or has run `fuel` operations.
pub fn run_in(bytes: usize, fuel: u64, text: &str) -> Outcome {
    let module = wat::parse_str(text).expect("the test's module is valid text");
    run_module(bytes, fuel, 4096, &module)
}

/// As [`run_in`], with so many bytes of stack.
pub fn run_module(bytes: usize, fuel: u64, stack: u32, module: &[u8]) -> Outcome {
    run_under(&kernel(fuel), bytes, stack, module)
}

/// Runs a module as the one container of `kernel`.
pub fn run_under(kernel: &Kernel<Board>, bytes: usize, stack: u32, module: &[u8]) -> Outcome {
    let mut block = vec![MaybeUninit::uninit(); bytes];
    let arena = Arena::new(&mut block);
    let id = kernel.containers().next().expect("the policy has a container");
    let instance = kernel.start(id).expect("it does not run yet");
    let mut memory = 0;
    let reason = match Container::load(runtime(), &arena, &instance, module, stack) {
        Ok(mut container) => {
            memory = container.memory_size();
            let reason = container.run();
            if !matches!(reason, ExitReason::Exited(_)) {
                assert!(matches!(container.run(), ExitReason::Refused(_)), "a stopped guest is called again");
            }
            reason
        }
        Err(reason) => reason,
    };
    assert_eq!(arena.used(), 0, "{reason}: bytes left in the arena");
    let operations = instance.account().fuel;
    kernel.finish(instance, reason);
    Outcome { reason, operations, memory, peak: arena.peak() }
}

/// Runs a module in 256 KiB, for a million operations at most.
pub fn run(text: &str) -> ExitReason {
    run_in(256 << 10, 1_000_000, text).reason
}

/// A module whose `run` has this body, beside `rest`.
pub fn with_run(rest: &str, body: &str) -> String {
    format!(r#"(module {rest} (func (export "locket:system/run@0.1.0#run") (result i32) {body}))"#)
}
