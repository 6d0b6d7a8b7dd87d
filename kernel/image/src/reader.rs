//! The one place that takes bytes off a file.

use crate::ImageError;

/// The rest of a file or of a section, and where in the file it starts.
///
/// Every method consumes what it returns, or fails and says where; none can read past the end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// `bytes`, the first of which stands at offset `at` of the file.
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { rest: bytes, at }
    }

    /// Offset in the file of the next byte.
    pub fn at(&self) -> usize {
        self.at
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `len` bytes. `reading` names what they belong to, for the error.
    pub fn take(&mut self, len: usize, reading: &'static str) -> Result<&'a [u8], ImageError> {
        let Some((taken, rest)) = self.rest.split_at_checked(len) else {
            return Err(ImageError::UnexpectedEnd { at: self.at.saturating_add(self.rest.len()), reading });
        };
        self.rest = rest;
        self.at = self.at.saturating_add(len);
        Ok(taken)
    }

    /// The next `len` bytes as a reader of their own.
    pub fn split(&mut self, len: usize, reading: &'static str) -> Result<Reader<'a>, ImageError> {
        let at = self.at;
        Ok(Reader::new(self.take(len, reading)?, at))
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self, reading: &'static str) -> Result<[u8; N], ImageError> {
        let at = self.at;
        self.take(N, reading)?.try_into().map_err(|_| ImageError::UnexpectedEnd { at, reading })
    }

    /// The next byte.
    pub fn byte(&mut self, reading: &'static str) -> Result<u8, ImageError> {
        let [byte] = self.array(reading)?;
        Ok(byte)
    }

    /// An unsigned LEB128 number of at most 32 bits, padded or not, as WebAssembly's binary format has them.
    pub fn u32(&mut self, reading: &'static str) -> Result<u32, ImageError> {
        let start = self.at;
        let mut value = 0u32;
        for shift in [0u32, 7, 14, 21, 28] {
            let byte = self.byte(reading)?;
            let bits = u32::from(byte & 0x7f);
            if shift == 28 && byte > 0x0f {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(ImageError::BadNumber { at: start })
    }

    /// Passes over a signed or unsigned LEB128 number of at most `limit` bytes and returns its low 32 bits.
    pub fn signed(&mut self, limit: u32, reading: &'static str) -> Result<u32, ImageError> {
        let start = self.at;
        let mut value = 0u32;
        for shift in (0..limit).map(|index| index.saturating_mul(7)) {
            let byte = self.byte(reading)?;
            value |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte & 0x80 == 0 {
                let sign = shift.saturating_add(7);
                let negative = byte & 0x40 != 0;
                return Ok(if negative { value | u32::MAX.checked_shl(sign).unwrap_or(0) } else { value });
            }
        }
        Err(ImageError::BadNumber { at: start })
    }

    /// A length and that many bytes of UTF-8.
    pub fn name(&mut self, reading: &'static str) -> Result<&'a str, ImageError> {
        let len = self.u32(reading)?;
        let at = self.at;
        // A length that does not fit `usize` cannot be there either.
        let bytes = self.take(usize::try_from(len).unwrap_or(usize::MAX), reading)?;
        core::str::from_utf8(bytes).map_err(|_| ImageError::BadName { at })
    }
}
