//! The RAM that is left: between the end of the statics and the stack that the processor starts on.

use core::mem::MaybeUninit;
use core::slice;

use static_cell::ConstStaticCell;

/// Where RAM begins.
const RAM: usize = 0x2000_0000;
/// Bytes at the end of RAM for the start-up code and for interrupts.
const START_STACK: usize = 2 * 1024;

unsafe extern "C" {
    /// End of the statics (`link.x`).
    static mut __sheap: u64;
    /// End of RAM (`link.x`).
    static mut _stack_start: u64;
}

/// Memory that is given out piece by piece and never taken back. What is not given out is not written to.
pub struct Pool {
    rest: &'static mut [MaybeUninit<u64>],
}

impl Pool {
    /// All of it. Once.
    pub fn take() -> Option<Self> {
        static TAKEN: ConstStaticCell<()> = ConstStaticCell::new(());
        TAKEN.try_take()?;
        let (start, end) = (&raw mut __sheap, &raw mut _stack_start);
        let bytes = (end as usize).checked_sub(start as usize)?.checked_sub(START_STACK)?;
        // SAFETY: between the two symbols lies RAM that nothing else uses, but for the stack at its end, which has
        // `START_STACK` bytes and more than it needs; and this is done once.
        let rest = unsafe { slice::from_raw_parts_mut(start.cast(), bytes / size_of::<u64>()) };
        Some(Self { rest })
    }

    /// Bytes of RAM that are not here: statics, what was given out, and the start's stack.
    pub fn given(&self) -> usize {
        self.rest.as_ptr().addr() - RAM + START_STACK
    }

    /// Memory for a stack that is only needed for a while.
    pub fn lend(&mut self, bytes: usize) -> Option<&mut [u64]> {
        let words = self.rest.get_mut(..bytes.div_ceil(size_of::<u64>()))?;
        Some(painted(words))
    }

    /// Bytes that are left.
    pub fn left(&self) -> usize {
        size_of_val(self.rest)
    }

    /// At least `bytes` bytes, `None` if there are not so many.
    pub fn words(&mut self, bytes: usize) -> Option<&'static mut [MaybeUninit<u64>]> {
        let words = bytes.div_ceil(size_of::<u64>());
        if words > self.rest.len() {
            return None;
        }
        let (given, rest) = core::mem::take(&mut self.rest).split_at_mut(words);
        self.rest = rest;
        Some(given)
    }

    /// Exactly `bytes` bytes.
    pub fn bytes(&mut self, bytes: usize) -> Option<&'static mut [MaybeUninit<u8>]> {
        let words = self.words(bytes)?;
        // SAFETY: the words' own bytes, of which there are at least so many.
        Some(unsafe { slice::from_raw_parts_mut(words.as_mut_ptr().cast(), bytes) })
    }

    /// As many bytes, all 0.
    pub fn zeroed(&mut self, bytes: usize) -> Option<&'static mut [u8]> {
        let memory = self.bytes(bytes)?;
        memory.fill(MaybeUninit::new(0));
        // SAFETY: all of it was just written.
        Some(unsafe { slice::from_raw_parts_mut(memory.as_mut_ptr().cast(), bytes) })
    }

    /// A stack of at least `bytes` bytes, painted so that its use can be seen.
    pub fn stack(&mut self, bytes: usize) -> Option<&'static mut [u64]> {
        self.words(bytes).map(painted)
    }
}

fn painted(words: &mut [MaybeUninit<u64>]) -> &mut [u64] {
    for word in &mut *words {
        word.write(PAINT);
    }
    // SAFETY: all of it was just written.
    unsafe { slice::from_raw_parts_mut(words.as_mut_ptr().cast(), words.len()) }
}

const PAINT: u64 = 0x5ac3_0ff0_a53c_f00f;

/// A stack from [`Pool::stack`], as it is looked at while a thread runs on it.
#[derive(Clone, Copy)]
pub struct Painted {
    address: usize,
    words: usize,
}

impl Painted {
    /// The look at `stack`.
    pub fn of(stack: &[u64]) -> Self {
        Self { address: stack.as_ptr().expose_provenance(), words: stack.len() }
    }

    /// How much of it was used so far, in bytes.
    pub fn used(self) -> usize {
        let start = core::ptr::with_exposed_provenance::<u64>(self.address);
        let untouched = (0..self.words)
            // SAFETY: inside of the stack, which stays for ever. Volatile, because its thread may write meanwhile.
            .take_while(|at| unsafe { start.add(*at).read_volatile() } == PAINT)
            .count();
        (self.words - untouched) * size_of::<u64>()
    }
}

/// What the C library asks for a heap: there is none. Its formatting, which WAMR uses for its texts, does without.
#[unsafe(no_mangle)]
extern "C" fn _sbrk(_: isize) -> *mut u8 {
    core::ptr::without_provenance_mut(usize::MAX)
}
