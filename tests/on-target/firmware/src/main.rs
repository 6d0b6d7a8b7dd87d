//! Locket on a bare Cortex-M3: the kernel, WAMR and the images of a bundle, under QEMU's `mps2-an385`.
//!
//! QEMU loads the bundle behind the firmware's flash; images stay there and are read in place. Arguments, by
//! semihosting: `for=SECONDS` ends the run after that time. Events are lines as on every board; at the end there is a
//! report, one line per fact, which starts with `report`.
#![no_std]
#![no_main]

mod board;
mod clock;
mod console;
mod generator;
mod lock;
mod memory;
mod threads;

use core::cell::{Cell, RefCell};
use core::fmt::Write as _;
use core::mem::{self, MaybeUninit};
use core::slice;
use core::sync::atomic::{AtomicU32, Ordering::SeqCst};

use critical_section::Mutex;
use locket_engine::{Runtime, VerifiedModule, thread_slot};
use locket_image::Bundle;
use locket_kernel::{ContainerId, Instance, Kernel, Policy, Refusal, capacity};
use locket_system::Random;
use static_cell::{ConstStaticCell, StaticCell};

use board::{Qemu, TABLES};
use generator::Counter;
use memory::{Painted, Pool};

/// Where QEMU loads the bundle, and how much of the address space it may take up.
const BUNDLE: (usize, usize) = (0x0020_0000, 0x0020_0000);

/// Native stack of a container's thread, unless the arguments say otherwise.
const THREAD_STACK: usize = 4 * 1024;
/// Stack of the board's own thread.
const BOARD_STACK: usize = 3 * 1024;
/// Stack for verifying images; afterwards it is memory of the containers.
const VERIFY_STACK: usize = 11 * 1024;

/// What the containers' threads need. Made once, before the first of them runs.
struct Device {
    kernel: &'static Kernel<Qemu>,
    runtime: Runtime<Qemu>,
    bundle: Bundle<'static>,
}

/// The engine's word of each thread.
static SLOT: thread_slot::ThreadSlot = thread_slot::ThreadSlot { get: threads::slot, set: threads::set_slot };
static KERNEL: ConstStaticCell<Kernel<Qemu>> =
    ConstStaticCell::new(Kernel::unloaded(Qemu { random: Random::new(Counter(0)) }));
static DEVICE: StaticCell<Device> = StaticCell::new();
static SHARED: Mutex<Cell<Option<&'static Device>>> = Mutex::new(Cell::new(None));
/// What each container is run with, until its thread has taken it.
static PARTS: Mutex<RefCell<[Part; capacity::CONTAINERS]>> =
    Mutex::new(RefCell::new([const { Part::NONE }; capacity::CONTAINERS]));

/// What a container is run with.
struct Part {
    memory: Option<&'static mut [MaybeUninit<u8>]>,
    module: Result<VerifiedModule<'static>, Refusal>,
}

impl Part {
    const NONE: Self = Self { memory: None, module: Err(Refusal::BadImage("it was not verified")) };
}

/// Containers that have yet to start.
static STARTING: AtomicU32 = AtomicU32::new(0);

#[cortex_m_rt::entry]
fn main() -> ! {
    clock::start();
    let mut pool = Pool::take().expect("the pool is taken once");
    let stack = pool.stack(BOARD_STACK).expect("there is RAM for the board's stack");
    let painted = Painted::of(stack);
    critical_section::with(|token| START.borrow(token).set(Some((pool, painted))));
    threads::start(stack, board_thread)
}

/// What the board's thread begins with: the RAM that is left, and its own stack.
static START: Mutex<Cell<Option<(Pool, Painted)>>> = Mutex::new(Cell::new(None));

extern "C" fn board_thread() -> ! {
    let start = critical_section::with(|token| START.borrow(token).take());
    let success = start.is_some_and(|(pool, stack)| run(pool, stack));
    console::exit(success)
}

/// Runs the bundle; says on the console what is wrong with it.
fn run(mut pool: Pool, board_stack: Painted) -> bool {
    let (mut limit, mut thread_stack) = (u64::MAX, THREAD_STACK);
    for argument in console::arguments() {
        if let Some(seconds) = argument.strip_prefix("for=").and_then(|text| text.parse::<u64>().ok()) {
            limit = seconds.saturating_mul(1_000_000_000);
        }
        if let Some(bytes) = argument.strip_prefix("stack=").and_then(|text| text.parse().ok()) {
            thread_stack = bytes;
        }
    }
    // SAFETY: memory of the machine that QEMU has filled and that nobody writes to.
    let flash = unsafe { slice::from_raw_parts(BUNDLE.0 as *const u8, BUNDLE.1) };
    let bundle = match Bundle::parse(flash) {
        Ok(bundle) => bundle,
        Err(error) => return refuse(format_args!("{error}")),
    };
    let policy = match Policy::decode(bundle.policy()) {
        Ok(policy) => policy,
        Err(error) => return refuse(format_args!("{error}")),
    };
    let Some(for_runtime) = pool.bytes(Runtime::<Qemu>::memory_needed(&TABLES)) else {
        return refuse(format_args!("no RAM for WAMR"));
    };
    // SAFETY: once, before any container's thread; the slot is a word of each thread.
    let runtime = unsafe {
        thread_slot::install(&SLOT);
        Runtime::start_once(&TABLES, for_runtime)
    };
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return refuse(format_args!("{error}")),
    };
    let Some(messages) = pool.zeroed(usize::try_from(Kernel::<Qemu>::message_storage(policy)).unwrap_or(usize::MAX))
    else {
        return refuse(format_args!("no RAM for messages"));
    };
    let containers = policy.containers().len();
    let before = pool.given();
    board::set_memory(pool.left().saturating_sub(containers * thread_stack));
    let kernel = KERNEL.take();
    if let Err(error) = kernel.load(policy, messages, |_, name| board::resolve(name.granted_as, name.object)) {
        return refuse(format_args!("{error}"));
    }
    let kernel = &*kernel;
    let device = &*DEVICE.init(Device { kernel, runtime, bundle });
    critical_section::with(|token| SHARED.borrow(token).set(Some(device)));

    let Some(stack) = pool.lend(VERIFY_STACK) else { return refuse(format_args!("no RAM to verify images")) };
    let verify_stack = Painted::of(stack);
    threads::run_to_end(1, stack, verify_thread);
    let verify_stack = verify_stack.used();

    let mut stacks = heapless::Vec::<Painted, { capacity::CONTAINERS }>::new();
    STARTING.store(u32::try_from(containers).unwrap_or(0), SeqCst);
    for id in kernel.containers() {
        let (Some(memory), Some(stack)) = (pool.bytes(kernel.limits(id).memory as usize), pool.stack(thread_stack))
        else {
            return refuse(format_args!("no RAM for {}", kernel.name(id)));
        };
        critical_section::with(|token| PARTS.borrow_ref_mut(token)[id.index()].memory = Some(memory));
        let _ = stacks.push(Painted::of(stack));
        threads::spawn(id.index() + 1, stack, container_thread);
    }
    console::report(format_args!(
        "report ram before {before} left {} board-stack {} verify-stack {verify_stack}",
        pool.left(),
        board_stack.used(),
    ));
    console::report(format_args!(
        "report sizes kernel {} containers {} instance {} runtime {} thread-stack {thread_stack}",
        size_of::<Kernel<Qemu>>(),
        capacity::CONTAINERS,
        size_of::<Instance<'_, Qemu>>(),
        Runtime::<Qemu>::memory_needed(&TABLES),
    ));

    run_until(kernel, limit);
    report(kernel, &stacks);
    true
}

/// Lets the containers run until all have ended, or until `limit`; then ends them.
fn run_until(kernel: &Kernel<Qemu>, limit: u64) {
    while clock::now() < limit && !kernel.containers().all(|id| threads::has_ended(id.index() + 1)) {
        threads::park(Some(limit.min(clock::now() + 10_000_000)));
    }
    kernel.shutdown();
    while !kernel.containers().all(|id| threads::has_ended(id.index() + 1)) {
        threads::yield_now();
    }
}

/// What became of each container, and what it took.
fn report(kernel: &Kernel<Qemu>, stacks: &[Painted]) {
    for (id, stack) in kernel.containers().zip(stacks) {
        let account = kernel.account(id);
        let footprint = board::footprint(id);
        console::report(format_args!(
            "report container {} starts {} cpu {} fuel {} calls {} denials {} sent {} received {} linear {} module {} instance {} execution {} peak {} stack {} state {}",
            kernel.name(id),
            kernel.start_count(id),
            account.cpu_time,
            account.fuel,
            account.calls,
            account.denials,
            account.messages_sent,
            account.messages_received,
            footprint.linear_memory,
            footprint.module,
            footprint.instance,
            footprint.execution,
            footprint.peak,
            stack.used(),
            kernel.state(id),
        ));
    }
}

/// Verifies every image. One after the other on one stack, which has to be larger than that of most containers.
extern "C" fn verify_thread(_: usize) {
    let Some(device) = critical_section::with(|token| SHARED.borrow(token).get()) else { return };
    for id in device.kernel.containers() {
        let image = device.bundle.image(id.index()).unwrap_or_default();
        let module = VerifiedModule::of(device.kernel, id, image);
        critical_section::with(|token| PARTS.borrow_ref_mut(token)[id.index()].module = module);
    }
}

extern "C" fn container_thread(number: usize) {
    let device = critical_section::with(|token| SHARED.borrow(token).get());
    let (Some(device), Some(id)) = (device, ContainerId::new(number - 1)) else { return };
    let part = critical_section::with(|token| mem::replace(&mut PARTS.borrow_ref_mut(token)[id.index()], Part::NONE));
    let (memory, module) = (part.memory.unwrap_or_default(), part.module);
    locket_engine::live(&device.runtime, device.kernel, id, module, memory, || {
        STARTING.fetch_sub(1, SeqCst);
        while STARTING.load(SeqCst) > 0 {
            threads::yield_now();
        }
    });
}

fn refuse(why: core::fmt::Arguments<'_>) -> bool {
    console::report(format_args!("refused: {why}"));
    false
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    // Past the console's lock, which the panicking thread may hold.
    if let Ok(mut out) = cortex_m_semihosting::hio::hstdout() {
        let _ = writeln!(out, "panic: {info}");
    }
    console::exit(false)
}

#[cortex_m_rt::exception]
unsafe fn HardFault(frame: &cortex_m_rt::ExceptionFrame) -> ! {
    if let Ok(mut out) = cortex_m_semihosting::hio::hstdout() {
        let _ = writeln!(out, "hard fault at {:#010x}, called from {:#010x}", frame.pc(), frame.lr());
    }
    console::exit(false)
}
