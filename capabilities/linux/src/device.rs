//! One device in one process: a kernel, its images, and a thread for each container.

use std::mem::MaybeUninit;
use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use locket_engine::{Runtime, VerifiedModule};
use locket_kernel::{ContainerId, Kernel, LoadError, Policy};
use parking_lot::RwLock;

use crate::board::Linux;
use crate::providers::TABLES;

/// Stack of a container's thread. The interpreter does not recurse on it; calls into the kernel need some KiB, and
/// what a sink does with an event is its own affair.
const THREAD_STACK: usize = 256 * 1024;

/// Stack on which a kernel is put together. Its tables have the gateway's capacities and are moved by value until they
/// are boxed, which is more than a test's thread has room for.
const ASSEMBLY_STACK: usize = 16 * 1024 * 1024;

/// A policy, its images and a board, ready to run.
pub struct Device {
    kernel: Box<Kernel<Linux>>,
    /// By container, in the policy's order.
    images: Vec<Vec<u8>>,
}

/// Why a device cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// The policy does not fit the kernel or the board.
    #[error(transparent)]
    Policy(#[from] LoadError),
    /// The system gives no thread.
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
    /// There is not one image for each container.
    #[error("the policy has {containers} containers, and {images} images were given")]
    Images {
        /// Containers of the policy.
        containers: usize,
        /// Images given.
        images: usize,
    },
}

impl Device {
    /// A device with `policy` on `board`; `images` holds the file of each container, in the policy's order.
    ///
    /// Images are verified when their container starts, so that one bad image refuses one container.
    pub fn new(board: Linux, policy: Policy, images: Vec<Vec<u8>>) -> Result<Self, DeviceError> {
        let containers = policy.containers().len();
        if images.len() != containers {
            return Err(DeviceError::Images { containers, images: images.len() });
        }
        let storage = vec![0; usize::try_from(Kernel::<Linux>::message_storage(policy)).unwrap_or(usize::MAX)];
        let build = move || {
            Kernel::new(board, policy, storage.leak(), |board, name| board.resolve(name.granted_as, name.object))
                .map(Box::new)
        };
        let assembly = thread::Builder::new().stack_size(ASSEMBLY_STACK).spawn(build).map_err(DeviceError::Thread)?;
        let kernel = assembly.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok(Self { kernel, images })
    }

    /// The kernel, to look at, to kill and to revoke; also while the device runs.
    #[must_use]
    pub fn kernel(&self) -> &Kernel<Linux> {
        &self.kernel
    }

    /// Runs all containers until each has ended for good, or `limit` is over, or somebody shuts the kernel down.
    /// Returns whether they ended of themselves.
    ///
    /// All of them are started before the first one runs, so that none finds a channel closed whose other end was only
    /// not there yet.
    #[must_use = "whether they ended of themselves or were stopped"]
    pub fn run(&self, limit: Option<Duration>) -> bool {
        // Nothing is sent on these: what is waited for is that every sender is gone.
        let (alive, ended) = mpsc::channel::<()>();
        let (starting, all_started) = mpsc::channel::<()>();
        let gate = RwLock::new(());
        thread::scope(|scope| {
            let closed = gate.write();
            for id in self.kernel.containers() {
                let (alive, starting, gate) = (alive.clone(), starting.clone(), &gate);
                let container = move || {
                    let all_started = || {
                        drop(starting);
                        drop(gate.read());
                    };
                    self.live(id, all_started);
                    drop(alive);
                };
                // A container that gets no thread is not started, and nobody waits for it.
                let _ = thread::Builder::new()
                    .name(self.kernel.name(id).to_owned())
                    .stack_size(THREAD_STACK)
                    .spawn_scoped(scope, container);
            }
            drop((alive, starting));
            let _ = all_started.recv();
            drop(closed);
            let by_themselves = match limit {
                None => ended.recv().is_err(),
                Some(limit) => ended.recv_timeout(limit) == Err(RecvTimeoutError::Disconnected),
            };
            let by_themselves = by_themselves && !self.kernel.is_shut_down();
            self.kernel.shutdown();
            by_themselves
        })
    }

    /// One container's thread.
    fn live(&self, id: ContainerId, all_started: impl FnOnce()) {
        let mut memory = vec![MaybeUninit::uninit(); self.kernel.limits(id).memory as usize];
        // `new` has seen that there is one for each.
        let image = self.images.get(id.index()).map_or(&[][..], Vec::as_slice);
        let module = VerifiedModule::of(&self.kernel, id, image);
        locket_engine::live(runtime(), &self.kernel, id, module, &mut memory, all_started);
    }
}

/// WAMR with this board's imports, started at the first use in the process.
fn runtime() -> &'static Runtime<Linux> {
    static RUNTIME: OnceLock<Runtime<Linux>> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let memory = vec![MaybeUninit::uninit(); Runtime::<Linux>::memory_needed(&TABLES)].leak();
        match Runtime::start(&TABLES, memory) {
            Ok(runtime) => runtime,
            // Only this function starts WAMR, with the memory that it asks for.
            Err(error) => unreachable!("WAMR does not start: {error}"),
        }
    })
}
