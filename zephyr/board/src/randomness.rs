//! Zephyr's random numbers for `wasi:random`.

use core::convert::Infallible;

use locket_system::Random;
use rand_core::{TryCryptoRng, TryRng};

use crate::lock::SchedulerLock;
use crate::{console, zephyr};

/// The provider.
pub(crate) type Generator = Random<SchedulerLock, Hardware>;

/// `sys_csrand_get`: the hardware's generator, or one that it has seeded.
pub(crate) struct Hardware;

impl TryRng for Hardware {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Ends the program if the hardware fails: nothing that is not random may pass for it.
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        if !zephyr::random(bytes) {
            console::line(&"locket: fatal: the generator of random numbers fails");
            zephyr::fatal();
        }
        Ok(())
    }
}

impl TryCryptoRng for Hardware {}
