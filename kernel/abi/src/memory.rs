//! The one bounds-checked view of a guest's linear memory.
//!
//! No other module turns a guest's pointer into bytes.

use crate::Trap;

/// A guest's linear memory, to read. Holding it proves that no guest code runs meanwhile: whatever was checked in it
/// stays as it was.
#[derive(Clone, Copy, Debug)]
pub struct Memory<'m>(&'m [u8]);

impl<'m> Memory<'m> {
    /// A memory of no bytes, for calls whose parameters hold no pointer.
    pub const EMPTY: Memory<'static> = Memory(&[]);

    /// The view of a whole linear memory. Address 0 is its first byte.
    #[must_use]
    #[inline]
    pub const fn new(bytes: &'m [u8]) -> Self {
        Self(bytes)
    }

    /// The `len` bytes at `ptr`. An empty slice may start at the very end of the memory.
    #[inline]
    pub fn slice(self, ptr: u32, len: u32) -> Result<&'m [u8], Trap> {
        let from = self.0.get(ptr as usize..).ok_or(Trap::OutOfBounds)?;
        from.get(..len as usize).ok_or(Trap::OutOfBounds)
    }

    /// The `N` bytes at `ptr`.
    #[inline]
    pub fn read<const N: usize>(self, ptr: u32) -> Result<[u8; N], Trap> {
        let from = self.0.get(ptr as usize..).ok_or(Trap::OutOfBounds)?;
        from.first_chunk().copied().ok_or(Trap::OutOfBounds)
    }

    /// The string of `len` bytes at `ptr`.
    #[inline]
    pub fn str(self, ptr: u32, len: u32) -> Result<&'m str, Trap> {
        core::str::from_utf8(self.slice(ptr, len)?).map_err(|_| Trap::InvalidUtf8)
    }
}

/// A guest's linear memory, to write. See [`Memory`].
#[derive(Debug)]
pub struct MemoryMut<'m>(&'m mut [u8]);

impl<'m> MemoryMut<'m> {
    /// The view of a whole linear memory. Address 0 is its first byte.
    #[must_use]
    #[inline]
    pub const fn new(bytes: &'m mut [u8]) -> Self {
        Self(bytes)
    }

    /// The same memory for a shorter time.
    #[must_use]
    #[inline]
    pub fn reborrow(&mut self) -> MemoryMut<'_> {
        MemoryMut(self.0)
    }

    /// The same memory, to read.
    #[must_use]
    #[inline]
    pub fn as_memory(&self) -> Memory<'_> {
        Memory(self.0)
    }

    /// The `len` bytes at `ptr`. An empty slice may start at the very end of the memory.
    #[inline]
    pub fn slice_mut(&mut self, ptr: u32, len: u32) -> Result<&mut [u8], Trap> {
        let from = self.0.get_mut(ptr as usize..).ok_or(Trap::OutOfBounds)?;
        from.get_mut(..len as usize).ok_or(Trap::OutOfBounds)
    }

    /// Writes `bytes` at `ptr`.
    #[inline]
    pub fn write<const N: usize>(&mut self, ptr: u32, bytes: [u8; N]) -> Result<(), Trap> {
        let from = self.0.get_mut(ptr as usize..).ok_or(Trap::OutOfBounds)?;
        *from.first_chunk_mut().ok_or(Trap::OutOfBounds)? = bytes;
        Ok(())
    }
}

/// Whether `ptr` is a multiple of `align`, which is a power of two.
#[inline]
pub const fn check_alignment(ptr: u32, align: u32) -> Result<(), Trap> {
    if ptr & align.wrapping_sub(1) == 0 { Ok(()) } else { Err(Trap::Misaligned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn out_of_bounds_is_refused() {
        let memory = Memory::new(&[1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(memory.slice(4, 4), Ok(&[5, 6, 7, 8][..]));
        assert_eq!(memory.slice(8, 0), Ok(&[][..]), "an empty slice may stand at the end");
        assert_eq!(memory.slice(4, 5), Err(Trap::OutOfBounds));
        assert_eq!(memory.slice(9, 0), Err(Trap::OutOfBounds));
        assert_eq!(memory.slice(4, u32::MAX), Err(Trap::OutOfBounds), "ptr + len wraps around");
        assert_eq!(memory.slice(u32::MAX, 2), Err(Trap::OutOfBounds));
        assert_eq!(memory.read(5), Ok([6, 7, 8]));
        assert_eq!(memory.read::<4>(5), Err(Trap::OutOfBounds));
        assert_eq!(memory.read::<1>(u32::MAX), Err(Trap::OutOfBounds));
    }

    #[test]
    fn out_of_bounds_writes_change_nothing() {
        let mut bytes = [0; 8];
        let mut memory = MemoryMut::new(&mut bytes);
        assert_eq!(memory.write(5, [1; 4]), Err(Trap::OutOfBounds));
        assert_eq!(memory.write(u32::MAX, [1]), Err(Trap::OutOfBounds));
        assert_eq!(memory.slice_mut(7, 2).err(), Some(Trap::OutOfBounds));
        assert_eq!(memory.write(4, [1; 4]), Ok(()));
        assert_eq!(bytes, [0, 0, 0, 0, 1, 1, 1, 1]);
    }

    #[test]
    fn a_string_that_is_not_utf8_is_refused() {
        assert_eq!(Memory::new(&[b'a', 0xff]).str(0, 2), Err(Trap::InvalidUtf8));
        assert_eq!(Memory::new("tür".as_bytes()).str(0, 2), Err(Trap::InvalidUtf8), "a character cut in two");
        assert_eq!(Memory::new(&[0xed, 0xa0, 0x80]).str(0, 3), Err(Trap::InvalidUtf8), "a surrogate");
        assert_eq!(Memory::new("tür".as_bytes()).str(0, 4), Ok("tür"));
    }

    #[test]
    fn alignment_is_that_of_the_address() {
        assert_eq!(check_alignment(0, 8), Ok(()));
        assert_eq!(check_alignment(24, 8), Ok(()));
        assert_eq!(check_alignment(20, 8), Err(Trap::Misaligned));
        assert_eq!(check_alignment(21, 1), Ok(()));
    }
}
