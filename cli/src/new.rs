//! `locket new`: a project to start from.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use locket_sdk_generator::{DEFAULT_WORLD, generate, project};
use miette::{Result, miette};

use crate::sdk::{Language, folder, name, wit};

const EXAMPLES: &str = "\
Examples:
  locket new --lang zig blinker
  locket new --lang c containers/blinker

The project's README says how to build it and what its policy needs.";

/// Make a project with a first container, which the language's own tool builds
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The container's language
    #[arg(long, value_enum)]
    lang: Language,
    /// The project's folder, a new one; its last part is the container's name
    #[arg(value_name = "NAME")]
    folder: PathBuf,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let called = options.folder.file_name().unwrap_or_default().to_string_lossy();
    let called = name(&called).map_err(|reason| miette!("{}: {reason}", options.folder.display()))?;
    let language = options.lang.into();
    let sdk = generate(language, &wit::files(None)?, DEFAULT_WORLD, "locket").map_err(|error| miette!("{error}"))?;
    folder::write_new(&options.folder, &project(language, &called), ("sdk", &sdk))?;
    println!("{}: a container that says hello; its README.md says how to build it", options.folder.display());
    Ok(ExitCode::SUCCESS)
}
