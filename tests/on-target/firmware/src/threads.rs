//! Preemptive threads for the test board: round robin, one priority, a context switch in `PendSV`.
//!
//! It is test equipment, so that containers have threads without an operating system: the product's is Zephyr.
//!
//! * A thread runs until its time slice ends, it parks, or it yields.
//! * `PendSV` and `SysTick` have the lowest priority, so neither interrupts the other; threads change the scheduler's
//!   state in critical sections.
//! * While the running thread holds a [`crate::lock::PreemptionLock`], no other runs.

use core::arch::global_asm;
use core::cell::RefCell;
use core::ptr;
use core::slice;

use cortex_m::peripheral::SCB;
use critical_section::Mutex;
use static_cell::ConstStaticCell;

use crate::{clock, lock};

/// The board's own thread and one for each container; behind them, the one that runs when no other can.
const IDLE: usize = locket_kernel::capacity::CONTAINERS + 1;
const THREADS: usize = IDLE + 1;

/// Words that `PendSV` saves of a thread: r4 to r11, and what the processor itself saves.
const FRAME: usize = 8 + 8;

/// What a thread runs; it ends by returning.
pub type Entry = extern "C" fn(usize);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Free,
    Ready,
    /// Until it is unparked, or until this time.
    Parked(Option<u64>),
}

#[derive(Clone, Copy)]
struct Thread {
    state: State,
    /// Where its registers are saved while it does not run.
    stack_pointer: *mut u32,
    /// An `unpark` that came before the `park`.
    token: bool,
    /// The engine's word.
    slot: *mut (),
    /// Nanoseconds that it has run, up to its last switch.
    cpu_time: u64,
}

struct Scheduler {
    threads: [Thread; THREADS],
    running: usize,
    /// When the running thread began to run.
    since: u64,
}

// SAFETY: the pointers in it are a thread's own stack and word, which only that thread uses.
unsafe impl Send for Scheduler {}

static SCHEDULER: Mutex<RefCell<Scheduler>> = Mutex::new(RefCell::new(Scheduler {
    threads: [Thread {
        state: State::Free,
        stack_pointer: ptr::null_mut(),
        token: false,
        slot: ptr::null_mut(),
        cpu_time: 0,
    }; THREADS],
    running: 0,
    since: 0,
}));

fn with<T>(f: impl FnOnce(&mut Scheduler) -> T) -> T {
    critical_section::with(|token| f(&mut SCHEDULER.borrow_ref_mut(token)))
}

/// For the thread that runs when no other can.
static IDLE_STACK: ConstStaticCell<[u64; 32]> = ConstStaticCell::new([0; 32]);

/// Makes the calling code thread 0, on the stack `stack`, with `entry` as what it runs; never returns.
pub fn start(stack: &'static mut [u64], entry: extern "C" fn() -> !) -> ! {
    with(|scheduler| {
        scheduler.threads[0].state = State::Ready;
        scheduler.since = clock::now();
    });
    spawn(IDLE, IDLE_STACK.take(), idle);
    clock::start_ticks();
    let top = stack.as_mut_ptr_range().end;
    // SAFETY: the stack is unused and stays for ever.
    unsafe { locket_enter_thread_mode(top.cast(), entry) }
}

/// Makes thread `number` ready to run `entry(number)` on `stack`.
pub fn spawn(number: usize, stack: &'static mut [u64], entry: Entry) {
    assert!(stack.len() >= 2 * FRAME, "a stack has room for a frame");
    let top = stack.as_mut_ptr_range().end.cast::<u32>();
    // SAFETY: the frame lies inside of the stack, which is this thread's alone from now on.
    let stack_pointer = unsafe {
        let frame = top.sub(FRAME);
        ptr::write_bytes(frame, 0, FRAME);
        // r4 to r11, then r0 to r3, r12, lr, pc, psr as the processor puts them.
        frame.add(8).write(u32::try_from(number).unwrap_or(0));
        frame.add(13).write(address(ended as *const ()));
        frame.add(14).write(address(entry as *const ()) & !1);
        frame.add(15).write(1 << 24);
        frame
    };
    with(|scheduler| {
        let thread = &mut scheduler.threads[number];
        assert!(thread.state == State::Free, "a thread is started once");
        *thread = Thread { state: State::Ready, stack_pointer, token: false, slot: ptr::null_mut(), cpu_time: 0 };
    });
}

/// Addresses of this processor are words.
fn address(code: *const ()) -> u32 {
    u32::try_from(code.expose_provenance()).unwrap_or(0)
}

/// Runs `entry` as thread `number`, and returns when it has ended.
pub fn run_to_end(number: usize, stack: &mut [u64], entry: Entry) {
    // SAFETY: the thread has ended, and does not run any more, before `stack` is its owner's again.
    let lent = unsafe { slice::from_raw_parts_mut(stack.as_mut_ptr(), stack.len()) };
    spawn(number, lent, entry);
    while !has_ended(number) {
        park(Some(clock::now() + 1_000_000));
    }
}

extern "C" fn idle(_: usize) {
    loop {
        cortex_m::asm::wfi();
    }
}

extern "C" fn ended() -> ! {
    with(|scheduler| scheduler.threads[scheduler.running].state = State::Free);
    loop {
        yield_now();
    }
}

/// Whether thread `number` has ended, or was never started.
pub fn has_ended(number: usize) -> bool {
    with(|scheduler| scheduler.threads[number].state == State::Free)
}

/// Sleeps until [`unpark`], or until `deadline` in the time of [`clock::now`]; takes the token.
pub fn park(deadline: Option<u64>) {
    let sleeps = with(|scheduler| {
        let thread = &mut scheduler.threads[scheduler.running];
        if core::mem::take(&mut thread.token) {
            return false;
        }
        thread.state = State::Parked(deadline);
        true
    });
    if sleeps {
        yield_now();
        with(|scheduler| scheduler.threads[scheduler.running].token = false);
    }
}

/// Wakes thread `number`, or leaves it a token.
pub fn unpark(number: usize) {
    with(|scheduler| {
        let Some(thread) = scheduler.threads.get_mut(number) else { return };
        thread.token = true;
        if let State::Parked(_) = thread.state {
            thread.state = State::Ready;
        }
    });
}

/// Lets another thread run, if one is ready.
pub fn yield_now() {
    SCB::set_pendsv();
    cortex_m::asm::dsb();
    cortex_m::asm::isb();
}

/// Nanoseconds that the calling thread has run.
pub fn cpu_time() -> u64 {
    with(|scheduler| {
        let running = clock::now().saturating_sub(scheduler.since);
        scheduler.threads[scheduler.running].cpu_time.saturating_add(running)
    })
}

/// The engine's word of the calling thread.
pub fn slot() -> *mut () {
    with(|scheduler| scheduler.threads[scheduler.running].slot)
}

/// Sets the engine's word of the calling thread.
pub fn set_slot(pointer: *mut ()) {
    with(|scheduler| scheduler.threads[scheduler.running].slot = pointer);
}

/// A tick: wakes those whose time has come, and ends the running thread's slice.
pub fn tick() {
    let now = clock::now();
    with(|scheduler| {
        for thread in &mut scheduler.threads {
            if let State::Parked(Some(deadline)) = thread.state
                && deadline <= now
            {
                thread.state = State::Ready;
            }
        }
    });
    SCB::set_pendsv();
}

/// Which thread runs next: called by `PendSV` with where the running thread's registers were saved.
extern "C" fn locket_switch(saved: *mut u32) -> *mut u32 {
    if lock::defers_switch() {
        return saved;
    }
    with(|scheduler| {
        let running = scheduler.running;
        let ready = |number: &usize| scheduler.threads[*number].state == State::Ready;
        let next = (1..=IDLE).map(|step| (running + step) % IDLE).find(ready).unwrap_or(IDLE);
        let now = clock::now();
        let spent = now.saturating_sub(scheduler.since);
        let thread = &mut scheduler.threads[running];
        thread.stack_pointer = saved;
        thread.cpu_time = thread.cpu_time.saturating_add(spent);
        scheduler.running = next;
        scheduler.since = now;
        scheduler.threads[next].stack_pointer
    })
}

unsafe extern "C" {
    fn locket_enter_thread_mode(top: *mut u32, entry: extern "C" fn() -> !) -> !;
}

// `PendSV`: save what the processor does not, ask for the next thread, restore. r4 is saved when it holds the return
// code across the call, and callees keep it.
global_asm!(
    ".syntax unified",
    ".section .text.PendSV, \"ax\"",
    ".global PendSV",
    ".type PendSV, %function",
    ".thumb_func",
    "PendSV:",
    "mrs r0, psp",
    "stmdb r0!, {{r4-r11}}",
    "mov r4, lr",
    "bl {switch}",
    "mov lr, r4",
    "ldmia r0!, {{r4-r11}}",
    "msr psp, r0",
    "bx lr",
    ".section .text.locket_enter_thread_mode, \"ax\"",
    ".global locket_enter_thread_mode",
    ".type locket_enter_thread_mode, %function",
    ".thumb_func",
    "locket_enter_thread_mode:",
    "msr psp, r0",
    "movs r2, #2",
    "msr control, r2",
    "isb",
    "bx r1",
    switch = sym locket_switch,
);
