//! `locket sdk generate`: from WIT to a package in a guest's language.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, ValueEnum};
use locket_sdk_generator::{DEFAULT_WORLD, Error, generate};
use miette::{Result, miette};

use super::{folder, wit};

const EXAMPLES: &str = "\
Examples:
  locket sdk generate --lang zig --output sdk
  locket sdk generate --lang c --output sdk --wit acme/wit --world acme:rocket/rocket

The package has the bindings of every interface of the world, and what a small guest needs beside
them: memory, entry point, log. An interface that a guest does not use is no import of its module.";

/// Generate the package that guests in a language are written against
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The guests' language
    #[arg(long, value_enum)]
    lang: Language,
    /// The package's folder: a new one, or one that this command wrote before
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// A folder of WIT packages beside Locket's own
    #[arg(long, value_name = "DIR")]
    wit: Option<PathBuf>,
    /// The world to generate for
    #[arg(long, default_value = DEFAULT_WORLD)]
    world: String,
    /// What guests call the package: lower-case letters, digits, hyphens
    #[arg(long, default_value = "locket", value_parser = name)]
    name: String,
}

/// A language of guests
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// A Cargo crate, without the standard library
    Rust,
    /// A header and sources, built with `cmake`, without a C library
    C,
    /// A Go module
    Go,
    /// A Zig package
    Zig,
}

impl From<Language> for locket_sdk_generator::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Rust => Self::Rust,
            Language::C => Self::C,
            Language::Go => Self::Go,
            Language::Zig => Self::Zig,
        }
    }
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let files = wit::files(options.wit.as_deref())?;
    let package =
        generate(options.lang.into(), &files, &options.world, &options.name).map_err(|error| refused(&error))?;
    folder::write(&options.output, &package)?;
    let count = package.files().count();
    println!("{}: {count} files for `{}`", options.output.display(), options.world);
    Ok(ExitCode::SUCCESS)
}

fn refused(error: &Error) -> miette::Report {
    match error {
        Error::UnknownWorld { .. } => {
            miette!(help = "give one of them, or the folder of your own with --wit", "{error}")
        }
        Error::Unsupported { .. } => miette!(help = "leave it out of the world", "{error}"),
        _ => miette!("{error}"),
    }
}

/// A name that every language takes for a package.
pub fn name(text: &str) -> Result<String, String> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fits = text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(letters) && !text.ends_with('-');
    if fits { Ok(text.to_owned()) } else { Err("a name has lower-case letters, digits and hyphens".to_owned()) }
}
