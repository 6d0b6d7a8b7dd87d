//! Zephyr, as Locket needs it: the functions of `zephyr/shim`, declared by hand.
//!
//! * Guarantees nothing beyond what `shim/locket_zephyr.h` says, where each function is documented. One that is safe to
//!   call with any arguments, from any thread, is declared `safe`.
//! * Called by `locket-zephyr` only.
//! * Never more of Zephyr than these: each stands for a decision to use it, on Zephyr 3.7 as on 4.x.
//!
//! Most of Zephyr's own functions are inline or macros, so the shim gives each of them an address.
#![no_std]

use core::ffi::{c_char, c_int, c_void};

#[expect(missing_docs, reason = "documented in shim/locket_zephyr.h")]
unsafe extern "C" {
    // Time.
    pub safe fn locket_zephyr_uptime() -> u64;
    pub safe fn locket_zephyr_cpu_time() -> u64;

    // Threads of containers.
    pub safe fn locket_zephyr_threads() -> u32;
    pub fn locket_zephyr_thread_start(
        container: u32,
        name: *const c_char,
        name_length: usize,
        entry: extern "C" fn(container: u32),
    ) -> bool;
    pub safe fn locket_zephyr_thread_stack_unused(container: u32) -> usize;
    pub safe fn locket_zephyr_thread_slot() -> *mut c_void;
    pub safe fn locket_zephyr_set_thread_slot(value: *mut c_void);
    pub safe fn locket_zephyr_yield();
    pub safe fn locket_zephyr_park(container: u32, limit: u64);
    pub safe fn locket_zephyr_unpark(container: u32);
    pub safe fn locket_zephyr_line_up();
    pub safe fn locket_zephyr_let_go(threads: u32);

    // Locks.
    pub safe fn locket_zephyr_lock_scheduler();
    pub fn locket_zephyr_unlock_scheduler();
    pub safe fn locket_zephyr_nap();
    pub safe fn locket_zephyr_lock_console();
    pub safe fn locket_zephyr_try_lock_console() -> bool;
    pub fn locket_zephyr_unlock_console();

    // Text.
    pub fn locket_zephyr_write(text: *const c_char, length: usize);
    pub fn locket_zephyr_shell_write(shell: *const c_void, text: *const c_char, length: usize);
    pub safe fn locket_zephyr_fatal() -> !;

    // Memory that the build put aside.
    pub fn locket_zephyr_memory(length: *mut usize) -> *mut u8;
    pub fn locket_zephyr_bundle(length: *mut usize) -> *const u8;

    // Random numbers.
    pub fn locket_zephyr_random(bytes: *mut u8, length: usize) -> bool;

    // Pins.
    pub safe fn locket_zephyr_input_name(input: u32) -> *const c_char;
    pub safe fn locket_zephyr_output_name(output: u32) -> *const c_char;
    pub safe fn locket_zephyr_input_configure(input: u32) -> bool;
    pub safe fn locket_zephyr_output_configure(output: u32) -> bool;
    pub safe fn locket_zephyr_input_get(input: u32) -> c_int;
    pub safe fn locket_zephyr_output_set(output: u32, active: bool) -> c_int;
}
