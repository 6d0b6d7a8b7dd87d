//! What there is once in a firmware: static memory for the kernel, the memory of the containers, WAMR.

use core::cell::UnsafeCell;
use core::mem::{self, MaybeUninit};
use core::ptr;
use core::slice;
use core::sync::atomic::{AtomicPtr, Ordering};

use lock_api::Mutex;
use locket_engine::{Runtime, StartError, thread_slot};
use locket_kernel::Kernel;
use zephyr_sys as sys;

use crate::board::Zephyr;
use crate::device::Device;
use crate::lock::SchedulerLock;
use crate::providers::TABLES;
use crate::zephyr;

/// All of it, for the first who asks.
pub(crate) struct Once {
    /// Where the kernel is to be.
    pub(crate) kernel: &'static mut MaybeUninit<Kernel<Zephyr>>,
    /// Where the device is to be.
    pub(crate) device: &'static mut MaybeUninit<Device>,
    /// The memory that Kconfig put aside for containers.
    pub(crate) memory: &'static mut [MaybeUninit<u8>],
    /// WAMR, to be started.
    pub(crate) engine: Engine,
}

impl Once {
    /// Everything, if nobody has it yet.
    pub(crate) fn claim() -> Option<Self> {
        static CLAIMED: Mutex<SchedulerLock, bool> = Mutex::new(false);
        static KERNEL: Place<Kernel<Zephyr>> = Place::new();
        static DEVICE: Place<Device> = Place::new();
        static ENGINE: Place<[MaybeUninit<u8>; Runtime::<Zephyr>::memory_needed(TABLES)]> = Place::new();
        if mem::replace(&mut *CLAIMED.lock(), true) {
            return None;
        }
        let mut length = 0;
        // SAFETY: all this is reached from here alone, and only one comes here. The containers' memory is a static
        // array of this length.
        unsafe {
            Some(Self {
                kernel: KERNEL.take(),
                device: DEVICE.take(),
                memory: slice::from_raw_parts_mut(sys::locket_zephyr_memory(&raw mut length).cast(), length),
                engine: Engine(ENGINE.take().assume_init_mut()),
            })
        }
    }
}

/// WAMR, which was not started yet, and its memory.
pub(crate) struct Engine(&'static mut [MaybeUninit<u8>]);

impl Engine {
    /// Starts WAMR with this board's imports.
    pub(crate) fn start(self) -> Result<Runtime<Zephyr>, StartError> {
        // SAFETY: the slot is Zephyr's word per thread, which nobody else sets. `self` exists once, and there are no
        // container threads yet.
        unsafe {
            thread_slot::install(&zephyr::THREAD_SLOT);
            Runtime::start_once(TABLES, self.0)
        }
    }
}

/// Static memory for one `T`.
struct Place<T>(UnsafeCell<MaybeUninit<T>>);

// SAFETY: nothing but `take` reaches the memory, whose caller sees to it that it is the only one.
unsafe impl<T: Send> Sync for Place<T> {}

impl<T> Place<T> {
    const fn new() -> Self {
        Self(UnsafeCell::new(MaybeUninit::uninit()))
    }

    /// # Safety
    /// Called once.
    #[expect(clippy::mut_from_ref, reason = "there is one reference, as the caller promises")]
    unsafe fn take(&'static self) -> &'static mut MaybeUninit<T> {
        // SAFETY: nobody else has a reference to it, as the caller says.
        unsafe { &mut *self.0.get() }
    }
}

/// Fills `bytes` with 0, after which they can be read.
pub(crate) fn zeroed(bytes: &'static mut [MaybeUninit<u8>]) -> &'static mut [u8] {
    bytes.fill(MaybeUninit::new(0));
    // SAFETY: all of them were just written.
    unsafe { bytes.assume_init_mut() }
}

/// A value that others find once it is there.
pub(crate) struct Published<T: 'static>(AtomicPtr<T>);

impl<T: Sync> Published<T> {
    pub(crate) const fn nothing() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    pub(crate) fn publish(&self, value: &'static T) {
        self.0.store(ptr::from_ref(value).cast_mut(), Ordering::Release);
    }

    pub(crate) fn get(&self) -> Option<&'static T> {
        // SAFETY: null, or what `publish` was given.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }
}
