//! The console: one line per event, with its time, as a whole.

use core::fmt::{self, Display, Write};

use lock_api::Mutex;

use crate::configured::LOG_SIZE;
use crate::lock::ConsoleLock;
use crate::log::Log;
use crate::zephyr;

/// What was written last. Its lock is the console's.
pub(crate) static LOG: Mutex<ConsoleLock, Log<LOG_SIZE>> = Mutex::new(Log::new());

/// Writes one line, and keeps it in the log.
pub(crate) fn line(text: &dyn Display) {
    let mut log = LOG.lock();
    let time = zephyr::uptime();
    let mut line = Line { log: &mut log, chunk: [0; CHUNK], used: 0 };
    let milliseconds = time / 1_000_000;
    // `Line` does not fail.
    let _ = writeln!(line, "{:5}.{:03}s  {text}", milliseconds / 1_000, milliseconds % 1_000);
    line.flush();
}

/// So many bytes go to the console at a time: formatting delivers a few each.
const CHUNK: usize = 64;

struct Line<'l> {
    log: &'l mut Log<LOG_SIZE>,
    chunk: [u8; CHUNK],
    used: usize,
}

impl Line<'_> {
    fn flush(&mut self) {
        let text = self.chunk.get(..self.used).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default();
        zephyr::write(text);
        self.log.write(text);
        self.used = 0;
    }
}

impl Write for Line<'_> {
    fn write_char(&mut self, character: char) -> fmt::Result {
        if CHUNK - self.used < character.len_utf8() {
            self.flush();
        }
        if let Some(free) = self.chunk.get_mut(self.used..) {
            self.used += character.encode_utf8(free).len();
        }
        Ok(())
    }

    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| self.write_char(character))
    }
}
