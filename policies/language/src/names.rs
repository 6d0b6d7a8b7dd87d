//! What may be a name: they end up in logs, labels and file names, so they are plain.

use locket_policy::MAX_LABEL;

use crate::{
    diagnostics::{Notes, Span},
    document::Entry,
};

/// Whether a name of the author's choice is usable; notes it if not. `what` is "container's name", "label" and so on.
pub(crate) fn check(name: &str, span: &Span, what: &str, notes: &mut Notes) -> bool {
    if name.is_empty() {
        notes.error(span, format!("this {what} is empty"));
        return false;
    }
    if name.len() > MAX_LABEL {
        notes
            .error(span, format!("this {what} has {} bytes", name.len()))
            .help(format!("a {what} has at most {MAX_LABEL}"));
        return false;
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !name.bytes().all(plain) || !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        notes
            .error(span, format!("`{}` cannot be a {what}", name.escape_debug()))
            .help("use ASCII letters, digits, `-` and `_`, and start with a letter or a digit");
        return false;
    }
    true
}

/// The entries of a table of named things whose names are usable; the others are noted.
pub(crate) fn named<'d>(table: Option<Entry<'d>>, what: &str, notes: &mut Notes) -> Vec<Entry<'d>> {
    let mut entries = table.map(|table| table.entries(notes)).unwrap_or_default();
    entries.retain(|entry| check(entry.key(), &entry.key_span(), what, notes));
    entries
}
