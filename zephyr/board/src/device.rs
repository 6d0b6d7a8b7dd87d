//! The one device of this firmware: kernel, images, memory, and a thread for each container.

use core::mem::{MaybeUninit, take};

use heapless::Vec;
use lock_api::Mutex;
use locket_engine::{Runtime, VerifiedModule};
use locket_image::{Bundle, BundleError};
use locket_kernel::capacity::CONTAINERS;
use locket_kernel::{ContainerId, Kernel, LoadError, Policy, Refusal};
use locket_policy::DecodeError;

use crate::board::Zephyr;
use crate::lock::SchedulerLock;
use crate::once::{Once, Published, zeroed};
use crate::pins::{self, NotReady};
use crate::zephyr;

/// What each container runs, in the policy's order.
type Modules = Vec<Result<VerifiedModule<'static>, Refusal>, CONTAINERS>;

/// What runs, once it does.
pub(crate) struct Device {
    pub(crate) kernel: &'static Kernel<Zephyr>,
    runtime: Runtime<Zephyr>,
    modules: Modules,
    /// What no container has taken yet.
    memory: Mutex<SchedulerLock, &'static mut [MaybeUninit<u8>]>,
}

/// Why the device does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("it was started before")]
    AlreadyStarted,
    #[error("CONFIG_LOCKET_BUNDLE: {0}; `locket bundle` of this version makes one")]
    Bundle(#[from] BundleError),
    #[error("the policy in CONFIG_LOCKET_BUNDLE: {0}")]
    Policy(#[from] DecodeError),
    #[error("the bundle has {images} images for the {containers} containers of its policy")]
    Images { images: usize, containers: usize },
    #[error("the policy has {containers} containers and CONFIG_LOCKET_THREADS is {threads}")]
    Threads { containers: usize, threads: usize },
    #[error("the pin `{0}` of the devicetree cannot be set up")]
    Pin(&'static str),
    #[error("{0} (CONFIG_LOCKET_MEMORY, CONFIG_LOCKET_PROFILE, or the devicetree's pins)")]
    Load(#[from] LoadError),
    #[error("{0}")]
    Engine(#[from] locket_engine::StartError),
}

impl From<NotReady> for Failure {
    fn from(NotReady(name): NotReady) -> Self {
        Self::Pin(name)
    }
}

static DEVICE: Published<Device> = Published::nothing();

/// The device, if it was started.
pub(crate) fn get() -> Option<&'static Device> {
    DEVICE.get()
}

/// Starts the device of the firmware's bundle: afterwards all containers run.
///
/// Each step is a function that is not inlined: their stack frames come after one another, not on top of each other.
pub(crate) fn start() -> Result<(), Failure> {
    let Once { kernel, device, memory, engine } = Once::claim().ok_or(Failure::AlreadyStarted)?;
    let bundle = Bundle::parse(zephyr::bundle())?;
    let policy = load_policy(bundle)?;
    let (messages, memory) = split(memory, Kernel::<Zephyr>::message_storage(policy));
    let kernel = load_kernel(kernel, policy, messages, memory.len())?;
    let modules = verify(kernel, bundle);
    let runtime = engine.start()?;
    let device: &'static Device = device.write(Device { kernel, runtime, modules, memory: Mutex::new(memory) });
    DEVICE.publish(device);
    let threads = kernel.containers().filter(|id| zephyr::start_thread(*id, kernel.name(*id), enter));
    zephyr::let_go(threads.count());
    Ok(())
}

/// Decodes the bundle's policy, for which there have to be images and threads.
#[inline(never)]
fn load_policy(bundle: Bundle<'static>) -> Result<Policy, Failure> {
    let policy = Policy::decode(bundle.policy())?;
    let (images, containers) = (bundle.images(), policy.containers().len());
    if images != containers {
        return Err(Failure::Images { images, containers });
    }
    let threads = zephyr::threads();
    if containers > threads {
        return Err(Failure::Threads { containers, threads });
    }
    Ok(policy)
}

/// Sets up the pins and the kernel, with so many bytes of memory for containers.
#[inline(never)]
fn load_kernel(
    place: &'static mut MaybeUninit<Kernel<Zephyr>>,
    policy: Policy,
    messages: &'static mut [MaybeUninit<u8>],
    memory: usize,
) -> Result<&'static Kernel<Zephyr>, Failure> {
    let board = Zephyr::new(pins::configure()?, memory as u64);
    let kernel = place.write(Kernel::unloaded(board));
    kernel.load(policy, zeroed(messages), |board, name| board.resolve(name.granted_as, name.object))?;
    Ok(kernel)
}

/// Verifies all images. Here, because this thread has the stack for it.
#[inline(never)]
fn verify(kernel: &Kernel<Zephyr>, bundle: Bundle<'static>) -> Modules {
    let verify = |id: ContainerId| VerifiedModule::of(kernel, id, bundle.image(id.index()).unwrap_or_default());
    kernel.containers().map(verify).collect()
}

/// The first `front` bytes of `memory`, or all of it if that is less, and the rest.
fn split(
    memory: &'static mut [MaybeUninit<u8>],
    front: u64,
) -> (&'static mut [MaybeUninit<u8>], &'static mut [MaybeUninit<u8>]) {
    let front = usize::try_from(front).unwrap_or(usize::MAX).min(memory.len());
    memory.split_at_mut(front)
}

/// A container's thread, from its begin to its end.
extern "C" fn enter(container: u32) {
    let id = usize::try_from(container).ok().and_then(ContainerId::new);
    if let (Some(device), Some(id)) = (DEVICE.get(), id) {
        device.live(id);
    }
}

impl Device {
    /// Runs container `id` on the calling thread until it has ended for good.
    fn live(&'static self, id: ContainerId) {
        let Some(module) = self.modules.get(id.index()) else { return };
        let memory = self.cut(self.kernel.limits(id).memory);
        locket_engine::live(&self.runtime, self.kernel, id, *module, memory, zephyr::line_up);
    }

    /// Memory for one container. The kernel has seen that there is enough for all.
    fn cut(&'static self, bytes: u32) -> &'static mut [MaybeUninit<u8>] {
        let mut rest = self.memory.lock();
        let (memory, others) = split(take(&mut *rest), bytes.into());
        *rest = others;
        memory
    }

    /// Bytes of memory that no container has.
    #[cfg(feature = "shell")]
    pub(crate) fn memory_left(&self) -> usize {
        self.memory.lock().len()
    }
}
