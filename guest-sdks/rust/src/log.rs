//! Lines for the device's log.
//!
//! `info!("valve opened")` costs the text and one call. With arguments, as in `info!("{count} lost")`, the macros use
//! `core::fmt`, which adds about 2 KB to the module; [`Line`] writes texts and numbers for a fifth of that.

use core::fmt;

use crate::bindings::wasi::logging::logging;

pub use crate::bindings::wasi::logging::logging::Level;

/// Bytes of the longest line; the kernel ends a container that sends more.
pub const MAX_MESSAGE: usize = 512;

/// Bytes that a formatted line of the macros may have. The rest is cut off.
pub const MAX_FORMATTED: usize = 128;

/// Writes one line, cut to [`MAX_MESSAGE`] bytes. `context` names the part of the guest that speaks, in at most 64 bytes;
/// it may be empty, as it is for the macros.
#[inline]
pub fn write(level: Level, context: &str, message: &str) {
    logging::log(level, context, fitting(message, MAX_MESSAGE));
}

/// As much of `text` as fits in `limit` bytes.
#[inline]
fn fitting(text: &str, limit: usize) -> &str {
    if text.len() <= limit { text } else { text.get(..text.floor_char_boundary(limit)).unwrap_or_default() }
}

/// What the macros expand to.
#[doc(hidden)]
#[inline(always)]
#[expect(clippy::inline_always, reason = "only where it is inlined does a plain text leave `core::fmt` out")]
pub fn write_arguments(level: Level, message: fmt::Arguments<'_>) {
    match message.as_str() {
        Some(text) => write(level, "", text),
        None => write_formatted(level, message),
    }
}

#[inline(never)]
fn write_formatted(level: Level, message: fmt::Arguments<'_>) {
    let mut line = Line::<MAX_FORMATTED>::new();
    // A line takes any text, so only a failing `Display` can fail; what it wrote until then is still worth reading.
    let _ = fmt::write(&mut line, message);
    write(level, "", line.as_str());
}

/// A text of at most `N` bytes, on the stack. What does not fit is cut off, between two characters.
///
/// ```
/// use locket_guest::log::Line;
///
/// let mut line = Line::<32>::new();
/// line.text("reading ").number(-4).text(" of ").number(7_u32);
/// assert_eq!(line.as_str(), "reading -4 of 7");
/// ```
#[derive(Clone, Debug)]
pub struct Line<const N: usize> {
    bytes: [u8; N],
    /// Bytes in use: at most `N`, and always whole characters.
    len: usize,
}

impl<const N: usize> Line<N> {
    /// An empty line.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    /// Adds `text`.
    pub fn text(&mut self, text: &str) -> &mut Self {
        // SAFETY: the first `len` of the `N` bytes are in use.
        self.len += fill(unsafe { self.bytes.get_unchecked_mut(self.len..) }, text);
        self
    }

    /// Adds `value`, in decimal.
    pub fn number(&mut self, value: impl Into<i64>) -> &mut Self {
        let value = value.into();
        if value < 0 {
            self.text("-");
        }
        // Written from the last digit on, in room for those of `u64::MAX`.
        let mut digits = [0; 20];
        let mut len = 0;
        let mut rest = value.unsigned_abs();
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            len += 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        // SAFETY: decimal digits are valid UTF-8, and `len` of them were written.
        self.text(unsafe { str::from_utf8_unchecked(digits.get_unchecked(digits.len() - len..)) })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // SAFETY: the first `len` bytes were copied from whole characters, and there are never more than `N`.
        unsafe { str::from_utf8_unchecked(self.bytes.get_unchecked(..self.len)) }
    }
}

/// Copies as much of `text` as fits into `free`, and returns its length. One function for lines of any capacity.
#[inline(never)]
fn fill(free: &mut [u8], text: &str) -> usize {
    let text = fitting(text, free.len());
    // SAFETY: `fitting` made the text as long as `free` or shorter, and what is borrowed apart does not overlap.
    unsafe { free.as_mut_ptr().copy_from_nonoverlapping(text.as_ptr(), text.len()) };
    text.len()
}

impl<const N: usize> Default for Line<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> fmt::Write for Line<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}

/// Writes a line of level [`Info`](crate::log::Level::Info).
#[macro_export]
macro_rules! info {
    ($($message:tt)+) => {
        $crate::log::write_arguments($crate::log::Level::Info, ::core::format_args!($($message)+))
    };
}

/// Writes a line of level [`Warn`](crate::log::Level::Warn).
#[macro_export]
macro_rules! warn {
    ($($message:tt)+) => {
        $crate::log::write_arguments($crate::log::Level::Warn, ::core::format_args!($($message)+))
    };
}

/// Writes a line of level [`Error`](crate::log::Level::Error).
#[macro_export]
macro_rules! error {
    ($($message:tt)+) => {
        $crate::log::write_arguments($crate::log::Level::Error, ::core::format_args!($($message)+))
    };
}

#[cfg(test)]
mod tests {
    use core::fmt::Write;

    use super::{Line, fitting};

    #[test]
    fn numbers_of_every_length_are_written() {
        for value in [0, 1, -1, 9, 10, -10, 1_234_567_890, i64::MAX, i64::MIN] {
            assert_eq!(Line::<24>::new().number(value).as_str(), value.to_string());
        }
    }

    #[test]
    fn what_does_not_fit_is_cut_between_characters() {
        assert_eq!(Line::<5>::new().text("abc").text("é").text("d").as_str(), "abcé");
        assert_eq!(Line::<4>::new().text("abcé").as_str(), "abc");
        assert_eq!(Line::<3>::new().number(12345).as_str(), "123");
        assert_eq!(fitting("aé", 2), "a");
        assert_eq!(fitting("aé", 3), "aé");
    }

    #[test]
    fn a_full_line_takes_formatted_text_without_an_error() {
        let mut line = Line::<4>::new();
        write!(line, "{}{}", 123, 456).unwrap();
        assert_eq!(line.as_str(), "1234");
    }
}
