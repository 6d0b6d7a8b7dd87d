//! `locket:system/info`: what the kernel knows of the caller, and of nobody else.

use locket_abi::{Guest, List, Trap, allocate};
use locket_kernel::{Access, Platform, Stop};

use crate::{
    System,
    info::{self, Info, LabelsReply, NameReply, Replied},
};

impl<B: Platform> Info<B> for System {
    fn name(&self, caller: &Access<'_, B>, reply: NameReply<'_, B>) -> Result<Replied, Stop> {
        reply.send(&caller.kernel().name(caller.caller()))
    }

    fn labels(&self, caller: &Access<'_, B>, mut reply: LabelsReply<'_, B>) -> Result<Replied, Stop> {
        let labels = || caller.kernel().labels(caller.caller());
        let placed = place_strings(reply.guest(), labels)?;
        reply.send(&placed)
    }

    fn start_count(&self, caller: &Access<'_, B>) -> u32 {
        caller.kernel().start_count(caller.caller())
    }

    fn get_limits(&self, caller: &Access<'_, B>) -> info::Limits {
        let limits = caller.kernel().limits(caller.caller());
        info::Limits {
            memory: limits.memory,
            cpu_permille: limits.cpu_permille,
            fuel: limits.fuel.unwrap_or(0),
            handles: limits.handles,
        }
    }

    fn get_usage(&self, caller: &Access<'_, B>) -> info::Usage {
        let used = caller.instance().account();
        info::Usage {
            memory: used.memory,
            cpu_time: used.cpu_time,
            fuel: used.fuel,
            calls: used.calls,
            denials: used.denials,
            messages_sent: used.messages_sent,
            messages_received: used.messages_received,
        }
    }
}

/// Bytes of a string's pointer and length.
const PAIR: u32 = 8;

/// Writes strings straight into the guest, so that their number needs no buffer on the stack.
fn place_strings<'s, I: Iterator<Item = &'s str>>(
    guest: &mut dyn Guest,
    strings: impl Fn() -> I,
) -> Result<List<'static, &'static str>, Trap> {
    let len = u32::try_from(strings().count()).map_err(|_| Trap::TooLong)?;
    let bytes = len.checked_mul(PAIR).ok_or(Trap::TooLong)?;
    let list = allocate(guest, 4, bytes)?;
    for (index, string) in (0..len).zip(strings()) {
        let size = u32::try_from(string.len()).map_err(|_| Trap::TooLong)?;
        let ptr = allocate(guest, 1, size)?;
        guest.memory_mut().slice_mut(ptr, size)?.copy_from_slice(string.as_bytes());
        // Within the list, which was checked when it was allocated.
        let pair = list.wrapping_add(index.wrapping_mul(PAIR));
        guest.memory_mut().write(pair, (u64::from(ptr) | u64::from(size) << 32).to_le_bytes())?;
    }
    Ok(List::Placed { ptr: list, len })
}
