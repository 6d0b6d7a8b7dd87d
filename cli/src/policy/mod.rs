//! `locket policy`: questions about a policy file.

mod check;
mod explain;

use std::{path::Path, process::ExitCode};

use clap::Subcommand;
use locket_image::pack::EMBEDDED_WIT;
use locket_policy_lang::{Checked, Vocabulary};
use miette::{IntoDiagnostic as _, Result, WrapErr as _};

use crate::{diagnostics, files, images::ImageFolder};

/// Check a policy, or ask it
#[derive(Subcommand)]
pub enum Command {
    Check(check::Options),
    Explain(explain::Options),
}

pub fn run(command: &Command) -> Result<ExitCode> {
    match command {
        Command::Check(options) => check::run(options),
        Command::Explain(options) => explain::run(options),
    }
}

/// Reads, checks and compiles a policy with the images that it names; warnings go to standard error.
pub fn load(path: &Path, images: &ImageFolder) -> Result<Checked> {
    images.check()?;
    let text = files::read_text(path, "a policy file")?;
    let checked = locket_policy_lang::check(path, &text, &vocabulary()?, images)?;
    checked.warnings().iter().for_each(|warning| diagnostics::write(warning));
    Ok(checked)
}

/// The words of Locket's own WIT.
fn vocabulary() -> Result<Vocabulary> {
    let model = locket_bindgen::model::load_embedded(EMBEDDED_WIT);
    Ok(Vocabulary::new(model.into_diagnostic().wrap_err("Locket's own WIT is wrong")?))
}
