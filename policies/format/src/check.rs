//! What makes tables a policy. Nothing is left for the kernel to check.

use core::{cmp::Ordering, fmt};

use thiserror::Error;

use crate::grant::are_settings;
use crate::{
    Channel, ChannelIndex, Container, Grant, Kind, MAX_CHANNELS, MAX_LABEL, MAX_MESSAGE, MAX_SETTINGS, Object, Policy,
    Record, Records, Restart, Text, WhenFull,
};

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
    /// A number in it stands for nothing, or an unused byte is not 0.
    #[error("a value in it has no meaning")]
    Value,
    /// There are more entries than an index reaches, the first of these being this one.
    #[error("no kernel has room for so many entries")]
    TooMany,
    /// The strings are not text.
    #[error("the policy's strings are not UTF-8")]
    Utf8,
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
    /// Settings are no pairs, lack a key, or are too many.
    #[error("the settings are no pairs of key and value, or more than {MAX_SETTINGS}")]
    Settings,
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

pub(crate) fn check(policy: &Policy<'_>) -> Result<(), Invalid> {
    let strings = policy.strings;
    require(text(strings, policy.device).is_ok_and(|name| !name.is_empty()), Problem::NoName)
        .map_err(|problem| Invalid { table: Table::Device, entry: 0, problem })?;
    each(Table::Signers, policy.signers, |_, signer| name(strings, signer.name))?;
    unique(strings, Table::Signers, policy.signers, |signer| signer.name)?;
    each(Table::Containers, policy.containers, |_, container| check_container(policy, &container))?;
    unique(strings, Table::Containers, policy.containers, |container| container.name)?;
    each(Table::Kinds, policy.kinds, |_, kind| {
        name(strings, kind.interface)?;
        name(strings, kind.word)?;
        text(strings, kind.resource).map(drop)
    })?;
    ordered(Table::Kinds, policy.kinds, |one, other| {
        let key = |kind: &Kind| (kind.interface.of(strings), kind.resource.of(strings));
        key(one).cmp(&key(other))
    })?;
    each(Table::Grants, policy.grants, |_, grant| check_grant(policy, &grant))?;
    ordered(Table::Grants, policy.grants, |one, other| {
        let key = |grant: &Grant| (grant.container, grant.kind, grant.label.of(strings));
        key(one).cmp(&key(other))
    })?;
    let ends = Ends::of(policy);
    each(Table::Channels, policy.channels, |index, channel| check_channel(strings, &ends, index, &channel))?;
    unique(strings, Table::Channels, policy.channels, |channel| channel.name)
}

fn check_container(policy: &Policy<'_>, container: &Container) -> Result<(), Problem> {
    name(policy.strings, container.name)?;
    name(policy.strings, container.image)?;
    require(container.signer.get() < policy.signers.len(), Problem::Signer)?;
    require(container.versions.from <= container.versions.to, Problem::Range)?;
    require(container.stack <= container.memory, Problem::Stack)?;
    match container.restart {
        Restart::Never => Ok(()),
        Restart::Again { backoff, .. } => require(backoff.min_ms <= backoff.max_ms, Problem::Range),
    }
}

fn check_grant(policy: &Policy<'_>, grant: &Grant) -> Result<(), Problem> {
    require(grant.container.get() < policy.containers.len(), Problem::Container)?;
    let kind = policy.kind(grant.kind).ok_or(Problem::Kind)?;
    let label = text(policy.strings, grant.label)?;
    require(label.len() <= MAX_LABEL, Problem::LongLabel)?;
    let whole = matches!(grant.object, Object::Interface | Object::Settings(_));
    require(whole == (kind.resource.length == 0), Problem::Object)?;
    match grant.object {
        Object::Interface => require(label.is_empty(), Problem::Label),
        Object::Settings(settings) => {
            require(label.is_empty(), Problem::Label)?;
            require(are_settings(text(policy.strings, settings)?), Problem::Settings)
        }
        Object::Board(object) => {
            require(!label.is_empty(), Problem::Label)?;
            name(policy.strings, object)
        }
        Object::Sender(index) | Object::Receiver(index) => {
            let channel = policy.channel(index).ok_or(Problem::Channel)?;
            require(text(policy.strings, channel.name)? == label, Problem::Label)
        }
    }
}

fn check_channel(strings: &str, ends: &Ends, index: usize, channel: &Channel) -> Result<(), Problem> {
    name(strings, channel.name)?;
    require(usize::from(channel.name.length) <= MAX_LABEL, Problem::LongLabel)?;
    require(channel.message.get() <= MAX_MESSAGE, Problem::LongMessage)?;
    require(ends.sent.has(index), Problem::NoSender)?;
    require(ends.received.has(index), Problem::NoReceiver)?;
    require(!ends.shared.has(index) || channel.when_full == WhenFull::DropOldest, Problem::Receivers)
}

/// Which channels have which ends, from one pass over the grants.
#[derive(Default)]
struct Ends {
    /// Those with a sender.
    sent: ChannelSet,
    /// Those with a receiver.
    received: ChannelSet,
    /// Those with more receivers than one.
    shared: ChannelSet,
}

impl Ends {
    fn of(policy: &Policy<'_>) -> Self {
        let mut ends = Self::default();
        for grant in policy.grants {
            match grant.object {
                Object::Interface | Object::Settings(_) | Object::Board(_) => {}
                Object::Sender(channel) => ends.sent.insert(channel),
                Object::Receiver(channel) if ends.received.has(channel.get()) => ends.shared.insert(channel),
                Object::Receiver(channel) => ends.received.insert(channel),
            }
        }
        ends
    }
}

/// A set of channels, one bit for each that there can be.
#[derive(Default)]
struct ChannelSet([u32; MAX_CHANNELS / 32]);

impl ChannelSet {
    fn insert(&mut self, ChannelIndex(channel): ChannelIndex) {
        if let Some(word) = self.0.get_mut(usize::from(channel / 32)) {
            *word |= 1 << (channel % 32);
        }
    }

    fn has(&self, index: usize) -> bool {
        self.0.get(index / 32).is_some_and(|word| word & (1 << (index % 32)) != 0)
    }
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

fn each<T: Record>(
    table: Table,
    entries: Records<'_, T>,
    check: impl Fn(usize, T) -> Result<(), Problem>,
) -> Result<(), Invalid> {
    for (entry, value) in entries.iter().enumerate() {
        check(entry, value).map_err(|problem| Invalid { table, entry, problem })?;
    }
    Ok(())
}

/// Each entry stands strictly after the one before it.
fn ordered<T: Record>(
    table: Table,
    entries: Records<'_, T>,
    compare: impl Fn(&T, &T) -> Ordering,
) -> Result<(), Invalid> {
    let mut pairs = entries.iter().zip(entries.iter().skip(1));
    match pairs.position(|(one, other)| compare(&one, &other) != Ordering::Less) {
        Some(pair) => Err(Invalid { table, entry: pair.saturating_add(1), problem: Problem::Order }),
        None => Ok(()),
    }
}

/// Tables that keep the file's order are short (at most 256 entries), so comparing each with each is cheap.
fn unique<T: Record>(
    strings: &str,
    table: Table,
    entries: Records<'_, T>,
    name: impl Fn(T) -> Text,
) -> Result<(), Invalid> {
    let name = |entry: T| name(entry).of(strings);
    for (entry, value) in entries.iter().enumerate() {
        let value = name(value);
        if entries.iter().take(entry).any(|earlier| name(earlier) == value) {
            return Err(Invalid { table, entry, problem: Problem::NameTaken });
        }
    }
    Ok(())
}
