//! The console: lines through semihosting, and the firmware's arguments and exit code the same way.

use core::fmt::{self, Write as _};
use core::str;

use cortex_m_semihosting::{debug, hio, nr};
use heapless::String;
use lock_api::Mutex;
use static_cell::ConstStaticCell;

use crate::clock;
use crate::lock::PreemptionLock;

/// The longest line; what is longer is cut.
const LINE: usize = 512;

/// The line in the making: one at a time, so that lines of threads do not mix and no thread's stack has to hold one.
static TEXT: Mutex<PreemptionLock, String<LINE>> = Mutex::new(String::new());

/// Writes one line, with the time before it.
pub fn line(text: fmt::Arguments<'_>) {
    let now = clock::now();
    let mut line = TEXT.lock();
    line.clear();
    // Too long is cut.
    let _ = write!(line, "{now:>12}ns  ");
    let _ = Cut(&mut line).write_fmt(text);
    if line.len() == LINE {
        line.pop();
    }
    let _ = line.push('\n');
    write_all(&line);
}

/// Writes a line as it is: for reports, which programs read.
pub fn report(text: fmt::Arguments<'_>) {
    let mut line = TEXT.lock();
    line.clear();
    let _ = Cut(&mut line).write_fmt(text);
    if line.len() == LINE {
        line.pop();
    }
    let _ = line.push('\n');
    write_all(&line);
}

/// Takes as much as there is room for.
struct Cut<'t>(&'t mut String<LINE>);

impl fmt::Write for Cut<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            self.0.push(c).map_err(|_| fmt::Error)?;
        }
        Ok(())
    }
}

fn write_all(text: &str) {
    if let Ok(mut out) = hio::hstdout() {
        let _ = out.write_all(text.as_bytes());
    }
}

/// The words that QEMU was started with after the firmware's name.
pub fn arguments() -> impl Iterator<Item = &'static str> {
    static WORDS: ConstStaticCell<[u8; 128]> = ConstStaticCell::new([0; 128]);
    #[repr(C)]
    struct Field {
        buffer: *mut u8,
        length: usize,
    }
    let words = WORDS.take();
    let mut field = Field { buffer: words.as_mut_ptr(), length: words.len() };
    // SAFETY: the host writes at most `length` bytes to `buffer`, and the length into `length`.
    let failed = unsafe { cortex_m_semihosting::syscall1(nr::GET_CMDLINE, (&raw mut field) as usize) };
    let length = if failed == 0 { field.length.min(words.len()) } else { 0 };
    let words: &'static [u8] = words;
    str::from_utf8(&words[..length]).unwrap_or_default().trim_end_matches('\0').split_ascii_whitespace().skip(1)
}

/// Ends the emulation.
pub fn exit(success: bool) -> ! {
    loop {
        debug::exit(if success { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    }
}
