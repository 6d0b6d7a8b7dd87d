//! `[channels.…]`: who can send messages to whom.

use std::num::{NonZeroU16, NonZeroU32};

use locket_policy::{MAX_MESSAGE, Rate, WhenFull};

use crate::{
    containers::Container,
    diagnostics::{Notes, Span, list},
    document::{Entry, Section},
    names,
    suggest::did_you_mean,
    units,
    vocabulary::{CHANNEL, RECEIVER, SENDER, Vocabulary},
};

/// Milliseconds that a send waits where the policy does not say.
const DEFAULT_TIMEOUT_MS: NonZeroU32 = NonZeroU32::new(1000).unwrap();

/// One channel.
#[derive(Debug)]
pub(crate) struct Channel<'d> {
    pub name: &'d str,
    pub span: Span,
    pub from: End,
    pub to: End,
    pub message: Option<NonZeroU32>,
    pub depth: Option<NonZeroU16>,
    pub rate: Option<Rate>,
    pub when_full: Option<WhenFull>,
}

/// One end of a channel.
#[derive(Debug)]
pub(crate) struct End {
    /// Positions of the containers.
    pub containers: Vec<usize>,
    pub span: Span,
}

pub(crate) fn read<'d>(
    root: &mut Section<'d>,
    containers: &[Container<'d>],
    vocabulary: &Vocabulary,
    notes: &mut Notes,
) -> Vec<Channel<'d>> {
    let table = root.get("channels");
    if let Some(table) = table
        && [SENDER, RECEIVER].iter().any(|end| vocabulary.channel_end(end).is_none())
    {
        notes.error(&table.key_span(), format!("the WIT packages have no `{CHANNEL}`, so there are no channels"));
        return Vec::new();
    }
    let channels: Vec<_> = names::named(table, "channel's name", notes)
        .into_iter()
        .filter_map(|entry| channel(entry, containers, notes))
        .collect();
    check_labels(&channels, containers, notes);
    channels
}

fn channel<'d>(entry: Entry<'d>, containers: &[Container<'d>], notes: &mut Notes) -> Option<Channel<'d>> {
    let name = entry.key();
    let mut section = entry.section(format!("channel `{name}`"), notes)?;
    let from = end(
        section.required("from", "[\"…\"], the containers that send", notes),
        &entry,
        containers,
        "sends on",
        notes,
    );
    let to = end(
        section.required("to", "[\"…\"], the containers that receive", notes),
        &entry,
        containers,
        "receives from",
        notes,
    );
    let message = section.required("message", "\"32 B\"", notes).and_then(|entry| {
        let message = entry.quantity("a size such as \"16 KiB\"", units::bytes, notes)?;
        if message.get() > MAX_MESSAGE {
            notes
                .error(&entry.span(), "the message is too long")
                .help(format!("a message has at most {MAX_MESSAGE} bytes"));
            return None;
        }
        Some(message)
    });
    let depth = section
        .required("depth", "8", notes)
        .and_then(|entry| entry.integer(1, u32::from(u16::MAX), notes))
        .and_then(|depth| u16::try_from(depth).ok())
        .and_then(NonZeroU16::new);
    let rate = section.get("rate").and_then(|entry| entry.quantity("a rate such as \"10/s\"", units::rate, notes));
    let when_full = when_full(&mut section, notes);
    section.finish(notes);
    let refuses = match when_full {
        Some((WhenFull::Reject, ref span)) => Some(("reject", span)),
        Some((WhenFull::Wait { .. }, ref span)) => Some(("wait", span)),
        _ => None,
    };
    if let Some((word, span)) = refuses
        && to.containers.len() > 1
    {
        let receivers = to.containers.iter().filter_map(|&index| containers.get(index)).map(|container| container.name);
        notes
            .error(span, format!("`{word}` with several receivers: a slow one would hold up the others' messages"))
            .also(&to.span, format!("{} receive", list(receivers, "and")))
            .help("use \"drop-oldest\", or one channel for each receiver");
    }
    let when_full = when_full.map(|(when_full, _)| when_full);
    Some(Channel { name, span: entry.key_span(), from, to, message, depth, rate, when_full })
}

fn end(
    end: Option<Entry<'_>>,
    channel: &Entry<'_>,
    containers: &[Container<'_>],
    does: &str,
    notes: &mut Notes,
) -> End {
    let Some(end) = end else {
        return End { containers: Vec::new(), span: channel.key_span() };
    };
    let names = end.names("a list of containers", notes);
    if names.as_ref().is_some_and(Vec::is_empty) {
        let help = "name a container, or remove the channel";
        notes.error(&end.span(), format!("nobody {does} `{}`", channel.key())).help(help);
    }
    let mut positions = Vec::new();
    for (name, span) in names.unwrap_or_default() {
        if let Some(position) = containers.iter().position(|container| container.name == name) {
            positions.push(position);
        } else {
            let known = containers.iter().map(|container| container.name);
            notes.error(&span, format!("there is no container `{name}`")).maybe_help(did_you_mean(name, known));
        }
    }
    End { containers: positions, span: end.key_span() }
}

fn when_full(section: &mut Section<'_>, notes: &mut Notes) -> Option<(WhenFull, Span)> {
    const WORDS: [&str; 3] = ["drop-oldest", "reject", "wait"];
    let entry = section.required("when-full", "\"drop-oldest\", \"reject\" or \"wait\"", notes);
    let timeout = section.get("timeout");
    let timeout_ms = timeout.map(|entry| entry.quantity("a time such as \"500ms\"", units::milliseconds, notes));
    let entry = entry?;
    let word = entry.string("\"drop-oldest\", \"reject\" or \"wait\"", notes)?;
    let when_full = match word {
        "drop-oldest" => WhenFull::DropOldest,
        "reject" => WhenFull::Reject,
        "wait" => WhenFull::Wait { timeout_ms: timeout_ms.unwrap_or(Some(DEFAULT_TIMEOUT_MS))? },
        other => {
            notes
                .error(&entry.span(), format!("`when-full` cannot be \"{}\"", other.escape_debug()))
                .maybe_help(did_you_mean(other, WORDS));
            return None;
        }
    };
    if let Some(timeout) = timeout
        && matches!(when_full, WhenFull::DropOldest | WhenFull::Reject)
    {
        notes
            .error(&timeout.key_span(), format!("`{word}` does not wait, so there is nothing to time out"))
            .help("remove `timeout`, or write when-full = \"wait\"");
    }
    Some((when_full, entry.span()))
}

/// The name of a channel is the label of its ends: no other label may be mistaken for it.
fn check_labels(channels: &[Channel<'_>], containers: &[Container<'_>], notes: &mut Notes) {
    for container in containers {
        for grant in &container.grants {
            if let Some(channel) = channels.iter().find(|channel| channel.name == grant.label) {
                notes
                    .error(&grant.span, format!("the label `{}` is also the name of a channel", grant.label))
                    .also(&channel.span, "this channel")
                    .help("give the object another label");
            }
        }
    }
}
