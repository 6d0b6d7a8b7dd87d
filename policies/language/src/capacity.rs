//! Whether it all fits: memory, and the tables of the kernel.

use crate::{
    channels::Channel,
    containers::Container,
    device::Device,
    diagnostics::{Notes, grouped},
};

pub(crate) fn check(device: &Device<'_>, containers: &[Container<'_>], channels: &[Channel<'_>], notes: &mut Notes) {
    check_tables(device, containers, channels, notes);
    check_memory(device, containers, channels, notes);
}

fn check_tables(device: &Device<'_>, containers: &[Container<'_>], channels: &[Channel<'_>], notes: &mut Notes) {
    let profile = device.profile;
    let ends: usize = channels.iter().map(|channel| channel.from.containers.len() + channel.to.containers.len()).sum();
    let grants = containers.iter().map(|container| container.grants.len()).sum::<usize>() + ends;
    let tables = [
        (containers.len(), profile.containers, "containers"),
        (grants, profile.grants, "grants and channel ends"),
        (channels.len(), profile.channels, "channels"),
    ];
    for (count, capacity, what) in tables {
        if count > capacity {
            let message = format!(
                "the policy has {count} {what}; a kernel of the profile `{}` has room for {capacity}",
                profile.name
            );
            notes.error(&device.span, message).help("use a kernel with a larger profile, and say so in `profile`");
        }
    }
    for channel in channels {
        let count = channel.to.containers.len();
        if count > profile.receivers {
            let message = format!(
                "`{}` has {count} receivers; a kernel of the profile `{}` has room for {}",
                channel.name, profile.name, profile.receivers
            );
            notes.error(&channel.to.span, message).help("divide the receivers among several channels");
        }
    }
}

/// The containers' memory and the channels' messages together, against what the device has.
///
/// The kernel does the exact arithmetic at admission; this is the part of it that the policy decides.
fn check_memory(device: &Device<'_>, containers: &[Container<'_>], channels: &[Channel<'_>], notes: &mut Notes) {
    let Some((limit, span)) = &device.memory else { return };
    let containers = containers.iter().filter_map(|container| {
        let (memory, _) = container.memory.as_ref()?;
        Some((format!("container `{}`", container.name), u64::from(*memory)))
    });
    let channels = channels.iter().filter_map(|channel| {
        let bytes = u64::from(channel.message?.get()) * u64::from(channel.depth?.get());
        Some((format!("channel `{}`", channel.name), bytes))
    });
    let mut needs: Vec<(String, u64)> = containers.chain(channels).collect();
    let need: u64 = needs.iter().map(|(_, bytes)| bytes).sum();
    let limit = u64::from(*limit);
    if need > limit {
        needs.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        let because: Vec<String> =
            needs.iter().take(5).map(|(what, bytes)| format!("{what} needs {}", grouped(*bytes))).collect();
        let more = if needs.len() > 5 { ", and so on" } else { "" };
        notes
            .error(
                span,
                format!("the device is short by {} bytes, because {}{more}", grouped(need - limit), because.join(", ")),
            )
            .label(format!("{} bytes", grouped(limit)))
            .help(format!("all together need {} bytes", grouped(need)));
    }
}
