//! What C calls.

use core::ffi::c_int;
#[cfg(feature = "shell")]
use core::ffi::{c_char, c_void};

use crate::device::{self, Failure};
use crate::{console, zephyr};

// From Zephyr's `errno.h`, the same numbers for each of its C libraries.
const ENOMEM: c_int = 12;
const ENODEV: c_int = 19;
const EINVAL: c_int = 22;
const EALREADY: c_int = 120;

/// `include/locket.h`.
#[unsafe(no_mangle)]
pub extern "C" fn locket_start() -> c_int {
    let Err(failure) = device::start() else { return 0 };
    console::line(&format_args!("locket: error: {failure}"));
    match failure {
        Failure::AlreadyStarted => -EALREADY,
        Failure::Pin(_) => -ENODEV,
        Failure::Engine(_) => -ENOMEM,
        Failure::Bundle(_)
        | Failure::Policy(_)
        | Failure::Images { .. }
        | Failure::Threads { .. }
        | Failure::Load(_) => -EINVAL,
    }
}

/// Runs a shell command.
///
/// # Safety
/// `shell` is the one in which it was given, and it lasts until this returns.
#[cfg(feature = "shell")]
unsafe fn command(
    shell: *const c_void,
    command: impl FnOnce(&device::Device, &mut dyn core::fmt::Write) -> core::fmt::Result,
) {
    use core::fmt::Write;

    // SAFETY: it lasts until this returns, as the caller says.
    let mut out = unsafe { zephyr::Shell::new(shell) };
    // A shell takes everything.
    let _ = match device::get() {
        Some(device) => command(device, &mut out),
        None => out.write_str("the device has not been started\n"),
    };
}

/// `locket ps`.
///
/// # Safety
/// `shell` is Zephyr's, and lasts until this returns.
#[cfg(feature = "shell")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn locket_shell_ps(shell: *const c_void) {
    // SAFETY: as the caller says.
    unsafe { command(shell, |device, out| crate::report::ps(device, out)) }
}

/// `locket logs`.
///
/// # Safety
/// `shell` is Zephyr's, and lasts until this returns.
#[cfg(feature = "shell")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn locket_shell_logs(shell: *const c_void) {
    // SAFETY: as the caller says.
    unsafe { command(shell, |_, out| crate::report::logs(out)) }
}

/// `locket stats`.
///
/// # Safety
/// `shell` is Zephyr's, and lasts until this returns.
#[cfg(feature = "shell")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn locket_shell_stats(shell: *const c_void) {
    // SAFETY: as the caller says.
    unsafe { command(shell, |device, out| crate::report::stats(device, out)) }
}

/// `locket kill NAME`: whether there was something to end.
///
/// # Safety
/// `name` points to `length` bytes.
#[cfg(feature = "shell")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn locket_shell_kill(name: *const c_char, length: usize) -> bool {
    // SAFETY: as the caller says.
    let name = unsafe { core::slice::from_raw_parts(name.cast::<u8>(), length) };
    let Some(device) = device::get() else { return false };
    let found = core::str::from_utf8(name).ok().and_then(|name| device.kernel.find(name));
    found.is_some_and(|id| device.kernel.kill(id))
}

/// A panic is a mistake in the kernel or in this board: nothing can be relied on any more.
#[cfg(feature = "firmware")]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    use core::fmt::Write;

    /// Straight to the console, whose lock somebody may hold.
    struct Console;
    impl Write for Console {
        fn write_str(&mut self, text: &str) -> core::fmt::Result {
            zephyr::write(text);
            Ok(())
        }
    }
    let _ = writeln!(Console, "locket: fatal: {info}");
    zephyr::fatal()
}
