//! One container's whole life on the thread that it was given: load, run, and again as the policy says.

use core::mem::MaybeUninit;

use locket_image::{Image, PublicKey};
use locket_kernel::{ContainerId, ExitReason, Instance, Kernel, Platform, Refusal, Restart};
use locket_policy::{Container as Entry, ContainerIndex};

use crate::{Arena, Container, Runtime};

/// The module of one container. Holding it proves that its image's signature is that of the policy's signer, and that
/// name and version are those that the policy asks for.
#[derive(Clone, Copy, Debug)]
pub struct VerifiedModule<'a> {
    container: ContainerId,
    bytes: &'a [u8],
    stack: u32,
}

impl<'a> VerifiedModule<'a> {
    /// Verifies `image`, a whole file that may be anything, for `container`.
    ///
    /// Checking the signature takes more stack than running a container (some 9 KiB on a Cortex-M3, as `cargo xtask size`
    /// reports): a small board does it on one thread for all of them, before it starts theirs.
    #[inline(never)]
    pub fn of<B: Platform>(kernel: &Kernel<B>, container: ContainerId, image: &'a [u8]) -> Result<Self, Refusal> {
        let Ok(image) = Image::parse(image) else { return Err(Refusal::BadImage("its image is damaged")) };
        let (entry, key) = expected(kernel, container).ok_or(Refusal::BadImage("the policy has no such container"))?;
        image.verify(&key).map_err(|_| Refusal::BadImage("its image is not signed by the policy's signer"))?;
        let manifest = image.manifest();
        if kernel.policy().text(entry.image) != manifest.name || !entry.versions.takes(manifest.version) {
            return Err(Refusal::BadImage("its image is not the one that the policy names"));
        }
        Ok(Self { container, bytes: image.module_bytes(), stack: entry.stack.get() })
    }
}

/// What the policy says of a container, and whose signature its image needs.
fn expected<B: Platform>(kernel: &Kernel<B>, id: ContainerId) -> Option<(Entry, PublicKey)> {
    let index = ContainerIndex(u8::try_from(id.index()).ok()?);
    let policy = kernel.policy();
    Some((policy.container(index)?, PublicKey::from_bytes(&policy.signer_of(index)?.key).ok()?))
}

/// Starts `container` and runs it on the calling thread until it has ended for good; with a refusal in place of its
/// module it ends at once, for this reason. `memory` is all that it gets.
///
/// `all_started` is called once, when the container has been started or could not be, and returns when the board has
/// got so far with all of its containers: so none finds a channel closed whose other end was only not there yet.
pub fn live<B: Platform>(
    runtime: &Runtime<B>,
    kernel: &Kernel<B>,
    container: ContainerId,
    module: Result<VerifiedModule<'_>, Refusal>,
    memory: &mut [MaybeUninit<u8>],
    all_started: impl FnOnce(),
) {
    let mut all_started = Some(all_started);
    loop {
        let pause = {
            let begun = kernel.begin(container);
            if let Some(all_started) = all_started.take() {
                all_started();
            }
            let Ok(begun) = begun else { return };
            // Not moved out of here: there is room for one instance on the stack of a small device's thread, not for
            // two.
            let instance = begun.instance();
            let reason = match module {
                Ok(module) => run_once(runtime, &instance, module, memory),
                Err(refusal) => ExitReason::Refused(refusal),
            };
            let Restart::After(pause) = kernel.finish(&instance, reason) else { return };
            pause
        };
        if !kernel.pause(container, kernel.board().monotonic().saturating_add(pause)) {
            return;
        }
    }
}

/// From the module to the reason why it ended; everything in between is in `memory` and gone afterwards.
fn run_once<B: Platform>(
    runtime: &Runtime<B>,
    instance: &Instance<'_, B>,
    module: VerifiedModule<'_>,
    memory: &mut [MaybeUninit<u8>],
) -> ExitReason {
    if module.container != instance.id() {
        return ExitReason::Refused(Refusal::BadImage("its image was verified for another container"));
    }
    let arena = Arena::new(memory);
    match Container::load(runtime, &arena, instance, module.bytes, module.stack) {
        Ok(mut container) => container.run(),
        Err(reason) => reason,
    }
}
