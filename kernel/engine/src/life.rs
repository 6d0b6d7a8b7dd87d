//! One container's whole life on the thread that it was given: verify, load, run, and again as the policy says.

use core::mem::MaybeUninit;

use locket_image::{Image, PublicKey, Verified};
use locket_kernel::{ContainerId, ExitReason, Instance, Kernel, Platform, Refusal, Restart};
use locket_policy::{Container as Entry, ContainerIndex};

use crate::{Arena, Container, Runtime};

/// Runs a container on the calling thread until it has ended for good. `first` is its first run, which the board has
/// started; `image` is the file that is to be its image, and may be anything; `memory` is all that it gets.
///
/// Before each run the image is verified anew: its signature is that of the policy's signer, its name and version are
/// those that the policy asks for. So a file that changed meanwhile refuses one container, and no more.
pub fn live<B: Platform>(
    runtime: &Runtime<B>,
    kernel: &Kernel<B>,
    first: Instance<'_, B>,
    image: &[u8],
    memory: &mut [MaybeUninit<u8>],
) {
    let id = first.id();
    let mut instance = first;
    loop {
        let reason = run_once(runtime, kernel, &instance, image, memory);
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
fn run_once<B: Platform>(
    runtime: &Runtime<B>,
    kernel: &Kernel<B>,
    instance: &Instance<'_, B>,
    image: &[u8],
    memory: &mut [MaybeUninit<u8>],
) -> ExitReason {
    let Ok(image) = Image::parse(image) else { return refused("its image is damaged") };
    let Some((entry, key)) = expected(kernel, instance.id()) else {
        return refused("the policy has no such container");
    };
    let Ok(verified) = image.verify(&key) else { return refused("its image is not signed by the policy's signer") };
    if !is_named(kernel, entry, verified) {
        return refused("its image is not the one that the policy names");
    }
    let arena = Arena::new(memory);
    match Container::load(runtime, &arena, instance, verified.module_bytes(), entry.stack.get()) {
        Ok(mut container) => container.run(),
        Err(reason) => reason,
    }
}

/// What the policy says of a container, and whose signature its image needs.
fn expected<B: Platform>(kernel: &Kernel<B>, id: ContainerId) -> Option<(&'static Entry, PublicKey)> {
    let index = ContainerIndex(u8::try_from(id.index()).ok()?);
    let policy = kernel.policy();
    Some((policy.container(index)?, PublicKey::from_bytes(&policy.signer_of(index)?.key).ok()?))
}

fn is_named<B: Platform>(kernel: &Kernel<B>, entry: &Entry, image: Verified<'_, '_>) -> bool {
    let manifest = image.manifest();
    kernel.policy().text(entry.image) == manifest.name && entry.versions.takes(manifest.version)
}

fn refused(why: &'static str) -> ExitReason {
    ExitReason::Refused(Refusal::BadImage(why))
}
