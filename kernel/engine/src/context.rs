//! What a running instance and the kernel have to do with each other.
//!
//! WAMR calls the engine in two places while a guest runs: in the natives that its imports are bound to, and when
//! a slice of operations has run out. Both find the [`Context`] through the instance that WAMR says is running
//! (principle 2), and both pass the call on to the kernel's `Instance`.

use core::cell::Cell;
use core::ffi::c_void;

use locket_abi::Trap;
use locket_kernel::{ExitReason, Import, Instance, Platform, Refill, Stop, TrapKind};
use wamr_sys as wamr;

use crate::arena::Arena;
use crate::fault::{self, Fault};
use crate::guest::Running;
use crate::panic::Caught;

/// The engine's record of one container, which its WAMR instance points to.
#[repr(C)]
pub(crate) struct Context<'c, 'k, B: Platform> {
    /// Operations left until the next refill; the interpreter knows it as the first member. It holds the count
    /// while it runs, and writes it here when control leaves it.
    left: Cell<i32>,
    /// Operations of the slice that `left` counts down from.
    slice: Cell<u32>,
    instance: &'c Instance<'k, B>,
    arena: &'c Arena<'c>,
    /// The guest's `cabi_realloc`; null until it is looked up, and if there is none.
    realloc: Cell<*mut wamr::Function>,
    /// Bytes of linear memory when a `memory.grow` was refused last.
    grow_refused_at: Cell<Option<usize>>,
    panic: Caught,
}

impl<'c, 'k, B: Platform> Context<'c, 'k, B> {
    pub(crate) fn new(instance: &'c Instance<'k, B>, arena: &'c Arena<'c>) -> Self {
        Self {
            // The first operation asks for the first slice.
            left: Cell::new(0),
            slice: Cell::new(0),
            instance,
            arena,
            realloc: Cell::new(core::ptr::null_mut()),
            grow_refused_at: Cell::new(None),
            panic: Caught::new(),
        }
    }

    pub(crate) fn instance(&self) -> &'c Instance<'k, B> {
        self.instance
    }

    pub(crate) fn realloc(&self) -> *mut wamr::Function {
        self.realloc.get()
    }

    pub(crate) fn set_realloc(&self, function: *mut wamr::Function) {
        self.realloc.set(function);
    }

    /// The exit reason of a guest that stopped with this fault, when its memory had `memory_size` bytes, if it still
    /// exists.
    pub(crate) fn reason(&self, fault: Fault, memory_size: Option<usize>) -> ExitReason {
        // It has not got the memory since.
        let out_of_memory =
            self.grow_refused_at.get().is_some_and(|refused_at| memory_size.is_none_or(|size| size == refused_at));
        // `Trap::Guest` says that the guest has stopped in a nested call, for a reason that the fault has.
        let stop = self.instance.stop_reason().filter(|stop| *stop != Stop::Trap(Trap::Guest));
        match (stop, fault) {
            // How guests end when their allocator got no more memory: the Rust, C and Zig runtimes stop at
            // `unreachable`, others write to null, and some return null from `cabi_realloc`.
            (Some(Stop::Trap(Trap::BadRealloc)), _)
            | (None, Fault::Trap(TrapKind::Unreachable | TrapKind::MemoryOutOfBounds))
                if out_of_memory =>
            {
                ExitReason::OutOfMemory
            }
            (Some(stop), _) => stop.into(),
            (None, Fault::Trap(kind)) => ExitReason::Trapped(kind),
            (None, Fault::Memory) => ExitReason::OutOfMemory,
            // Nobody but the kernel sets this exception, and it has a reason then.
            (None, Fault::Ended) => ExitReason::Killed,
        }
    }

    /// Tells the kernel how much of its arena the container has in use.
    pub(crate) fn report_memory(&self) {
        self.instance.set_memory(u32::try_from(self.arena.used()).unwrap_or(u32::MAX));
    }

    /// Tells the kernel of the operations that ran since the last slice was granted, when no more will run.
    pub(crate) fn account(&self) {
        let used = used(self.slice.replace(0), self.left.replace(0));
        self.report_memory();
        self.instance.account_operations(used);
    }

    /// Goes on with a panic of a host call, now that WAMR has returned.
    pub(crate) fn resume_panic(&self) {
        self.panic.resume();
    }
}

/// Operations of `slice` that ran when `left` are left: more than the slice, if a bulk operation was charged
/// beyond it.
fn used(slice: u32, left: i32) -> u32 {
    u32::try_from(i64::from(slice).saturating_sub(i64::from(left))).unwrap_or(0)
}

/// What is attached to a native: the import, and how many slots WAMR passes for it.
pub(crate) struct Native<B: Platform> {
    pub(crate) import: &'static Import<B>,
    /// As many as parameters or results, whichever is more.
    pub(crate) slots: usize,
}

/// The raw native of every import: finds the instance's context and hands the call to the kernel's dispatcher.
pub(crate) unsafe extern "C" fn native<B: Platform>(exec_env: *mut wamr::ExecEnv, slots: *mut u64) {
    // SAFETY: WAMR calls with the live environment that runs an instance which `Container` made for the same `B`
    // (there is one `Runtime` per process), whose context lives as long; and with the attachment that `Runtime`
    // registered together with this function.
    let (context, native) = unsafe {
        let context = wamr::locket_wamr_context(exec_env).cast::<Context<'_, '_, B>>();
        let native = wamr::wasm_runtime_get_function_attachment(exec_env).cast::<Native<B>>();
        (&*context, &*native)
    };
    // SAFETY: WAMR passes at least one slot per parameter, and at least 16. They are WAMR's own and nobody else
    // refers to them during the call.
    let slots = unsafe { core::slice::from_raw_parts_mut(slots, native.slots) };
    // SAFETY: live during this call.
    let mut guest = unsafe { Running::new(exec_env, context) };
    // The instance keeps the reason.
    let go_on = context.panic.catch(false, || context.instance.dispatch(&mut guest, native.import, slots).is_ok());
    if !go_on {
        // SAFETY: as above. An exception makes the interpreter leave the guest; one that is already there came
        // first.
        unsafe {
            let instance = wamr::wasm_runtime_get_module_inst(exec_env);
            if wamr::wasm_runtime_get_exception(instance).is_null() {
                wamr::wasm_runtime_set_exception(instance, fault::ENDED.as_ptr());
            }
        }
    }
}

/// The safepoint: a slice of operations has run out.
pub(crate) unsafe extern "C" fn refill<B: Platform>(context: *mut c_void) -> bool {
    // SAFETY: as in `native`.
    let context = unsafe { &*context.cast::<Context<'_, '_, B>>() };
    // The operation that found nothing left is counted, and has not run.
    let used = used(context.slice.replace(0), context.left.replace(0).saturating_add(1));
    context.report_memory();
    match context.panic.catch(Refill::End, || context.instance.refill(used)) {
        Refill::Continue(slice) => {
            let slice = i32::try_from(slice).unwrap_or(i32::MAX).max(1);
            context.slice.set(slice.unsigned_abs());
            // That operation is the slice's first.
            context.left.set(slice.saturating_sub(1));
            true
        }
        Refill::End => false,
    }
}

/// WAMR refused a `memory.grow`.
pub(crate) unsafe extern "C" fn grow_refused<B: Platform>(context: *mut c_void, size: usize) {
    // SAFETY: as in `native`.
    let context = unsafe { &*context.cast::<Context<'_, '_, B>>() };
    context.grow_refused_at.set(Some(size));
}

/// The pointer that WAMR keeps.
pub(crate) fn pointer<B: Platform>(context: &Context<'_, '_, B>) -> *mut c_void {
    core::ptr::from_ref(context).cast_mut().cast()
}

#[cfg(test)]
mod tests {
    use super::used;

    #[test]
    fn counts_what_ran_of_a_slice() {
        assert_eq!(used(10_000, 9_999), 1, "the first operation after a refill");
        assert_eq!(used(10_000, 0), 10_000);
        assert_eq!(used(10_000, -1024), 11_024, "a bulk operation went beyond the slice");
        assert_eq!(used(0, 0), 0, "nothing was granted yet");
    }
}
