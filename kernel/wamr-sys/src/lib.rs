//! WAMR 2.4.3, built as Locket needs it, and the few of its functions that the engine calls.
//!
//! * Guarantees that the interpreter is metered: after each slice of operations it asks
//!   [`Hooks::refill`], on whose word it goes on or ends.
//! * Called by `locket-engine` only. Everything here is `unsafe` to call and checks nothing.
//! * Never gives a module an import of its own, allocates outside of [`Hooks`], or starts a thread.
//!
//! `README.md` says what is built and why. The declarations are written by hand: there are few, and each
//! stands for a decision to use it. Structures of WAMR stay opaque; `c/locket_wamr.c` reads them.
#![no_std]

use core::ffi::{c_char, c_int, c_uint, c_void};
use core::marker::{PhantomData, PhantomPinned};

macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[repr(C)]
        pub struct $name {
            bytes: [u8; 0],
            marker: PhantomData<(*mut u8, PhantomPinned)>,
        }
    )*};
}

opaque! {
    /// A loaded module.
    Module;
    /// A module with its memory, globals and tables.
    ModuleInstance;
    /// An execution environment: the interpreter's stack of one thread in one instance.
    ExecEnv;
    /// A function of an instance.
    Function;
}

/// A native function as WAMR registers it: its array is sorted in place and kept for ever.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct NativeSymbol {
    /// The import's field name.
    pub symbol: *const c_char,
    /// A [`RawNative`].
    pub function: *mut c_void,
    /// For example `(iI)i`.
    pub signature: *const c_char,
    /// What [`wasm_runtime_get_function_attachment`] returns during a call.
    pub attachment: *mut c_void,
}

/// A native in raw form: `slots` holds one core value per parameter, and takes the result in the first.
pub type RawNative = unsafe extern "C" fn(exec_env: *mut ExecEnv, slots: *mut u64);

/// What an allocation is for (`mem_alloc_usage_t`).
pub type Usage = c_int;
/// The allocation is a linear memory: WAMR expects it to be zero.
pub const USAGE_LINEAR_MEMORY: Usage = 1;

/// What WAMR calls in the engine, on the thread that called WAMR.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Allocates `size` bytes, aligned to 8; null if there is no room.
    pub malloc: unsafe extern "C" fn(usage: Usage, size: c_uint) -> *mut c_void,
    /// Moves an allocation to one of `size` bytes; null, with the old one untouched, if there is no room.
    pub realloc: unsafe extern "C" fn(usage: Usage, full_size: bool, pointer: *mut c_void, size: c_uint) -> *mut c_void,
    /// Frees an allocation.
    pub free: unsafe extern "C" fn(usage: Usage, pointer: *mut c_void),
    /// The count of operations at the start of `context` is below 0, with the operation that is about to run
    /// counted. Either sets it anew, or returns `false` to end the container.
    pub refill: unsafe extern "C" fn(context: *mut c_void) -> bool,
    /// A `memory.grow` was refused in the instance of this context, whose memory has `size` bytes.
    pub grow_refused: unsafe extern "C" fn(context: *mut c_void, size: usize),
}

/// The value kinds of [`wasm_func_get_param_types`].
pub mod value_kind {
    /// `i32`
    pub const I32: u8 = 0;
    /// `i64`
    pub const I64: u8 = 1;
    /// `f32`
    pub const F32: u8 = 2;
    /// `f64`
    pub const F64: u8 = 3;
}

/// Whether the interpreter is the fast one (feature `fast-interp`) or the classic one.
pub const FAST_INTERPRETER: bool = cfg!(feature = "fast-interp");

// This crate's own C: `c/locket_wamr.h`.
#[expect(missing_docs, reason = "documented in c/locket_wamr.h")]
unsafe extern "C" {
    pub fn locket_wamr_init(hooks: *const Hooks) -> bool;
    pub fn locket_wamr_load(bytes: *mut u8, size: u32, error: *mut c_char, error_size: u32) -> *mut Module;
    pub fn locket_wamr_instantiate(
        module: *mut Module,
        stack_size: u32,
        context: *mut c_void,
        error: *mut c_char,
        error_size: u32,
    ) -> *mut ModuleInstance;
    pub fn locket_wamr_context(exec_env: *const ExecEnv) -> *mut c_void;
    pub fn locket_wamr_memory(instance: *mut ModuleInstance, size: *mut usize) -> *mut u8;
}

// WAMR's: `core/iwasm/include/wasm_export.h`.
#[expect(missing_docs, reason = "documented in WAMR's wasm_export.h")]
unsafe extern "C" {
    pub fn wasm_runtime_register_natives_raw(module: *const c_char, symbols: *mut NativeSymbol, count: u32) -> bool;
    pub fn wasm_runtime_is_underlying_binary_freeable(module: *const Module) -> bool;
    pub fn wasm_runtime_unload(module: *mut Module);
    pub fn wasm_runtime_deinstantiate(instance: *mut ModuleInstance);
    pub fn wasm_runtime_create_exec_env(instance: *mut ModuleInstance, stack_size: u32) -> *mut ExecEnv;
    pub fn wasm_runtime_destroy_exec_env(exec_env: *mut ExecEnv);
    pub fn wasm_runtime_get_module_inst(exec_env: *mut ExecEnv) -> *mut ModuleInstance;
    pub fn wasm_runtime_get_function_attachment(exec_env: *mut ExecEnv) -> *mut c_void;
    pub fn wasm_runtime_lookup_function(instance: *mut ModuleInstance, name: *const c_char) -> *mut Function;
    pub fn wasm_func_get_param_count(function: *mut Function, instance: *mut ModuleInstance) -> u32;
    pub fn wasm_func_get_result_count(function: *mut Function, instance: *mut ModuleInstance) -> u32;
    pub fn wasm_func_get_param_types(function: *mut Function, instance: *mut ModuleInstance, kinds: *mut u8);
    pub fn wasm_func_get_result_types(function: *mut Function, instance: *mut ModuleInstance, kinds: *mut u8);
    pub fn wasm_runtime_call_wasm(exec_env: *mut ExecEnv, function: *mut Function, cells: u32, argv: *mut u32) -> bool;
    pub fn wasm_runtime_get_exception(instance: *mut ModuleInstance) -> *const c_char;
    pub fn wasm_runtime_set_exception(instance: *mut ModuleInstance, exception: *const c_char);
}
