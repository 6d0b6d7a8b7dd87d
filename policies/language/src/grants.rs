//! `[containers.….grants]`: what a container holds.
//!
//! Each line is `label = { <grant word> = "object", rights = […], rate = "…", quota = "…" }`, where only storage has a
//! quota, or, for an interface that is granted whole, `<grant word> = { rate = "…" }` or `<grant word> = true`.

use std::num::NonZeroU32;

use locket_policy::{Rate, Rights};
use toml::de::DeValue;

use crate::{
    board::Board,
    diagnostics::{Notes, Span, list},
    document::{Entry, Section},
    names,
    suggest::{did_you_mean, nearest},
    units,
    vocabulary::{CONFIG, GrantKind, Vocabulary},
};

/// One grant of the policy file.
#[derive(Debug)]
pub(crate) struct Grant<'d> {
    pub kind: Kind,
    /// Empty for a whole interface.
    pub label: &'d str,
    pub span: Span,
    /// `None` for a whole interface.
    pub object: Option<&'d str>,
    pub rights: Rights,
    pub rate: Option<Rate>,
    /// Bytes that the object may hold after a change by this container.
    pub quota: Option<NonZeroU32>,
    /// Key and value in turn, each with a NUL behind it.
    pub settings: Option<String>,
}

/// What is granted, by its names: the vocabulary need not outlive the policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kind {
    /// With its version.
    pub interface: String,
    /// Empty for a whole interface.
    pub resource: String,
    pub word: String,
}

impl From<GrantKind<'_>> for Kind {
    fn from(kind: GrantKind<'_>) -> Self {
        Self {
            interface: kind.interface.name.clone(),
            resource: kind.resource.map(|resource| resource.name.clone()).unwrap_or_default(),
            word: kind.word.to_owned(),
        }
    }
}

/// What there is to grant.
pub(crate) struct Objects<'o> {
    pub vocabulary: &'o Vocabulary,
    /// `None`: the policy names no board, or its file is unusable.
    pub board: Option<&'o Board>,
    /// Whether the policy names a board.
    pub has_board: bool,
}

pub(crate) fn read<'d>(
    table: Option<Entry<'d>>,
    container: &str,
    objects: &Objects<'_>,
    notes: &mut Notes,
) -> Vec<Grant<'d>> {
    names::named(table, "label", notes)
        .into_iter()
        .filter_map(|entry| match objects.vocabulary.whole(entry.key()) {
            Some(kind) => whole(entry, kind, notes),
            None => object(entry, container, objects, notes),
        })
        .collect()
}

/// `log = { rate = "20/s" }`
fn whole<'d>(entry: Entry<'d>, kind: GrantKind<'_>, notes: &mut Notes) -> Option<Grant<'d>> {
    let word = entry.key();
    if kind.interface.name_without_version() == CONFIG {
        notes
            .error(&entry.key_span(), "settings are granted by a table of their own")
            .help(format!("write a table [containers.NAME.{word}] with lines KEY = \"VALUE\""));
        return None;
    }
    let rate = match entry.value() {
        DeValue::Boolean(true) => None,
        DeValue::Boolean(false) => {
            notes
                .error(&entry.span(), format!("`{word} = false` denies nothing that was not denied already"))
                .help("remove the line: what is not granted is denied");
            return None;
        }
        DeValue::Table(_) => {
            let mut section = entry.section(format!("the grant of `{word}`"), notes)?;
            let rate = rate(&mut section, notes);
            section.finish(notes);
            rate
        }
        _ => {
            entry.expected("a table", notes);
            return None;
        }
    };
    Some(Grant {
        kind: kind.into(),
        label: "",
        span: entry.key_span(),
        object: None,
        rights: Rights::NONE,
        rate,
        quota: None,
        settings: None,
    })
}

/// `pump = { digital-out = "relay1", rights = ["set"] }`
fn object<'d>(entry: Entry<'d>, container: &str, objects: &Objects<'_>, notes: &mut Notes) -> Option<Grant<'d>> {
    let label = entry.key();
    let vocabulary = objects.vocabulary;
    if !matches!(entry.value(), DeValue::Table(table) if !table.is_empty()) {
        let form = format!("an object is granted as {label} = {{ digital-out = \"OBJECT\", rights = [\"set\"] }}");
        notes
            .error(&entry.key_span(), format!("no interface is granted as `{label}`"))
            .help(nearest(label, vocabulary.whole_words()).unwrap_or(form));
        return None;
    }
    let mut section = entry.section(format!("the grant `{label}`"), notes)?;
    let rights = section.get("rights");
    let rate = rate(&mut section, notes);
    let quota = section.get("quota");
    let kind = kind(&section, label, container, vocabulary, notes);
    let rights = kind.and_then(|(kind, _)| read_rights(rights, &entry, kind, notes));
    let quota = quota.and_then(|quota| read_quota(&quota, kind.as_ref().map(|(kind, _)| *kind)?, vocabulary, notes));
    let (kind, named) = kind?;
    let object = named.string("the name of an object", notes)?;
    check_object(object, &named.span(), kind, objects, notes);
    Some(Grant {
        kind: kind.into(),
        label,
        span: entry.key_span(),
        object: Some(object),
        rights: rights?,
        rate,
        quota,
        settings: None,
    })
}

/// The one key that is a grant word; any other key is noted.
fn kind<'d, 'v>(
    section: &Section<'d>,
    label: &str,
    container: &str,
    vocabulary: &'v Vocabulary,
    notes: &mut Notes,
) -> Option<(GrantKind<'v>, Entry<'d>)> {
    let mut found: Option<(GrantKind<'v>, Entry<'d>)> = None;
    let mut unknown = false;
    for entry in section.others() {
        let word = entry.key();
        if let Some(kind) = vocabulary.board_kind(word) {
            if let Some((first, first_entry)) = &found {
                notes
                    .error(&entry.key_span(), format!("the grant `{label}` has both `{}` and `{word}`", first.word))
                    .also(&first_entry.key_span(), "here first")
                    .help("give each object a label of its own");
            } else {
                found = Some((kind, entry));
            }
            continue;
        }
        unknown = true;
        if vocabulary.is_channel_word(word) {
            notes
                .error(&entry.key_span(), "the ends of channels are not granted here")
                .help(format!("name `{container}` in `from` or `to` of a table [channels.{label}]"));
        } else if vocabulary.whole(word).is_some() {
            notes
                .error(&entry.key_span(), format!("`{word}` is granted whole, without a label"))
                .help(format!("write {word} = {{}}"));
        } else {
            let known = vocabulary.board_words().chain(["rights", "rate", "quota"]);
            notes
                .error(&entry.key_span(), format!("nothing is granted as `{word}`"))
                .label("unknown key")
                .maybe_help(did_you_mean(word, known));
        }
    }
    if found.is_none() && !unknown {
        let words = list(vocabulary.board_words(), "or");
        notes.error(&section.span(), format!("the grant `{label}` names no object")).help(format!("add {words}"));
    }
    found
}

fn read_rights(rights: Option<Entry<'_>>, entry: &Entry<'_>, kind: GrantKind<'_>, notes: &mut Notes) -> Option<Rights> {
    let known = kind.useful_rights();
    let all = || known.iter().map(|right| format!("\"{right}\"")).collect::<Vec<_>>().join(", ");
    let Some(rights) = rights else {
        if known.is_empty() {
            return Some(Rights::NONE);
        }
        notes
            .error(&entry.key_span(), format!("the grant `{}` says nothing of rights", entry.key()))
            .help(format!("add rights = [{}], or those of them that are needed", all()));
        return None;
    };
    let names = rights.names("a list of rights", notes)?;
    if names.is_empty() {
        notes
            .error(&rights.span(), "a grant without rights allows nothing")
            .help(format!("write rights = [{}], or remove the grant", all()));
        return None;
    }
    let mut held = Rights::NONE;
    let mut complete = true;
    for (name, span) in names {
        let right = kind.right(name);
        if let Some(right) = right.filter(|_| known.contains(&name)) {
            held = held | right;
            continue;
        }
        complete = false;
        let message = if right.is_some() {
            format!("nothing can be done with `{name}` on a `{}`", kind.word)
        } else {
            format!("`{}` has no right `{name}`", kind.interface.name_without_version())
        };
        notes.error(&span, message).maybe_help(did_you_mean(name, known.iter().copied()));
    }
    complete.then_some(held)
}

fn check_object(object: &str, span: &Span, kind: GrantKind<'_>, objects: &Objects<'_>, notes: &mut Notes) {
    let Some(board) = objects.board else {
        if !objects.has_board {
            notes
                .error(span, format!("no board says that there is a `{}` called `{object}`", kind.word))
                .help("add board = \"board.toml\" to [device]");
        }
        return;
    };
    if board.of_kind(kind.word).any(|known| known == object) {
        return;
    }
    let other_kind = board.kinds_of(object).next();
    let help = match other_kind {
        Some(other) => Some(format!("`{object}` is a `{other}`")),
        None => did_you_mean(object, board.of_kind(kind.word)),
    };
    notes.error(span, format!("the board has no `{}` called `{object}`", kind.word)).maybe_help(help);
}

/// The quota of an object of this kind.
fn read_quota(
    entry: &Entry<'_>,
    kind: GrantKind<'_>,
    vocabulary: &Vocabulary,
    notes: &mut Notes,
) -> Option<NonZeroU32> {
    if !kind.has_quota() {
        notes.error(&entry.key_span(), format!("a `{}` holds no bytes, so it has no quota", kind.word)).help(format!(
            "a quota limits what a {} holds; only `rate` limits the use of others",
            list(vocabulary.quota_words(), "or")
        ));
        return None;
    }
    entry.quantity("a size such as \"2 KiB\"", units::bytes, notes)
}

fn rate(section: &mut Section<'_>, notes: &mut Notes) -> Option<Rate> {
    section.get("rate").and_then(|entry| entry.quantity("a rate such as \"10/s\"", units::rate, notes))
}
