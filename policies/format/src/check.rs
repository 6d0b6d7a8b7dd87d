//! What makes tables a policy. Nothing is left for the kernel to check.

use core::{cmp::Ordering, fmt};

use thiserror::Error;

use crate::{Channel, Container, Grant, MAX_LABEL, MAX_MESSAGE, Object, Restart, Tables, Text, WhenFull};

/// A table of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// The device's own entries and the strings.
    Device,
    /// The signers.
    Signers,
    /// The containers.
    Containers,
    /// The kinds.
    Kinds,
    /// The channels.
    Channels,
    /// The grants.
    Grants,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Device => "device",
            Self::Signers => "signers",
            Self::Containers => "containers",
            Self::Kinds => "kinds",
            Self::Channels => "channels",
            Self::Grants => "grants",
        })
    }
}

/// Tables that are no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{table}, entry {entry}: {problem}")]
pub struct Invalid {
    /// The table.
    pub table: Table,
    /// Position of the entry in it.
    pub entry: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    /// A text lies outside the policy's string, or splits a character.
    #[error("a text lies outside the policy's strings")]
    Text,
    /// A name is missing.
    #[error("the name is empty")]
    NoName,
    /// An earlier entry has the same name.
    #[error("the name stands there twice")]
    NameTaken,
    /// The entry should stand before its predecessor, or is equal to it.
    #[error("the entry is out of order")]
    Order,
    /// No such container.
    #[error("no such container")]
    Container,
    /// No such signer.
    #[error("no such signer")]
    Signer,
    /// No such kind.
    #[error("no such kind")]
    Kind,
    /// No such channel.
    #[error("no such channel")]
    Channel,
    /// A range, of versions or of restart delays, ends before it starts.
    #[error("a range ends before it starts")]
    Range,
    /// The stack is larger than the memory of which it is a part.
    #[error("the stack is larger than the memory")]
    Stack,
    /// A label or a channel's name is longer than [`MAX_LABEL`].
    #[error("the label is longer than {MAX_LABEL} bytes")]
    LongLabel,
    /// A whole interface has a label, an object has none, or a channel's end does not have the channel's name.
    #[error("the label does not belong to the object")]
    Label,
    /// The object is not of the grant's kind.
    #[error("the object is not of this kind")]
    Object,
    /// Messages are longer than [`MAX_MESSAGE`].
    #[error("messages are longer than {MAX_MESSAGE} bytes")]
    LongMessage,
    /// Nobody sends.
    #[error("the channel has no sender")]
    NoSender,
    /// Nobody receives.
    #[error("the channel has no receiver")]
    NoReceiver,
    /// Senders are held up by one receiver while another one waits for messages.
    #[error("a channel that rejects or waits when full has one receiver")]
    Receivers,
}

pub(crate) fn check<const C: usize, const G: usize, const H: usize>(
    tables: &Tables<'_, C, G, H>,
) -> Result<(), Invalid> {
    let strings = tables.strings;
    require(text(strings, tables.device).is_ok_and(|name| !name.is_empty()), Problem::NoName)
        .map_err(|problem| Invalid { table: Table::Device, entry: 0, problem })?;
    each(Table::Signers, &tables.signers, |_, signer| name(strings, signer.name))?;
    unique(strings, Table::Signers, &tables.signers, |signer| signer.name)?;
    each(Table::Containers, &tables.containers, |_, container| check_container(tables, container))?;
    unique(strings, Table::Containers, &tables.containers, |container| container.name)?;
    each(Table::Kinds, &tables.kinds, |_, kind| {
        name(strings, kind.interface)?;
        name(strings, kind.word)?;
        text(strings, kind.resource).map(drop)
    })?;
    ordered(Table::Kinds, &tables.kinds, |one, other| {
        let key = |kind: &crate::Kind| (kind.interface.of(strings), kind.resource.of(strings));
        key(one).cmp(&key(other))
    })?;
    each(Table::Grants, &tables.grants, |_, grant| check_grant(tables, grant))?;
    ordered(Table::Grants, &tables.grants, |one, other| {
        let key = |grant: &Grant| (grant.container, grant.kind, grant.label.of(strings));
        key(one).cmp(&key(other))
    })?;
    each(Table::Channels, &tables.channels, |index, channel| check_channel(tables, index, channel))?;
    unique(strings, Table::Channels, &tables.channels, |channel| channel.name)
}

fn check_container<const C: usize, const G: usize, const H: usize>(
    tables: &Tables<'_, C, G, H>,
    container: &Container,
) -> Result<(), Problem> {
    name(tables.strings, container.name)?;
    name(tables.strings, container.image)?;
    require(container.signer.get() < tables.signers.len(), Problem::Signer)?;
    require(container.versions.from <= container.versions.to, Problem::Range)?;
    require(container.stack <= container.memory, Problem::Stack)?;
    match container.restart {
        Restart::Never => Ok(()),
        Restart::Again { backoff, .. } => require(backoff.min_ms <= backoff.max_ms, Problem::Range),
    }
}

fn check_grant<const C: usize, const G: usize, const H: usize>(
    tables: &Tables<'_, C, G, H>,
    grant: &Grant,
) -> Result<(), Problem> {
    require(grant.container.get() < tables.containers.len(), Problem::Container)?;
    let kind = tables.kinds.get(grant.kind.get()).ok_or(Problem::Kind)?;
    let label = text(tables.strings, grant.label)?;
    require(label.len() <= MAX_LABEL, Problem::LongLabel)?;
    require((grant.object == Object::Interface) == (kind.resource.length == 0), Problem::Object)?;
    match grant.object {
        Object::Interface => require(label.is_empty(), Problem::Label),
        Object::Board(object) => {
            require(!label.is_empty(), Problem::Label)?;
            name(tables.strings, object)
        }
        Object::Sender(index) | Object::Receiver(index) => {
            let channel = tables.channels.get(index.get()).ok_or(Problem::Channel)?;
            require(text(tables.strings, channel.name)? == label, Problem::Label)
        }
    }
}

fn check_channel<const C: usize, const G: usize, const H: usize>(
    tables: &Tables<'_, C, G, H>,
    index: usize,
    channel: &Channel,
) -> Result<(), Problem> {
    name(tables.strings, channel.name)?;
    require(usize::from(channel.name.length) <= MAX_LABEL, Problem::LongLabel)?;
    require(channel.message.get() <= MAX_MESSAGE, Problem::LongMessage)?;
    let (mut senders, mut receivers) = (0_usize, 0_usize);
    for grant in &tables.grants {
        match grant.object {
            Object::Sender(end) if end.get() == index => senders = senders.saturating_add(1),
            Object::Receiver(end) if end.get() == index => receivers = receivers.saturating_add(1),
            _ => {}
        }
    }
    require(senders > 0, Problem::NoSender)?;
    require(receivers > 0, Problem::NoReceiver)?;
    require(receivers == 1 || channel.when_full == WhenFull::DropOldest, Problem::Receivers)
}

fn require(holds: bool, problem: Problem) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(problem) }
}

fn text(strings: &str, text: Text) -> Result<&str, Problem> {
    text.of(strings).ok_or(Problem::Text)
}

fn name(strings: &str, name: Text) -> Result<(), Problem> {
    require(!text(strings, name)?.is_empty(), Problem::NoName)
}

fn each<T>(table: Table, entries: &[T], check: impl Fn(usize, &T) -> Result<(), Problem>) -> Result<(), Invalid> {
    for (entry, value) in entries.iter().enumerate() {
        check(entry, value).map_err(|problem| Invalid { table, entry, problem })?;
    }
    Ok(())
}

/// Each entry stands strictly after the one before it.
fn ordered<T>(table: Table, entries: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Result<(), Invalid> {
    let mut pairs = entries.iter().zip(entries.iter().skip(1));
    match pairs.position(|(one, other)| compare(one, other) != Ordering::Less) {
        Some(pair) => Err(Invalid { table, entry: pair.saturating_add(1), problem: Problem::Order }),
        None => Ok(()),
    }
}

/// Tables that keep the file's order are short (64 entries), so comparing each with each is cheap.
fn unique<T>(strings: &str, table: Table, entries: &[T], name: impl Fn(&T) -> Text) -> Result<(), Invalid> {
    let name = |entry: &T| name(entry).of(strings);
    for (entry, value) in entries.iter().enumerate() {
        if entries.iter().take(entry).any(|earlier| name(earlier) == name(value)) {
            return Err(Invalid { table, entry, problem: Problem::NameTaken });
        }
    }
    Ok(())
}
