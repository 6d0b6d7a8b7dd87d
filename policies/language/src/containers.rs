//! `[containers.…]`: what runs, with which limits.

use std::path::Path;

use locket_policy::{Backoff, Cpu, Restart, RestartWhen};

use crate::{
    diagnostics::{Notes, Span, grouped},
    document::{Entry, Section},
    grants::{self, Grant, Objects},
    images::{self, Found, Images},
    names, settings,
    signers::Signer,
    suggest::did_you_mean,
    units,
};

/// Bytes of stack where neither policy nor image says.
const DEFAULT_STACK: u32 = 4096;

/// One container. `None` is for what is wrong, and noted.
#[derive(Debug)]
pub(crate) struct Container<'d> {
    pub name: &'d str,
    pub span: Span,
    pub image: Option<Found>,
    pub image_span: Span,
    /// Position among the signers.
    pub signer: Option<usize>,
    pub memory: Option<(u32, Span)>,
    pub stack: u32,
    pub cpu: Cpu,
    pub fuel: Option<std::num::NonZeroU64>,
    pub restart: Restart,
    /// Where its table of grants stands; the container's own place, if it has none.
    pub grants_span: Span,
    pub grants: Vec<Grant<'d>>,
}

/// Where the containers' parts are looked up.
pub(crate) struct Surroundings<'s, 'd> {
    pub folder: &'s Path,
    pub images: &'s dyn Images,
    pub signers: &'s [Signer<'d>],
    pub objects: Objects<'s>,
}

pub(crate) fn read<'d>(
    root: &mut Section<'d>,
    surroundings: &Surroundings<'_, 'd>,
    notes: &mut Notes,
) -> Vec<Container<'d>> {
    let table = root.get("containers");
    let is_empty = table.is_none_or(|table| table.value().as_table().is_some_and(toml::map::Map::is_empty));
    if is_empty {
        let span = table.map_or(0..0, |table| table.key_span());
        notes
            .error(&span, "the policy has no container, so nothing would run")
            .help("add a table [containers.NAME] with `image`, `signer` and `memory`");
    }
    names::named(table, "container's name", notes)
        .into_iter()
        .filter_map(|entry| container(entry, surroundings, notes))
        .collect()
}

fn container<'d>(entry: Entry<'d>, around: &Surroundings<'_, 'd>, notes: &mut Notes) -> Option<Container<'d>> {
    let name = entry.key();
    let mut section = entry.section(format!("container `{name}`"), notes)?;
    let image = section.required("image", "\"NAME@VERSION\" or a path", notes);
    let image_span = image.map_or(entry.key_span(), |entry| entry.span());
    let image = image.and_then(|entry| {
        let text = entry.string("the name or the path of an image", notes)?;
        images::find(text, &entry.span(), around.folder, around.images, notes)
    });
    let signer =
        section.required("signer", "\"…\", the name of a signer", notes).and_then(|entry| signer(entry, around, notes));
    let memory = section.required("memory", "\"64 KiB\"", notes).and_then(|entry| {
        Some((entry.quantity("a size such as \"16 KiB\"", units::bytes, notes)?.get(), entry.span()))
    });
    let asked = image.as_ref().map_or(0, |image| image.facts.stack);
    let default = if asked == 0 { DEFAULT_STACK } else { asked };
    let stack = section.get("stack").and_then(|entry| entry.quantity("a size such as \"16 KiB\"", units::bytes, notes));
    let cpu =
        section.get("cpu").and_then(|entry| entry.quantity("a share of a core such as \"20%\"", units::share, notes));
    let fuel = section
        .get("fuel")
        .and_then(|entry| entry.quantity("a number of operations such as \"5M\"", units::count, notes));
    let restart = section.get("restart").and_then(|entry| restart(entry, notes));
    let grants = section.get("grants");
    let config = section.get("config").and_then(|entry| settings::read(entry, around.objects.vocabulary, notes));
    let container = Container {
        name,
        span: entry.key_span(),
        image,
        image_span,
        signer,
        memory,
        stack: stack.map_or(default, std::num::NonZeroU32::get),
        cpu: cpu.unwrap_or(Cpu::UNLIMITED),
        fuel,
        restart: restart.unwrap_or(Restart::Never),
        grants_span: grants.map_or(entry.key_span(), |grants| grants.key_span()),
        grants: grants::read(grants, name, &around.objects, notes).into_iter().chain(config).collect(),
    };
    section.finish(notes);
    check_image(&container, around, notes);
    Some(container)
}

fn signer(entry: Entry<'_>, around: &Surroundings<'_, '_>, notes: &mut Notes) -> Option<usize> {
    let name = entry.string("the name of a signer", notes)?;
    let position = around.signers.iter().position(|signer| signer.name == name);
    if position.is_none() {
        let known = around.signers.iter().map(|signer| signer.name);
        let help =
            did_you_mean(name, known).unwrap_or_else(|| format!("add {name} = \"ed25519:…\" to a table [signers]"));
        notes.error(&entry.span(), format!("there is no signer `{name}`")).help(help);
    }
    position
}

/// The image is signed by whom the policy says, and fits the container.
fn check_image(container: &Container<'_>, around: &Surroundings<'_, '_>, notes: &mut Notes) {
    let Some(image) = &container.image else { return };
    let signer = container.signer.and_then(|position| around.signers.get(position));
    if let Some(signer) = signer
        && let Some(key) = &signer.key
        && let Err(error) = around.images.verify(&image.facts, key)
    {
        notes
            .error(&container.image_span, format!("the image is not signed by `{}`: {error}", signer.name))
            .also(&signer.span, "this signer")
            .help("name the signer of the image, or have the image signed by this one");
    }
    if let Some((memory, span)) = &container.memory {
        let need = u64::from(image.facts.memory) + u64::from(container.stack);
        if need > u64::from(*memory) {
            notes
                .error(
                    span,
                    format!(
                        "`{}` is short by {} bytes, because its image needs {} bytes of linear memory and {} of stack",
                        container.name,
                        grouped(need - u64::from(*memory)),
                        grouped(u64::from(image.facts.memory)),
                        grouped(u64::from(container.stack)),
                    ),
                )
                .help(format!("set memory to \"{} KiB\" or more", need.div_ceil(1024)));
        }
    }
}

fn restart(entry: Entry<'_>, notes: &mut Notes) -> Option<Restart> {
    const FORM: &str = "write \"never\" or { when = \"failed\", backoff = \"1s..1m\", give-up-after = 5 }";
    if let Some(text) = entry.value().as_str() {
        if text == "never" {
            return Some(Restart::Never);
        }
        notes.error(&entry.span(), format!("`restart` cannot be \"{}\"", text.escape_debug())).help(FORM);
        return None;
    }
    let mut section = entry.section("`restart`", notes)?;
    let when = section.required("when", "\"failed\" or \"always\"", notes).and_then(|entry| {
        match entry.string("\"failed\" or \"always\"", notes)? {
            "failed" => Some(RestartWhen::Failed),
            "always" => Some(RestartWhen::Always),
            other => {
                notes
                    .error(&entry.span(), format!("`when` cannot be \"{}\"", other.escape_debug()))
                    .help("write \"failed\" (every end but exit code 0) or \"always\"");
                None
            }
        }
    });
    let backoff = section
        .get("backoff")
        .map(|entry| entry.quantity("a range of times such as \"1s..1m\"", units::backoff, notes));
    let give_up_after = section
        .get("give-up-after")
        .and_then(|entry| entry.integer(1, u32::from(u16::MAX), notes))
        .and_then(|count| u16::try_from(count).ok())
        .and_then(std::num::NonZeroU16::new);
    section.finish(notes);
    let backoff = backoff.unwrap_or_else(default_backoff)?;
    Some(Restart::Again { when: when?, backoff, give_up_after })
}

/// Where the policy says nothing of delays.
fn default_backoff() -> Option<Backoff> {
    units::backoff("100ms..1m").ok()
}
