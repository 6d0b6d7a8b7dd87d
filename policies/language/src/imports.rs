//! Each container's grants against what its image imports.

use locket_bindgen::model::Authority;

use crate::{
    channels::Channel,
    containers::Container,
    diagnostics::{Notes, Span, list},
    vocabulary::{CHANNEL, Vocabulary},
};

pub(crate) fn check(
    containers: &[Container<'_>],
    channels: &[Channel<'_>],
    vocabulary: &Vocabulary,
    notes: &mut Notes,
) {
    for (position, container) in containers.iter().enumerate() {
        let Some(image) = &container.image else { continue };
        let imports = &image.facts.imports;
        let held = everything_held(position, container, channels, vocabulary);
        for import in imports {
            check_import(import, container, &held, vocabulary, notes);
        }
        for Held { interface, what, span } in held.iter().filter(|held| !imports.contains(&held.interface)) {
            notes
                .warning(span, format!("{what} is of no use: the image does not import `{interface}`"))
                .help("remove what the container does not need");
        }
    }
}

/// Something that a container holds.
struct Held {
    /// The interface of which it is a part, version included.
    interface: String,
    /// What problems call it.
    what: String,
    span: Span,
}

fn everything_held(
    position: usize,
    container: &Container<'_>,
    channels: &[Channel<'_>],
    vocabulary: &Vocabulary,
) -> Vec<Held> {
    let grants = container.grants.iter().map(|grant| {
        let name = if grant.label.is_empty() { grant.kind.word.as_str() } else { grant.label };
        Held { interface: grant.kind.interface.clone(), what: format!("the grant `{name}`"), span: grant.span.clone() }
    });
    let interface = vocabulary.model().interface(CHANNEL).map(|interface| interface.name.clone()).unwrap_or_default();
    let ends = channels.iter().flat_map(|channel| [(channel, &channel.from), (channel, &channel.to)]);
    let ends = ends.filter(|(_, end)| end.containers.contains(&position)).map(|(channel, end)| Held {
        interface: interface.clone(),
        what: format!("an end of `{}` for `{}`", channel.name, container.name),
        span: end.span.clone(),
    });
    grants.chain(ends).collect()
}

fn check_import(import: &str, container: &Container<'_>, held: &[Held], vocabulary: &Vocabulary, notes: &mut Notes) {
    let Some(interface) = vocabulary.interface(import) else {
        let other_version = vocabulary.model().interface(import.split('@').next().unwrap_or(import));
        let message = format!("the image imports `{import}`, which no board provides");
        notes.error(&container.image_span, message).help(match other_version {
            Some(other) => format!("there is `{}`", other.name),
            None => "its WIT package is none of those that the policy is checked against".to_owned(),
        });
        return;
    };
    let missing = match &interface.authority {
        Authority::Free => return,
        Authority::Unstated => {
            let message = format!("the image imports `{import}`, which is not for containers to import");
            notes.error(&container.image_span, message);
            return;
        }
        Authority::Whole { .. } | Authority::Resources => !held.iter().any(|held| held.interface == import),
    };
    if missing {
        let words = vocabulary.words_of(interface);
        let message = format!("`{}` lacks a grant for `{import}`, which its image imports", container.name);
        let problem = notes.error(&container.grants_span, message);
        problem.also(&container.image_span, "imported here");
        if interface.name_without_version() == CHANNEL {
            problem.help(format!("name `{}` in `from` or `to` of a channel", container.name));
        } else {
            problem.help(format!("grant {}", list(words, "or")));
        }
    }
}
