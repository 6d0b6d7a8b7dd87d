//! What the shell command `locket` prints.

use core::fmt::{self, Write};
use core::str;

use locket_kernel::{ContainerId, Kernel, capacity};

use crate::board::Zephyr;
use crate::console::LOG;
use crate::device::Device;
use crate::zephyr;

/// `locket ps`: one line per container.
pub(crate) fn ps(device: &Device, out: &mut dyn Write) -> fmt::Result {
    let kernel = device.kernel;
    writeln!(out, "{:<16} {:>6} {:>9} {:>15} {:>10}  STATE", "CONTAINER", "STARTS", "CPU", "MEMORY", "FREE STACK")?;
    for id in kernel.containers() {
        let (account, limits) = (kernel.account(id), kernel.limits(id));
        writeln!(
            out,
            "{:<16} {:>6} {:>6} ms {:>6} of {:>5} {:>10}  {}",
            kernel.name(id),
            kernel.start_count(id),
            account.cpu_time / 1_000_000,
            account.memory,
            limits.memory,
            zephyr::stack_unused(id),
            kernel.state(id)
        )?;
    }
    Ok(())
}

/// `locket logs`: the end of the event log, piece by piece, so that the console is not held up.
pub(crate) fn logs(out: &mut dyn Write) -> fmt::Result {
    let mut piece = [0; 64];
    let mut at = LOG.lock().oldest();
    loop {
        let length = LOG.lock().read(at, &mut piece);
        let bytes = piece.get(..length).unwrap_or_default();
        // A character that is cut in two begins the next piece.
        let whole = str::from_utf8(bytes).unwrap_or_else(|error| {
            bytes.get(..error.valid_up_to()).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
        });
        if whole.is_empty() {
            return Ok(());
        }
        out.write_str(whole)?;
        at = at.wrapping_add(u32::try_from(whole.len()).unwrap_or(u32::MAX));
    }
}

/// `locket stats`: how full the tables are, what was denied, what waits in channels.
pub(crate) fn stats(device: &Device, out: &mut dyn Write) -> fmt::Result {
    let kernel = device.kernel;
    let policy = kernel.policy();
    let mut table = |name: &str, used: usize, size: usize| writeln!(out, "{name:<18} {used:>6} of {size}");
    table("containers", policy.containers().len(), capacity::CONTAINERS)?;
    table("threads", policy.containers().len(), zephyr::threads())?;
    table("grants", policy.grants().len(), capacity::GRANTS)?;
    table("channels", policy.channels().len(), capacity::CHANNELS)?;
    table("capabilities", kernel.capability_count(), capacity::CAPABILITIES)?;
    table("audit records", kernel.audit().count(), capacity::AUDIT)?;
    let denials: u32 = kernel.audit().map(|record| record.count).fold(0, u32::saturating_add);
    writeln!(out, "{:<18} {denials:>6}, {} records overwritten", "denials", kernel.audit_overwritten())?;
    for channel in policy.channels() {
        let name = policy.text(channel.name);
        writeln!(out, "channel {name:<10} {:>6} of {} messages", kernel.channel_len(name).unwrap_or(0), channel.depth)?;
    }
    let used: u64 = containers(kernel).map(|id| u64::from(kernel.account(id).memory)).sum();
    let limit: u64 = containers(kernel).map(|id| u64::from(kernel.limits(id).memory)).sum();
    writeln!(out, "{:<18} {used:>6} of {limit} bytes, {} bytes unassigned", "container memory", device.memory_left())
}

fn containers(kernel: &Kernel<Zephyr>) -> impl Iterator<Item = ContainerId> {
    kernel.containers()
}
