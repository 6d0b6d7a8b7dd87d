//! Zephyr, safe to call. With `lock`, `once` and `entry`, the only modules with `unsafe`.

use core::ffi::{CStr, c_char, c_void};
use core::slice;

use locket_engine::thread_slot::ThreadSlot;
use locket_kernel::ContainerId;
use zephyr_sys as sys;

pub(crate) use sys::{
    locket_zephyr_cpu_time as cpu_time, locket_zephyr_fatal as fatal, locket_zephyr_uptime as uptime,
    locket_zephyr_yield as yield_now,
};

/// The number by which the shim knows a container.
fn number(container: ContainerId) -> u32 {
    // Below CONTAINERS, which is at most 64.
    u32::try_from(container.index()).unwrap_or(u32::MAX)
}

/// How many containers can have a thread.
pub(crate) fn threads() -> usize {
    usize::try_from(sys::locket_zephyr_threads()).unwrap_or(usize::MAX)
}

/// Starts the thread of `container`; `false` if it has one, or there can be no more.
pub(crate) fn start_thread(container: ContainerId, name: &str, entry: extern "C" fn(container: u32)) -> bool {
    // SAFETY: the name is as long as it says, and copied.
    unsafe { sys::locket_zephyr_thread_start(number(container), name.as_ptr().cast(), name.len(), entry) }
}

/// Bytes of the stack of `container`'s thread that were never used.
pub(crate) fn stack_unused(container: ContainerId) -> usize {
    sys::locket_zephyr_thread_stack_unused(number(container))
}

/// Sleeps until `container` has a token, or for `limit` nanoseconds; takes the token.
pub(crate) fn park(container: ContainerId, limit: Option<u64>) {
    sys::locket_zephyr_park(number(container), limit.unwrap_or(u64::MAX));
}

/// Leaves the token of `container`.
pub(crate) fn unpark(container: ContainerId) {
    sys::locket_zephyr_unpark(number(container));
}

/// On a container's thread: sleeps until [`let_go`].
pub(crate) fn line_up() {
    sys::locket_zephyr_line_up();
}

/// Lets go all container threads, once `count` of them have lined up.
pub(crate) fn let_go(count: usize) {
    sys::locket_zephyr_let_go(u32::try_from(count).unwrap_or(u32::MAX));
}

/// Zephyr's word per thread, for the engine.
pub(crate) static THREAD_SLOT: ThreadSlot = ThreadSlot {
    get: || sys::locket_zephyr_thread_slot().cast(),
    set: |value| sys::locket_zephyr_set_thread_slot(value.cast()),
};

/// Writes to the console.
pub(crate) fn write(text: &str) {
    // SAFETY: the text is as long as it says.
    unsafe { sys::locket_zephyr_write(text.as_ptr().cast(), text.len()) }
}

/// The shell in which a command was given.
#[derive(Clone, Copy)]
pub(crate) struct Shell(*const c_void);

impl Shell {
    /// # Safety
    /// `shell` is Zephyr's, and the command has not ended before the last use of what this returns.
    pub(crate) unsafe fn new(shell: *const c_void) -> Self {
        Self(shell)
    }
}

impl core::fmt::Write for Shell {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        // SAFETY: the shell is there, as `new` was promised, and the text is as long as it says.
        unsafe { sys::locket_zephyr_shell_write(self.0, text.as_ptr().cast(), text.len()) };
        Ok(())
    }
}

/// The bundle that was built into the firmware.
pub(crate) fn bundle() -> &'static [u8] {
    let mut length = 0;
    // SAFETY: constant data of this length.
    unsafe { slice::from_raw_parts(sys::locket_zephyr_bundle(&raw mut length), length) }
}

/// Fills `bytes` with random numbers that are fit for keys; `false` if the hardware fails.
#[cfg(feature = "random")]
pub(crate) fn random(bytes: &mut [u8]) -> bool {
    // SAFETY: the buffer is as long as it says.
    unsafe { sys::locket_zephyr_random(bytes.as_mut_ptr(), bytes.len()) }
}

/// The name of input number `input` in the devicetree.
pub(crate) fn input_name(input: u32) -> Option<&'static str> {
    // SAFETY: what the shim returns.
    unsafe { text(sys::locket_zephyr_input_name(input)) }
}

/// The name of output number `output` in the devicetree.
pub(crate) fn output_name(output: u32) -> Option<&'static str> {
    // SAFETY: what the shim returns.
    unsafe { text(sys::locket_zephyr_output_name(output)) }
}

/// # Safety
/// `text` is null or a string constant.
unsafe fn text(text: *const c_char) -> Option<&'static str> {
    if text.is_null() {
        return None;
    }
    // SAFETY: a string constant, as the caller says.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}
