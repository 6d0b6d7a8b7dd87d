//! One device in one process: a kernel, its images, and a thread for each container.

use std::mem::MaybeUninit;
use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use locket_engine::{Arena, Container, Runtime};
use locket_image::{Image, ImageError, PublicKey, Verified};
use locket_kernel::{ContainerId, ExitReason, Instance, Kernel, LoadError, Platform, Policy, Refusal, Restart};
use locket_policy::ContainerIndex;

use crate::board::Linux;
use crate::providers;

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
    pub fn new(board: Linux, policy: &'static Policy, images: Vec<Vec<u8>>) -> Result<Self, DeviceError> {
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
        let (alive, ended) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let started: Vec<_> =
                self.kernel.containers().filter_map(|id| self.kernel.start(id).ok().map(|run| (id, run))).collect();
            for (id, instance) in started {
                let alive = alive.clone();
                let spawned = thread::Builder::new()
                    .name(self.kernel.name(id).to_owned())
                    .stack_size(THREAD_STACK)
                    .spawn_scoped(scope, move || {
                        self.live(id, instance);
                        drop(alive);
                    });
                // Without a thread the instance is dropped, which ends the container.
                drop(spawned);
            }
            drop(alive);
            let by_themselves = match limit {
                None => ended.recv().is_err(),
                Some(limit) => ended.recv_timeout(limit) == Err(RecvTimeoutError::Disconnected),
            };
            let by_themselves = by_themselves && !self.kernel.is_shut_down();
            self.kernel.shutdown();
            by_themselves
        })
    }

    /// One container's thread: runs it, and runs it again for as long as the policy says so.
    fn live(&self, id: ContainerId, first: Instance<'_, Linux>) {
        let kernel = &*self.kernel;
        let mut memory = vec![MaybeUninit::uninit(); kernel.limits(id).memory as usize];
        let mut instance = first;
        loop {
            let reason = self.run_once(&instance, &mut memory);
            let Restart::After(pause) = kernel.finish(instance, reason) else { return };
            if !kernel.pause(id, kernel.board().monotonic().saturating_add(pause)) {
                return;
            }
            match kernel.start(id) {
                Ok(next) => instance = next,
                Err(_) => return,
            }
        }
    }

    /// From the image's bytes to the reason why it ended; everything in between is in `memory` and gone afterwards.
    fn run_once(&self, instance: &Instance<'_, Linux>, memory: &mut [MaybeUninit<u8>]) -> ExitReason {
        let Some(bytes) = self.images.get(instance.id().index()) else {
            return refused("there is no image for it");
        };
        let Ok(image) = Image::parse(bytes) else { return refused("its image is damaged") };
        match self.verify(&image, instance.id()) {
            Ok(image) => self.run_verified(image, instance, memory),
            Err(_) => refused("its image is not signed by the policy's signer"),
        }
    }

    fn verify<'i, 'a>(&self, image: &'i Image<'a>, id: ContainerId) -> Result<Verified<'i, 'a>, ImageError> {
        let index = ContainerIndex(u8::try_from(id.index()).unwrap_or(u8::MAX));
        let signer = self.kernel.policy().signer_of(index).and_then(|signer| PublicKey::from_bytes(&signer.key).ok());
        match signer {
            Some(key) => image.verify(&key),
            None => Err(ImageError::NoSignature),
        }
    }

    fn run_verified(
        &self,
        image: Verified<'_, '_>,
        instance: &Instance<'_, Linux>,
        memory: &mut [MaybeUninit<u8>],
    ) -> ExitReason {
        let stack =
            self.kernel.policy().containers().get(instance.id().index()).map_or(0, |container| container.stack.get());
        let arena = Arena::new(memory);
        match Container::load(runtime(), &arena, instance, image.module_bytes(), stack) {
            Ok(mut container) => container.run(),
            Err(reason) => reason,
        }
    }
}

fn refused(why: &'static str) -> ExitReason {
    ExitReason::Refused(Refusal::BadImage(why))
}

/// WAMR with this board's imports, started at the first use in the process.
fn runtime() -> &'static Runtime<Linux> {
    static RUNTIME: OnceLock<Runtime<Linux>> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let imports = providers::imports();
        let memory = vec![MaybeUninit::uninit(); Runtime::<Linux>::memory_needed(imports.len())].leak();
        match Runtime::start(imports, memory) {
            Ok(runtime) => runtime,
            // Only this function starts WAMR, with the memory that it asks for.
            Err(error) => unreachable!("WAMR does not start: {error}"),
        }
    })
}
