//! `cargo xtask size`: what the firmware takes of flash, RAM and processor.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::{cargo, microcontroller, setup};

#[derive(Args)]
pub struct Options {
    /// Write all numbers to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Print what has changed since this file was written with --json
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Only one of WAMR's interpreters
    #[arg(long)]
    interpreter: Option<Interpreter>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Interpreter {
    Fast,
    Classic,
}

pub fn run(options: &Options) -> Result<()> {
    let mut words: Vec<OsString> = Vec::new();
    for (option, file) in [("--json", &options.json), ("--against", &options.against)] {
        if let Some(file) = file {
            // The report is made in the workspace's root, wherever this is called.
            let file = std::path::absolute(file).with_context(|| format!("{option} {}", file.display()))?;
            words.extend([option.into(), file.into()]);
        }
    }
    if let Some(interpreter) = options.interpreter {
        let name = match interpreter {
            Interpreter::Fast => "fast",
            Interpreter::Classic => "classic",
        };
        words.extend(["--interpreter".into(), name.into()]);
    }
    setup::c_compiler()?;
    setup::guest_target()?;
    microcontroller::tools()?;
    crate::run(cargo().args(["run", "--quiet", "--package", "locket-on-target", "--bin", "size", "--"]).args(words))
}
