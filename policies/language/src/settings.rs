//! `[containers.….config]`: what a container is told. The table is also the grant of the interface that tells it.

use locket_policy::{MAX_SETTINGS, Rights};

use crate::{
    diagnostics::Notes,
    document::Entry,
    grants::Grant,
    vocabulary::{CONFIG, Vocabulary},
};

/// Bytes of the longest key.
const MAX_KEY: usize = 64;

/// Bytes of the longest value.
const MAX_VALUE: usize = 512;

pub(crate) fn read<'d>(table: Entry<'d>, vocabulary: &Vocabulary, notes: &mut Notes) -> Option<Grant<'d>> {
    let kind = vocabulary.whole(table.key()).filter(|kind| kind.interface.name_without_version() == CONFIG);
    let Some(kind) = kind else {
        notes.error(&table.key_span(), format!("there is no interface `{CONFIG}` to tell a container its settings"));
        return None;
    };
    let entries = table.entries(notes);
    if entries.len() > MAX_SETTINGS {
        notes
            .error(&table.key_span(), format!("there are {} settings", entries.len()))
            .help(format!("a container has at most {MAX_SETTINGS}"));
    }
    let mut settings = String::new();
    for entry in entries {
        let key = entry.key();
        let Some(value) = entry.string("a text in quotes", notes) else { continue };
        let fits = !key.is_empty() && key.len() <= MAX_KEY && value.len() <= MAX_VALUE;
        if fits && !key.contains('\0') && !value.contains('\0') {
            settings.extend([key, "\0", value, "\0"]);
            continue;
        }
        let message = format!("the setting `{}` has a key or a value that is not possible", key.escape_debug());
        notes.error(&entry.key_span(), message).help(format!(
            "a key has 1 to {MAX_KEY} bytes and a value at most {MAX_VALUE}, and neither has the character NUL"
        ));
    }
    Some(Grant {
        kind: kind.into(),
        label: "",
        span: table.key_span(),
        object: None,
        rights: Rights::NONE,
        rate: None,
        quota: None,
        settings: Some(settings),
    })
}
