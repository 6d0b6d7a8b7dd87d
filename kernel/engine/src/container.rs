//! One run of a container: load, instantiate, run, take down.

use core::ffi::c_char;
use core::marker::PhantomData;
use core::ptr::{self, NonNull};

use locket_abi::Trap;
use locket_kernel::{ExitReason, Footprint, Instance, Platform, Refusal, TrapKind};
use wamr_sys as wamr;
use wamr_sys::value_kind;

use crate::arena::Arena;
use crate::context::{self, Context};
use crate::current;
use crate::fault::{self, Fault};
use crate::guest::{Running, Signature, find};
use crate::imports::{self, Refused};
use crate::runtime::Runtime;

/// The export that the kernel starts.
const RUN: &str = "locket:system/run@0.1.0#run";
/// The guest's allocator.
const REALLOC: &str = "cabi_realloc";

/// A container that was loaded and instantiated, on the thread that runs it.
///
/// Whatever WAMR made of it lies in its arena, and is gone from there when it is dropped. A guest that has
/// stopped other than by returning is never called again: its stack pointer is where it trapped.
pub struct Container<'c, 'k, B: Platform> {
    arena: &'c Arena<'c>,
    /// In the arena, where it keeps its address.
    context: NonNull<Context<'c, 'k, B>>,
    /// Null as long as it is not there, as are the following.
    bytes: *mut u8,
    module: *mut wamr::Module,
    instance: *mut wamr::ModuleInstance,
    exec_env: *mut wamr::ExecEnv,
    /// The guest must not be called any more.
    stopped: bool,
    /// Stays on its thread.
    thread: PhantomData<*mut ()>,
}

impl<'c, 'k, B: Platform> Container<'c, 'k, B> {
    /// Loads and instantiates `module`, the bytes of a verified image, with a stack of `stack` bytes for the
    /// interpreter, and runs its start function if it has one.
    ///
    /// Before WAMR sees the module, its imports are compared with the kernel's functions and with the container's
    /// grants. If anything fails, the arena is as it was before.
    // Not inlined: what it takes of the stack is free again while the guest runs.
    #[inline(never)]
    pub fn load(
        runtime: &Runtime<B>,
        arena: &'c Arena<'c>,
        instance: &'c Instance<'k, B>,
        module: &[u8],
        stack: u32,
    ) -> Result<Self, ExitReason> {
        admit(runtime, instance, module)?;
        arena.forget_refusal();
        instance.begin();
        current::with_arena(arena, || {
            let context = arena.allocate(size_of::<Context<'c, 'k, B>>()).ok_or(NO_MEMORY)?.cast();
            const { assert!(align_of::<Context<'c, 'k, B>>() <= 8) };
            // SAFETY: just allocated, of that size and alignment.
            unsafe { context.write(Context::new(instance, arena)) };
            // From here on, dropping it undoes it.
            let mut container = Self {
                arena,
                context,
                bytes: ptr::null_mut(),
                module: ptr::null_mut(),
                instance: ptr::null_mut(),
                exec_env: ptr::null_mut(),
                stopped: false,
                thread: PhantomData,
            };
            let context = arena.used();
            container.load_module(module)?;
            let loaded = arena.used();
            container.instantiate(stack)?;
            let instantiated = arena.used();
            container.prepare(stack)?;
            container.report([context, loaded, instantiated, arena.used()]);
            // SAFETY: live as long as `container`.
            unsafe { container.context.as_ref() }.report_memory();
            Ok(container)
        })
    }

    /// Tells the board what it takes up: `stages` are the bytes in use when the context was there, then the module, the
    /// instance with its linear memory, and the execution environment.
    fn report(&self, [context, loaded, instantiated, prepared]: [usize; 4]) {
        let bytes = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let linear_memory = self.memory_size();
        let footprint = Footprint {
            linear_memory: bytes(linear_memory),
            module: bytes(loaded.saturating_sub(context)),
            instance: bytes(instantiated.saturating_sub(loaded).saturating_add(context).saturating_sub(linear_memory)),
            execution: bytes(prepared.saturating_sub(instantiated)),
            peak: bytes(self.arena.peak()),
        };
        // SAFETY: live as long as `self`.
        let context = unsafe { self.context.as_ref() };
        context.instance().board().loaded(context.instance().id(), &footprint);
    }

    /// Calls `locket:system/run`, to the end of the container.
    pub fn run(&mut self) -> ExitReason {
        let mut result = [0];
        match self.enter(|running| running.call_export(RUN, &[], &mut result)) {
            Some(Ok(())) => {
                // A `u8` is the low 8 bits of its core value.
                let [value] = result;
                let [code, ..] = value.to_le_bytes();
                ExitReason::Exited(code)
            }
            Some(Err(reason)) => reason,
            None => ExitReason::Refused(Refusal::BadImage("it has stopped and cannot run again")),
        }
    }

    /// Bytes of linear memory, as it is now.
    #[must_use]
    pub fn memory_size(&self) -> usize {
        let mut size = 0;
        // SAFETY: live as long as `self`.
        unsafe { wamr::locket_wamr_memory(self.instance, &raw mut size) };
        size
    }

    /// Calls into the guest, unless it has stopped; finds out why if it stops, and accounts for what it used.
    fn enter<T>(&mut self, f: impl FnOnce(&mut Running<'_, B>) -> Result<T, Trap>) -> Option<Result<T, ExitReason>> {
        if self.stopped {
            return None;
        }
        let result = current::with_arena(self.arena, || {
            // SAFETY: both live as long as `self`, and `&mut self` keeps everybody else away.
            let mut running = unsafe { Running::new(self.exec_env, self.context.as_ref()) };
            f(&mut running)
        });
        self.stopped = result.is_err();
        let result = result.map_err(|_| self.reason());
        // SAFETY: live as long as `self`.
        let context = unsafe { self.context.as_ref() };
        context.account();
        context.resume_panic();
        Some(result)
    }

    #[inline(never)]
    fn load_module(&mut self, module: &[u8]) -> Result<(), ExitReason> {
        let size = u32::try_from(module.len()).map_err(|_| NO_MEMORY)?;
        // WAMR writes into the bytes while it loads them, and the classic interpreter while it runs them.
        let bytes = self.arena.allocate(module.len()).ok_or(NO_MEMORY)?;
        self.bytes = bytes.as_ptr();
        let mut error = ErrorText::new();
        // SAFETY: `bytes` has room for the module; both buffers are valid for the call, and `bytes` for as long as
        // the module says that it needs it.
        unsafe {
            ptr::copy_nonoverlapping(module.as_ptr(), self.bytes, module.len());
            self.module = wamr::locket_wamr_load(self.bytes, size, error.pointer(), ErrorText::SIZE);
        }
        if self.module.is_null() {
            return Err(self.unless_memory(BAD_MODULE));
        }
        // SAFETY: the module is live, and says that it does not need its bytes.
        unsafe {
            if wamr::wasm_runtime_is_underlying_binary_freeable(self.module) {
                self.bytes = ptr::null_mut();
                self.arena.free(bytes);
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn instantiate(&mut self, stack: u32) -> Result<(), ExitReason> {
        let mut error = ErrorText::new();
        // SAFETY: the module is live; the context stays where it is until the instance is gone.
        self.instance = unsafe {
            let context = context::pointer(self.context.as_ref());
            wamr::locket_wamr_instantiate(self.module, stack, context, error.pointer(), ErrorText::SIZE)
        };
        if !self.instance.is_null() {
            return Ok(());
        }
        // SAFETY: live as long as `self`.
        let context = unsafe { self.context.as_ref() };
        context.account();
        context.resume_panic();
        let reason = match fault::of_instantiation(error.text()) {
            Some(fault) => context.reason(fault, None),
            None => self.unless_memory(BAD_MODULE),
        };
        Err(match reason {
            ExitReason::Trapped(kind) => ExitReason::Refused(Refusal::StartTrapped(kind)),
            ExitReason::OutOfMemory => NO_MEMORY,
            // The kernel ended it while its start function ran.
            other => other,
        })
    }

    /// Makes the environment that it will run in, and looks up what the kernel and the ABI call.
    #[inline(never)]
    fn prepare(&mut self, stack: u32) -> Result<(), ExitReason> {
        // SAFETY: the instance is live.
        self.exec_env = unsafe { wamr::wasm_runtime_create_exec_env(self.instance, stack) };
        if self.exec_env.is_null() {
            return Err(NO_MEMORY);
        }
        let run = find(self.instance, RUN).and_then(|run| Signature::of(self.instance, run));
        if !run.is_some_and(|run| run.parameters().is_empty() && run.results() == [value_kind::I32]) {
            return Err(ExitReason::Refused(Refusal::BadImage("it does not export locket:system/run@0.1.0")));
        }
        if let Some(realloc) = find(self.instance, REALLOC) {
            let signature = Signature::of(self.instance, realloc);
            if !signature.is_some_and(|it| it.parameters() == [value_kind::I32; 4] && it.results() == [value_kind::I32])
            {
                return Err(ExitReason::Refused(Refusal::BadImage("its cabi_realloc has another type")));
            }
            // SAFETY: live as long as `self`.
            unsafe { self.context.as_ref().set_realloc(realloc) };
        }
        Ok(())
    }

    /// Why the guest stopped.
    fn reason(&self) -> ExitReason {
        // SAFETY: the instance is live; its exception, if any, is a C string inside of it.
        let text = unsafe {
            let exception = wamr::wasm_runtime_get_exception(self.instance);
            if exception.is_null() { c"" } else { core::ffi::CStr::from_ptr(exception) }
        };
        let fault = text.to_str().map_or(Fault::Trap(TrapKind::Other), fault::of_exception);
        // SAFETY: live as long as `self`.
        unsafe { self.context.as_ref() }.reason(fault, Some(self.memory_size()))
    }

    /// `refused`, or no memory if an allocation failed meanwhile.
    fn unless_memory(&self, refused: Refusal) -> ExitReason {
        if self.arena.has_refused() { NO_MEMORY } else { ExitReason::Refused(refused) }
    }
}

impl<B: Platform> Drop for Container<'_, '_, B> {
    fn drop(&mut self) {
        current::with_arena(self.arena, || {
            // SAFETY: each is live or null, and nothing refers to it any more: what was made later is gone.
            unsafe {
                if !self.exec_env.is_null() {
                    wamr::wasm_runtime_destroy_exec_env(self.exec_env);
                }
                if !self.instance.is_null() {
                    wamr::wasm_runtime_deinstantiate(self.instance);
                }
                if !self.module.is_null() {
                    wamr::wasm_runtime_unload(self.module);
                }
                if let Some(bytes) = NonNull::new(self.bytes) {
                    self.arena.free(bytes);
                }
                self.context.drop_in_place();
                self.arena.free(self.context.cast());
            }
        });
    }
}

impl<B: Platform> core::fmt::Debug for Container<'_, '_, B> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Container").field("arena", self.arena).field("stopped", &self.stopped).finish_non_exhaustive()
    }
}

/// Whether the kernel has, and the policy grants, all that the module imports.
#[inline(never)]
fn admit<B: Platform>(runtime: &Runtime<B>, instance: &Instance<'_, B>, module: &[u8]) -> Result<(), ExitReason> {
    let imports =
        imports::check(module, |module, field| runtime.import(module, field).map(|import| import.signature.to_bytes()));
    let imports = imports.map_err(refusal)?.filter_map(|import| runtime.import(import.module, import.field));
    instance.kernel().admit(instance.id(), imports).map_err(ExitReason::Refused)
}

const NO_MEMORY: ExitReason = ExitReason::Refused(Refusal::NoMemory);
const BAD_MODULE: Refusal = Refusal::BadImage("its module is not valid");

fn refusal(refused: Refused) -> ExitReason {
    ExitReason::Refused(match refused {
        Refused::Malformed => BAD_MODULE,
        Refused::TooMany => Refusal::BadImage("it has too many imports"),
        Refused::Unknown => Refusal::UnknownImport,
        Refused::Signature => Refusal::SignatureMismatch,
    })
}

/// Where WAMR says in words why it failed.
struct ErrorText([u8; Self::SIZE as usize]);

impl ErrorText {
    const SIZE: u32 = 128;

    fn new() -> Self {
        Self([0; Self::SIZE as usize])
    }

    fn pointer(&mut self) -> *mut c_char {
        self.0.as_mut_ptr().cast()
    }

    fn text(&self) -> &str {
        let text = core::ffi::CStr::from_bytes_until_nul(&self.0).unwrap_or(c"");
        text.to_str().unwrap_or("")
    }
}
