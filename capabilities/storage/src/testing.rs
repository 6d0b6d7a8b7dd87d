//! A flash in memory whose power can be cut at any operation.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::vec;
use std::vec::Vec;

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};

/// What a write or an erasure leaves behind when the power fails in the middle of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Damage {
    /// Nothing was done.
    Nothing,
    /// The first words are done, a word in between is done in part, the others are not.
    Torn,
    /// This many words are done, the others are not.
    Prefix(usize),
    /// Each word is as it was or done.
    Mixed,
    /// Each bit is as it was or done.
    Speckled,
    /// All bits are zero: many chips write zeroes before they erase.
    Zeroed,
    /// Anything.
    Garbage,
}

impl Damage {
    /// All of them, but for those that leave a number of words of one's choice.
    pub const ALL: [Self; 6] = [Self::Nothing, Self::Torn, Self::Mixed, Self::Speckled, Self::Zeroed, Self::Garbage];
}

/// A NOR flash of pages of `PAGE` bytes and words of `WORD` bytes. A store gets a reference to it, and is to be dropped
/// when the power fails.
///
/// It is strict: a word is written once after each erasure, and once more only to all zeroes.
#[derive(Debug)]
pub struct SimulatedFlash<const PAGE: usize, const WORD: usize>(Mutex<Chip<WORD>>);

#[derive(Clone, Debug)]
struct Chip<const WORD: usize> {
    bytes: Vec<u8>,
    /// Writes and erasures since it was made.
    operations: usize,
    erasures: usize,
    cut: Option<Cut>,
    on: bool,
    noise: u64,
}

#[derive(Clone, Copy, Debug)]
struct Cut {
    /// Operations that are still done.
    after: usize,
    damage: Damage,
}

impl<const PAGE: usize, const WORD: usize> SimulatedFlash<PAGE, WORD> {
    /// A flash of `pages` pages, with anything on it.
    #[must_use]
    pub fn new(pages: u32) -> Self {
        let mut chip =
            Chip { bytes: Vec::new(), operations: 0, erasures: 0, cut: None, on: true, noise: 0x9e37_79b9_7f4a_7c15 };
        for _ in 0..PAGE * usize::try_from(pages).unwrap_or(usize::MAX) {
            let noise = chip.random();
            chip.bytes.push(noise);
        }
        Self(Mutex::new(chip))
    }

    /// Another flash with the same on it.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self(Mutex::new(self.chip().clone()))
    }

    /// Lets `after` further operations succeed and cuts the power in the next one, which leaves `damage`.
    pub fn cut(&self, after: usize, damage: Damage) {
        let mut chip = self.chip();
        chip.cut = Some(Cut { after, damage });
        chip.noise ^= 0x2545_f491_4f6c_dd1d_u64.wrapping_mul(after as u64 + 1);
    }

    /// Switches the power on again. Returns whether it had been cut.
    pub fn restore(&self) -> bool {
        let mut chip = self.chip();
        chip.cut = None;
        !std::mem::replace(&mut chip.on, true)
    }

    /// Writes and erasures since it was made.
    #[must_use]
    pub fn operations(&self) -> usize {
        self.chip().operations
    }

    /// Erasures of a page since it was made.
    #[must_use]
    pub fn erasures(&self) -> usize {
        self.chip().erasures
    }

    fn chip(&self) -> MutexGuard<'_, Chip<WORD>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<const WORD: usize> Chip<WORD> {
    /// A byte of noise, the same in each run.
    fn random(&mut self) -> u8 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 7;
        self.noise ^= self.noise << 17;
        self.noise.to_le_bytes()[3]
    }

    /// Makes the words from `at` on `new`, or what a power cut leaves of that.
    fn change(&mut self, at: usize, new: &[u8]) -> Result<(), NorFlashErrorKind> {
        if !self.on {
            return Err(NorFlashErrorKind::Other);
        }
        self.operations += 1;
        match &mut self.cut {
            Some(Cut { after: 0, damage }) => {
                let damage = *damage;
                self.on = false;
                self.damage(at, new, damage);
                return Err(NorFlashErrorKind::Other);
            }
            Some(cut) => cut.after -= 1,
            None => {}
        }
        self.bytes[at..][..new.len()].copy_from_slice(new);
        Ok(())
    }

    fn damage(&mut self, at: usize, new: &[u8], damage: Damage) {
        let words = new.len() / WORD;
        let torn = usize::from(self.random()) * words / 256;
        let mut mixed = 0;
        for (offset, new) in new.iter().enumerate() {
            let (word, old) = (offset / WORD, self.bytes[at + offset]);
            let noise = self.random();
            if offset % WORD == 0 {
                mixed = noise;
            }
            self.bytes[at + offset] = match damage {
                Damage::Prefix(done) if word < done => *new,
                Damage::Nothing | Damage::Prefix(_) => old,
                Damage::Torn if word < torn => *new,
                Damage::Torn if word > torn => old,
                Damage::Mixed if mixed & 1 == 0 => old,
                Damage::Mixed => *new,
                Damage::Torn | Damage::Speckled => (old & noise) | (*new & !noise),
                Damage::Zeroed => 0,
                Damage::Garbage => noise,
            };
        }
    }
}

impl<const PAGE: usize, const WORD: usize> ErrorType for &SimulatedFlash<PAGE, WORD> {
    type Error = NorFlashErrorKind;
}

impl<const PAGE: usize, const WORD: usize> ReadNorFlash for &SimulatedFlash<PAGE, WORD> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        let chip = self.chip();
        let at = offset as usize;
        let found = chip.bytes.get(at..at + bytes.len()).ok_or(NorFlashErrorKind::OutOfBounds)?;
        if !chip.on {
            return Err(NorFlashErrorKind::Other);
        }
        bytes.copy_from_slice(found);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.chip().bytes.len()
    }
}

impl<const PAGE: usize, const WORD: usize> NorFlash for &SimulatedFlash<PAGE, WORD> {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        embedded_storage::nor_flash::check_erase(self, from, to)?;
        let mut chip = self.chip();
        chip.erasures += 1;
        chip.change(from as usize, &vec![0xff; (to - from) as usize])
    }

    /// # Panics
    /// If a word is written for a second time, and not to all zeroes: that is a mistake of the storage.
    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        embedded_storage::nor_flash::check_write(self, offset, bytes.len())?;
        let mut chip = self.chip();
        let at = offset as usize;
        for (word, new) in bytes.chunks(WORD).enumerate() {
            let old = &chip.bytes[at + word * WORD..][..WORD];
            let blank = old.iter().all(|byte| *byte == 0xff);
            assert!(blank || new.iter().all(|byte| *byte == 0), "the word at {} is not blank", at + word * WORD);
        }
        chip.change(at, bytes)
    }
}
