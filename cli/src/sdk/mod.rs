//! `locket sdk`: what guests are written against.

pub mod folder;
mod generate;
pub mod wit;

use std::process::ExitCode;

use clap::Subcommand;
use miette::Result;

pub use generate::{Language, name};

/// Generate what guests are written against
#[derive(Subcommand)]
pub enum Command {
    Generate(generate::Options),
}

pub fn run(command: &Command) -> Result<ExitCode> {
    match command {
        Command::Generate(options) => generate::run(options),
    }
}
