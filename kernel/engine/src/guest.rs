//! A running guest, as the ABI sees it: its memory, its allocator, its exports.

use core::ptr;

use locket_abi::{Guest, Memory, MemoryMut, Trap};
use locket_kernel::Platform;
use wamr_sys as wamr;
use wamr_sys::value_kind;

use crate::context::Context;

/// An execution environment that runs, or may run, a guest.
///
/// Holding one `&mut` proves that no code of the guest runs meanwhile; calling into the guest takes the `&mut`.
pub(crate) struct Running<'r, B: Platform> {
    exec_env: *mut wamr::ExecEnv,
    context: &'r Context<'r, 'r, B>,
}

/// Core values that a call takes or returns at most; 16 flat parameters and the pointer for results, and room.
const MAX_VALUES: usize = 24;

/// WAMR's cells of 32 bits, two to a value at most.
const MAX_CELLS: usize = 2 * MAX_VALUES;

impl<'r, B: Platform> Running<'r, B> {
    /// # Safety
    /// For `'r`, `exec_env` is live, `context` is the context of its instance, and nobody else calls into it or
    /// refers to its memory.
    pub(crate) unsafe fn new(exec_env: *mut wamr::ExecEnv, context: &'r Context<'_, '_, B>) -> Self {
        // SAFETY: the lifetimes of the context's own references outlast its borrow; they are shortened to it, which
        // the compiler does not see because the context's cells make them invariant. Nothing that lives shorter is
        // ever stored through the reference: the cells hold no reference.
        let context = unsafe { &*ptr::from_ref(context).cast::<Context<'r, 'r, B>>() };
        Self { exec_env, context }
    }

    fn instance(&self) -> *mut wamr::ModuleInstance {
        // SAFETY: `exec_env` is live (`Running::new`).
        unsafe { wamr::wasm_runtime_get_module_inst(self.exec_env) }
    }

    /// Start and length of the memory as it is now.
    fn bytes(&self) -> (*mut u8, usize) {
        let mut size = 0;
        // SAFETY: the instance is live as long as its environment.
        let start = unsafe { wamr::locket_wamr_memory(self.instance(), &raw mut size) };
        if start.is_null() { (ptr::NonNull::dangling().as_ptr(), 0) } else { (start, size) }
    }

    /// Calls `function` with `cells`, which also take the results. `Trap::Guest` if the guest stopped.
    fn call_function(&mut self, function: *mut wamr::Function, cells: &mut [u32], given: u32) -> Result<(), Trap> {
        // SAFETY: environment and function are of the same live instance; `cells` has room for all parameters and
        // all results, which each caller has checked against the function's type.
        let returned = unsafe { wamr::wasm_runtime_call_wasm(self.exec_env, function, given, cells.as_mut_ptr()) };
        if returned { Ok(()) } else { Err(Trap::Guest) }
    }

    /// Calls the export `name`, with one slot per core value.
    pub(crate) fn call_export(&mut self, name: &str, args: &[u64], results: &mut [u64]) -> Result<(), Trap> {
        let function = find(self.instance(), name).ok_or(Trap::ArgumentCount)?;
        let signature = Signature::of(self.instance(), function).ok_or(Trap::ArgumentCount)?;
        if signature.parameters().len() != args.len() || signature.results().len() != results.len() {
            return Err(Trap::ArgumentCount);
        }
        let mut cells = [0; MAX_CELLS];
        let mut given = 0;
        for (kind, value) in signature.parameters().iter().zip(args) {
            let (low, high) = halves(*value);
            let width = width(*kind);
            for (cell, half) in cells.iter_mut().skip(given).zip([low, high]).take(width) {
                *cell = half;
            }
            given = given.saturating_add(width);
        }
        self.call_function(function, &mut cells, u32::try_from(given).unwrap_or(0))?;
        let mut taken = cells.iter();
        for (kind, result) in signature.results().iter().zip(results) {
            let low = u64::from(taken.next().copied().unwrap_or(0));
            let high = if width(*kind) == 2 { u64::from(taken.next().copied().unwrap_or(0)) } else { 0 };
            *result = low | high << 32;
        }
        Ok(())
    }
}

impl<B: Platform> Guest for Running<'_, B> {
    fn memory(&self) -> Memory<'_> {
        let (start, size) = self.bytes();
        // SAFETY: WAMR's memory of this size, initialised, and not written to while `self` is borrowed: only guest code
        // writes, and running it takes `&mut self`.
        Memory::new(unsafe { core::slice::from_raw_parts(start, size) })
    }

    fn memory_mut(&mut self) -> MemoryMut<'_> {
        let (start, size) = self.bytes();
        // SAFETY: as in `memory`, and `self` is borrowed mutably: there is no other view.
        MemoryMut::new(unsafe { core::slice::from_raw_parts_mut(start, size) })
    }

    fn realloc(&mut self, old_ptr: u32, old_size: u32, align: u32, new_size: u32) -> Result<u32, Trap> {
        let function = self.context.realloc();
        if function.is_null() {
            return Err(Trap::BadRealloc);
        }
        // Its type was checked when it was looked up.
        let mut cells = [old_ptr, old_size, align, new_size];
        self.context.instance().reenter(|| self.call_function(function, &mut cells, 4))?;
        let [result, ..] = cells;
        Ok(result)
    }
}

/// The type of a function, as far as it has only numbers, and at most [`MAX_VALUES`] of them each way.
pub(crate) struct Signature {
    parameters: ([u8; MAX_VALUES], usize),
    results: ([u8; MAX_VALUES], usize),
}

impl Signature {
    /// `None` if the type has other values than numbers, or too many. `function` is one of the live `instance`.
    pub(crate) fn of(instance: *mut wamr::ModuleInstance, function: *mut wamr::Function) -> Option<Self> {
        let mut parameters = [0; MAX_VALUES];
        let mut results = [0; MAX_VALUES];
        // SAFETY: both are live, and the arrays have room for the counts that were checked before.
        let (parameter_count, result_count) = unsafe {
            let parameter_count = wamr::wasm_func_get_param_count(function, instance) as usize;
            let result_count = wamr::wasm_func_get_result_count(function, instance) as usize;
            if parameter_count > MAX_VALUES || result_count > MAX_VALUES {
                return None;
            }
            wamr::wasm_func_get_param_types(function, instance, parameters.as_mut_ptr());
            wamr::wasm_func_get_result_types(function, instance, results.as_mut_ptr());
            (parameter_count, result_count)
        };
        let signature = Self { parameters: (parameters, parameter_count), results: (results, result_count) };
        let only_numbers =
            signature.parameters().iter().chain(signature.results()).all(|kind| *kind <= value_kind::F64);
        only_numbers.then_some(signature)
    }

    pub(crate) fn parameters(&self) -> &[u8] {
        let (kinds, count) = &self.parameters;
        kinds.get(..*count).unwrap_or(&[])
    }

    pub(crate) fn results(&self) -> &[u8] {
        let (kinds, count) = &self.results;
        kinds.get(..*count).unwrap_or(&[])
    }
}

/// The exported function `name` of the live `instance`. Names of 128 bytes and more are not found.
pub(crate) fn find(instance: *mut wamr::ModuleInstance, name: &str) -> Option<*mut wamr::Function> {
    let mut text = [0_u8; 128];
    text.get_mut(..name.len())?.copy_from_slice(name.as_bytes());
    let text = core::ffi::CStr::from_bytes_until_nul(&text).ok()?;
    // SAFETY: the instance is live, and the name a C string.
    let function = unsafe { wamr::wasm_runtime_lookup_function(instance, text.as_ptr()) };
    (!function.is_null()).then_some(function)
}

/// Cells of a value.
fn width(kind: u8) -> usize {
    if matches!(kind, value_kind::I64 | value_kind::F64) { 2 } else { 1 }
}

fn halves(value: u64) -> (u32, u32) {
    #[expect(clippy::cast_possible_truncation, reason = "the low half is what is wanted")]
    (value as u32, (value >> 32) as u32)
}
