//! Core values: parameters and results as a module passes them.
//!
//! Each slot of 64 bits holds one core value. An `i32` or `f32` stands in the low 32 bits; lifting ignores the upper
//! ones and lowering writes them as zero. So the slot of a variant's payload whose cases have different core types
//! (joined to the wider one, by the specification) needs no conversion: zero-extension and bit casts are what the slot
//! already does.

use crate::Trap;

/// Core values, read one after the other.
#[derive(Clone, Debug)]
pub struct Flat<'a>(&'a [u64]);

impl<'a> Flat<'a> {
    /// All of `values`.
    #[must_use]
    #[inline]
    pub const fn new(values: &'a [u64]) -> Self {
        Self(values)
    }

    /// The next core value, as 64 bits.
    #[inline]
    pub const fn next_u64(&mut self) -> Result<u64, Trap> {
        match self.0.split_first() {
            Some((value, rest)) => {
                self.0 = rest;
                Ok(*value)
            }
            None => Err(Trap::ArgumentCount),
        }
    }

    /// The next core value's low 32 bits.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the upper half of an i32's slot has no meaning")]
    pub fn next_u32(&mut self) -> Result<u32, Trap> {
        self.next_u64().map(|value| value as u32)
    }

    /// The next `count` core values as a cursor of their own; this one goes on behind them, however many are read.
    ///
    /// A variant's payload takes as many slots as its widest case.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<Flat<'a>, Trap> {
        let (values, rest) = self.0.split_at_checked(count).ok_or(Trap::ArgumentCount)?;
        self.0 = rest;
        Ok(Flat(values))
    }
}

/// Places for core values, written one after the other.
#[derive(Debug)]
pub struct FlatMut<'a>(&'a mut [u64]);

impl<'a> FlatMut<'a> {
    /// All of `values`.
    #[must_use]
    #[inline]
    pub const fn new(values: &'a mut [u64]) -> Self {
        Self(values)
    }

    /// Writes the next core value.
    #[inline]
    pub fn push(&mut self, value: u64) -> Result<(), Trap> {
        let (slot, rest) = core::mem::take(&mut self.0).split_first_mut().ok_or(Trap::ArgumentCount)?;
        *slot = value;
        self.0 = rest;
        Ok(())
    }

    /// The next `count` places, set to 0, as a cursor of their own; this one goes on behind them.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<FlatMut<'a>, Trap> {
        let (values, rest) = core::mem::take(&mut self.0).split_at_mut_checked(count).ok_or(Trap::ArgumentCount)?;
        values.fill(0);
        self.0 = rest;
        Ok(FlatMut(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_core_values_are_refused() {
        let mut flat = Flat::new(&[1, 2]);
        assert_eq!(flat.take(3).err(), Some(Trap::ArgumentCount));
        assert_eq!((flat.next_u64(), flat.next_u64()), (Ok(1), Ok(2)));
        assert_eq!(flat.next_u64(), Err(Trap::ArgumentCount));
        let mut slots = [0; 1];
        let mut flat = FlatMut::new(&mut slots);
        assert_eq!((flat.push(5), flat.push(6)), (Ok(()), Err(Trap::ArgumentCount)));
    }

    #[test]
    fn the_upper_half_of_an_i32_is_ignored() {
        assert_eq!(Flat::new(&[0xdead_beef_0000_0007]).next_u32(), Ok(7));
    }

    #[test]
    fn taken_places_are_zero_until_written() {
        let mut slots = [u64::MAX; 4];
        let mut flat = FlatMut::new(&mut slots);
        let mut payload = flat.take(3).unwrap();
        payload.push(1).unwrap();
        flat.push(2).unwrap();
        assert_eq!(slots, [1, 0, 0, 2]);
    }
}
