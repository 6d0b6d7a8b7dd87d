//! Time: a free-running counter of the machine, and ticks.

use core::cell::RefCell;
use core::ptr;

use cortex_m::peripheral::scb::SystemHandler;
use cortex_m::peripheral::syst::SystClkSource;
use critical_section::Mutex;

use crate::threads;

/// The machine's clock.
const HERTZ: u32 = 25_000_000;
/// Nanoseconds of one cycle of it.
pub const CYCLE: u64 = 1_000_000_000 / HERTZ as u64;
/// Ticks per second.
const TICKS: u32 = 1_000;

/// The first of the machine's dual timers (CMSDK): a 32-bit counter that runs down.
const TIMER: usize = 0x4000_2000;
const VALUE: usize = TIMER + 0x04;
const CONTROL: usize = TIMER + 0x08;
/// Enabled, free-running, 32 bits.
const FREE_RUNNING: u32 = 1 << 7 | 1 << 1;

struct Extended {
    high: u32,
    last: u32,
}

static EXTENDED: Mutex<RefCell<Extended>> = Mutex::new(RefCell::new(Extended { high: 0, last: 0 }));

/// Starts the counter.
pub fn start() {
    // SAFETY: a register of the machine's, which nothing else writes.
    unsafe { ptr::write_volatile(CONTROL as *mut u32, FREE_RUNNING) };
}

/// Starts ticks, at the lowest priority, as `PendSV` has it.
pub fn start_ticks() {
    let Some(mut peripherals) = cortex_m::Peripherals::take() else { return };
    // SAFETY: no code relies on the priority of these two being another.
    unsafe {
        peripherals.SCB.set_priority(SystemHandler::PendSV, 0xff);
        peripherals.SCB.set_priority(SystemHandler::SysTick, 0xff);
    }
    peripherals.SYST.set_clock_source(SystClkSource::Core);
    peripherals.SYST.set_reload(HERTZ / TICKS - 1);
    peripherals.SYST.clear_current();
    peripherals.SYST.enable_counter();
    peripherals.SYST.enable_interrupt();
}

/// Nanoseconds since [`start`]. Called at least at every tick, so no turn of the counter is missed.
pub fn now() -> u64 {
    let cycles = critical_section::with(|token| {
        let mut extended = EXTENDED.borrow_ref_mut(token);
        // SAFETY: a register of the machine's that can always be read.
        let count = u32::MAX - unsafe { ptr::read_volatile(VALUE as *const u32) };
        if count < extended.last {
            extended.high += 1;
        }
        extended.last = count;
        u64::from(extended.high) << 32 | u64::from(count)
    });
    cycles * CYCLE
}

#[cortex_m_rt::exception]
fn SysTick() {
    threads::tick();
}
