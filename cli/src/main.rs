//! The `locket` command: from a WebAssembly module to a signed image, and from a policy file to an answer.
//!
//! Each subcommand is one module with its options and a `run` function. They say what they did on standard output and
//! what to think about on standard error. Exit code 0 is success, 2 is input that was refused: then no file was
//! written or changed, and nothing started. `run` has exit code 1 too: the containers ended, and one had failed.
#![forbid(unsafe_code)]

mod build;
mod bundle;
mod diagnostics;
mod files;
mod images;
mod inspect;
mod keygen;
mod new;
mod policy;
mod run;
mod sdk;
mod units;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

const EXAMPLES: &str = "\
A first image, from a Rust crate to a verified file:
  cargo build --release --target wasm32-unknown-unknown
  locket keygen acme.key
  locket build target/wasm32-unknown-unknown/release/soil.wasm \\
      -o soil.wasm --version 0.1.0 --key acme.key
  locket verify soil.wasm --signer ed25519:…

Exit codes: 0 done, 1 a container that was run failed, 2 refused (nothing was written or started).";

/// Packs programs into signed images, checks the policies that bind them, and runs them
#[derive(Parser)]
#[command(name = "locket", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Keygen(keygen::Options),
    Build(build::Options),
    Inspect(inspect::Options),
    Verify(verify::Options),
    #[command(subcommand)]
    Policy(policy::Command),
    Bundle(bundle::Options),
    Run(run::Options),
    #[command(subcommand)]
    Sdk(sdk::Command),
    New(new::Options),
}

fn main() -> ExitCode {
    diagnostics::install();
    let result = match Arguments::parse().command {
        Command::Keygen(options) => keygen::run(&options),
        Command::Build(options) => build::run(&options),
        Command::Inspect(options) => inspect::run(&options),
        Command::Verify(options) => verify::run(&options),
        Command::Policy(command) => policy::run(&command),
        Command::Bundle(options) => bundle::run(&options),
        Command::Run(options) => run::run(&options),
        Command::Sdk(command) => sdk::run(&command),
        Command::New(options) => new::run(&options),
    };
    result.unwrap_or_else(|refusal| {
        eprintln!("{refusal:?}");
        ExitCode::from(2)
    })
}
