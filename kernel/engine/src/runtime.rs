//! WAMR, started once for the whole process, with the imports of one board.

use core::ffi::{c_uint, c_void};
use core::mem::{MaybeUninit, size_of};
use core::ptr::{self, NonNull};

use locket_kernel::{Import, Platform};
use wamr_sys as wamr;

use crate::arena::Arena;
use crate::context::{self, Native};
use crate::current;

/// Proof that WAMR runs in this process and has the imports of board `B`. Everything that makes a container asks for
/// it, so that a native registered for one board's kernel is never called with another's instance.
pub struct Runtime<B: Platform> {
    tables: &'static [&'static [Import<B>]],
}

/// Why WAMR did not start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StartError {
    /// It was started before; it can be once per process.
    #[error("WAMR was started before")]
    AlreadyStarted,
    /// The memory is smaller than [`Runtime::memory_needed`].
    #[error("not enough memory to start WAMR")]
    OutOfMemory,
    /// An import's signature is not of the form `(iIfF)i` with at most one result.
    #[error("an import's signature is not one")]
    BadSignature,
    /// A table has imports of several interfaces.
    #[error("an import table mixes interfaces")]
    MixedTable,
}

impl<B: Platform> Runtime<B> {
    /// Bytes for [`Runtime::start`] with these tables; at least what is needed.
    #[must_use]
    pub const fn memory_needed(tables: &[&[Import<B>]]) -> usize {
        // What WAMR itself allocates, and the arena's own headers and alignment.
        const FIXED: usize = 128 * size_of::<usize>();
        // Of each table: one list node of WAMR's, and the headers of three allocations.
        const TABLE: usize = 16 * size_of::<usize>();
        let mut bytes = FIXED;
        let mut rest = tables;
        while let [first, others @ ..] = rest {
            let natives = first.len().saturating_mul(size_of::<wamr::NativeSymbol>() + size_of::<Native<B>>());
            bytes = bytes.saturating_add(natives).saturating_add(TABLE);
            rest = others;
        }
        bytes
    }

    /// Starts WAMR with the board's imports: the tables that were generated for its interfaces, one per interface.
    /// `memory` is WAMR's own for ever.
    #[cfg(feature = "std")]
    pub fn start(
        tables: &'static [&'static [Import<B>]],
        memory: &'static mut [MaybeUninit<u8>],
    ) -> Result<Self, StartError> {
        use std::sync::atomic::{AtomicBool, Ordering};
        static STARTED: AtomicBool = AtomicBool::new(false);
        if STARTED.swap(true, Ordering::SeqCst) {
            return Err(StartError::AlreadyStarted);
        }
        // SAFETY: the first and only call, and a thread that sees its result was synchronised with it.
        unsafe { Self::start_once(tables, memory) }
    }

    /// As `start`, which a board without the feature `std` does not have.
    ///
    /// # Safety
    /// Called at most once per process, and before other threads use the engine. Without the feature `std`, after
    /// `thread_slot::install`.
    pub unsafe fn start_once(
        tables: &'static [&'static [Import<B>]],
        memory: &'static mut [MaybeUninit<u8>],
    ) -> Result<Self, StartError> {
        let arena = Arena::new(memory);
        let hooks = wamr::Hooks {
            malloc,
            realloc,
            free,
            refill: context::refill::<B>,
            grow_refused: context::grow_refused::<B>,
        };
        current::with_arena(&arena, || {
            // SAFETY: once, as the caller guarantees.
            if !unsafe { wamr::locket_wamr_init(&raw const hooks) } {
                return Err(StartError::OutOfMemory);
            }
            tables.iter().try_for_each(|table| register(table, &arena))
        })?;
        Ok(Self { tables })
    }

    /// The kernel's function of this name.
    pub(crate) fn import(&self, module: &str, field: &str) -> Option<&'static Import<B>> {
        self.tables
            .iter()
            .copied()
            .flatten()
            .find(|import| import.field.to_bytes() == field.as_bytes() && import.module.to_bytes() == module.as_bytes())
    }
}

// Not derived: that would ask the same of `B`.
impl<B: Platform> Clone for Runtime<B> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<B: Platform> Copy for Runtime<B> {}

impl<B: Platform> core::fmt::Debug for Runtime<B> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Runtime").field("tables", &self.tables.len()).finish()
    }
}

/// Gives WAMR a native for each import of a table, whose imports are all of one module. The list stays in `arena`'s
/// memory, where WAMR sorts it.
fn register<B: Platform>(imports: &'static [Import<B>], arena: &Arena<'_>) -> Result<(), StartError> {
    let Some(first) = imports.first() else { return Ok(()) };
    if imports.iter().any(|import| import.module != first.module) {
        return Err(StartError::MixedTable);
    }
    let symbols = array::<wamr::NativeSymbol>(arena, imports.len())?;
    let natives = array::<Native<B>>(arena, imports.len())?;
    for (index, import) in imports.iter().enumerate() {
        let slots = slots(import.signature.to_bytes()).ok_or(StartError::BadSignature)?;
        // SAFETY: both arrays have a place for each import.
        unsafe {
            let native = natives.add(index);
            native.write(Native { import, slots });
            symbols.add(index).write(wamr::NativeSymbol {
                symbol: import.field.as_ptr(),
                function: context::native::<B> as wamr::RawNative as *mut c_void,
                signature: import.signature.as_ptr(),
                attachment: native.as_ptr().cast(),
            });
        }
    }
    let count = u32::try_from(imports.len()).map_err(|_| StartError::OutOfMemory)?;
    // SAFETY: `count` symbols were written; they, and all they point to, stay for ever.
    if unsafe { wamr::wasm_runtime_register_natives_raw(first.module.as_ptr(), symbols.as_ptr(), count) } {
        Ok(())
    } else {
        Err(StartError::OutOfMemory)
    }
}

/// Room for `count` values that is never freed.
fn array<T>(arena: &Arena<'_>, count: usize) -> Result<NonNull<T>, StartError> {
    const { assert!(align_of::<T>() <= 8) };
    let bytes = count.max(1).checked_mul(size_of::<T>()).ok_or(StartError::OutOfMemory)?;
    arena.allocate(bytes).map(NonNull::cast).ok_or(StartError::OutOfMemory)
}

/// How many slots a native of this signature uses: one per parameter, and at least one for its result.
fn slots(signature: &[u8]) -> Option<usize> {
    let inner = signature.strip_prefix(b"(")?;
    let close = inner.iter().position(|byte| *byte == b')')?;
    let (parameters, results) = inner.split_at_checked(close)?;
    let results = results.strip_prefix(b")")?;
    let numbers = |values: &[u8]| values.iter().all(|value| b"iIfF".contains(value));
    (numbers(parameters) && numbers(results) && results.len() <= 1).then(|| parameters.len().max(results.len()))
}

unsafe extern "C" fn malloc(usage: wamr::Usage, size: c_uint) -> *mut c_void {
    let size = size as usize;
    let allocate = |arena: &Arena<'_>| {
        if usage == wamr::USAGE_LINEAR_MEMORY { arena.allocate_zeroed(size) } else { arena.allocate(size) }
    };
    pointer(current::arena(allocate).flatten())
}

unsafe extern "C" fn realloc(usage: wamr::Usage, _: bool, old: *mut c_void, size: c_uint) -> *mut c_void {
    let linear = usage == wamr::USAGE_LINEAR_MEMORY;
    let Some(old) = NonNull::new(old.cast::<u8>()) else {
        // SAFETY: no precondition.
        return unsafe { malloc(usage, size) };
    };
    let reallocate = |arena: &Arena<'_>| {
        debug_assert!(arena.contains(old), "WAMR moved memory of another arena");
        if arena.contains(old) {
            // SAFETY: WAMR got it from this arena, and has not freed it.
            unsafe { arena.reallocate(old, size as usize, linear) }
        } else {
            None
        }
    };
    pointer(current::arena(reallocate).flatten())
}

unsafe extern "C" fn free(_: wamr::Usage, old: *mut c_void) {
    if let Some(old) = NonNull::new(old.cast::<u8>()) {
        current::arena(|arena| {
            debug_assert!(arena.contains(old), "WAMR freed memory of another arena");
            if arena.contains(old) {
                // SAFETY: WAMR got it from this arena, and frees it once.
                unsafe { arena.free(old) };
            }
        });
    }
}

fn pointer(allocated: Option<NonNull<u8>>) -> *mut c_void {
    allocated.map_or(ptr::null_mut(), |pointer| pointer.as_ptr().cast())
}

#[cfg(test)]
mod tests {
    use super::slots;

    #[test]
    fn slots_of_a_signature() {
        assert_eq!(slots(b"()"), Some(0));
        assert_eq!(slots(b"()i"), Some(1));
        assert_eq!(slots(b"(iIfF)F"), Some(4));
        assert_eq!(slots(b"(i)ii"), None);
        assert_eq!(slots(b"(*~)i"), None, "WAMR would take it for a pointer to check");
        assert_eq!(slots(b""), None);
    }
}
