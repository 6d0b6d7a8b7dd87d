//! `wasi:random`: a generator of the board, shared by all containers that may use it.

use core::fmt;

use lock_api::{Mutex, RawMutex};
use locket_abi::{Trap, place_bytes};
use locket_kernel::{Access, Platform, Stop};
use rand_core::CryptoRng;

use crate::random::{GetRandomBytesReply, Random as Provider, Replied};

/// The most bytes that one call returns (`wit/random/random.wit`); it also bounds how long the generator is locked.
const MOST: u64 = 4_096;

/// Random data from `R`, which the board has seeded from its hardware. A generator that can fail is the board's to
/// wrap: what it cannot deliver must not reach a container as if it were random.
pub struct Random<L: RawMutex, R> {
    generator: Mutex<L, R>,
}

impl<L: RawMutex, R: CryptoRng> Random<L, R> {
    /// Shares `generator`.
    pub const fn new(generator: R) -> Self {
        Self { generator: Mutex::new(generator) }
    }
}

/// Says nothing of the generator, whose state is a secret.
impl<L: RawMutex, R> fmt::Debug for Random<L, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Random").finish_non_exhaustive()
    }
}

impl<B: Platform, L: RawMutex, R: CryptoRng> Provider<B> for Random<L, R> {
    fn get_random_bytes(
        &self,
        _: &Access<'_, B>,
        len: u64,
        mut reply: GetRandomBytesReply<'_, B>,
    ) -> Result<Replied, Stop> {
        let len = u32::try_from(len).ok().filter(|_| len <= MOST).ok_or(Trap::TooLong)?;
        let bytes = place_bytes(reply.guest(), len, |bytes| self.generator.lock().fill_bytes(bytes))?;
        reply.send(&bytes)
    }

    fn get_random_u64(&self, _: &Access<'_, B>) -> u64 {
        self.generator.lock().next_u64()
    }
}
