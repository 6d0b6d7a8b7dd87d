//! `[device]`: which device the policy is for, and what it has room for.

use locket_policy::{Profile, STANDARD};

use crate::{
    diagnostics::{Notes, Span},
    document::Section,
    names,
    suggest::did_you_mean,
    units,
};

/// The `[device]` table.
#[derive(Debug)]
pub(crate) struct Device<'d> {
    pub span: Span,
    pub name: Option<&'d str>,
    pub epoch: Option<u32>,
    /// The board description, relative to the policy.
    pub board: Option<(&'d str, Span)>,
    /// Bytes for all containers and channels.
    pub memory: Option<(u32, Span)>,
    pub profile: &'static Profile,
}

pub(crate) fn read<'d>(root: &mut Section<'d>, notes: &mut Notes) -> Option<Device<'d>> {
    let entry = root.get("device");
    if entry.is_none() {
        notes
            .error(&(0..0), "the policy does not say which device it is for")
            .help("add a table [device] with `name` and `epoch`");
    }
    let mut section = entry?.section("[device]", notes)?;
    let name = section.required("name", "\"greenhouse\"", notes).and_then(|entry| {
        let name = entry.string("the device's name", notes)?;
        names::check(name, &entry.span(), "device's name", notes).then_some(name)
    });
    let epoch = section.required("epoch", "1", notes).and_then(|entry| entry.integer(0, u32::MAX, notes));
    let board =
        section.get("board").and_then(|entry| Some((entry.string("the path of a board file", notes)?, entry.span())));
    let memory = section.get("memory").and_then(|entry| {
        Some((entry.quantity("a size such as \"16 KiB\"", units::bytes, notes)?.get(), entry.span()))
    });
    let profile = section.get("profile").and_then(|entry| {
        let name = entry.string("the name of a kernel profile", notes)?;
        let profile = Profile::ALL.into_iter().find(|profile| profile.name == name);
        if profile.is_none() {
            let known = Profile::ALL.into_iter().map(|profile| profile.name);
            notes
                .error(&entry.span(), format!("there is no kernel profile `{name}`"))
                .maybe_help(did_you_mean(name, known));
        }
        profile
    });
    let span = section.span();
    section.finish(notes);
    Some(Device { span, name, epoch, board, memory, profile: profile.unwrap_or(&STANDARD) })
}
