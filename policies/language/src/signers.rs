//! `[signers]`: whose images the device takes.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use crate::{
    containers::Container,
    diagnostics::{Notes, Span},
    document::{Entry, Section},
    names,
};

const FORM: &str = "write \"ed25519:\" and the 32 bytes of the public key in base64";

/// One signer.
#[derive(Debug)]
pub(crate) struct Signer<'d> {
    pub name: &'d str,
    pub span: Span,
    /// `None`: it was refused; the problem is noted.
    pub key: Option<[u8; 32]>,
}

pub(crate) fn read<'d>(root: &mut Section<'d>, notes: &mut Notes) -> Vec<Signer<'d>> {
    let mut signers: Vec<Signer<'d>> = Vec::new();
    for entry in names::named(root.get("signers"), "signer's name", notes) {
        let key = key(entry, notes);
        if let Some(same) = signers.iter().find(|earlier| key.is_some() && earlier.key == key) {
            notes
                .warning(&entry.key_span(), format!("`{}` is the same key as `{}`", entry.key(), same.name))
                .also(&same.span, "here first");
        }
        signers.push(Signer { name: entry.key(), span: entry.key_span(), key });
    }
    signers
}

/// Notes signers whom no container names.
pub(crate) fn check_used(signers: &[Signer<'_>], containers: &[Container<'_>], notes: &mut Notes) {
    for (position, signer) in signers.iter().enumerate() {
        if signer.key.is_some() && !containers.iter().any(|container| container.signer == Some(position)) {
            notes
                .warning(&signer.span, format!("no container names the signer `{}`", signer.name))
                .help("remove it: the device trusts as few keys as it can");
        }
    }
}

fn key(entry: Entry<'_>, notes: &mut Notes) -> Option<[u8; 32]> {
    let text = entry.string("a public key", notes)?;
    let Some(encoded) = text.strip_prefix("ed25519:") else {
        notes.error(&entry.span(), format!("the key of `{}` is no ed25519 key", entry.key())).help(FORM);
        return None;
    };
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    match GeneralPurpose::new(&STANDARD, config).decode(encoded) {
        Ok(bytes) => {
            let key = bytes.as_slice().try_into();
            if key.is_err() {
                let message = format!("the key of `{}` has {} bytes instead of 32", entry.key(), bytes.len());
                notes.error(&entry.span(), message).help(FORM);
            }
            key.ok()
        }
        Err(error) => {
            notes.error(&entry.span(), format!("the key of `{}` is no base64: {error}", entry.key())).help(FORM);
            None
        }
    }
}
