//! `locket keygen`: a key pair to sign images with.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use locket_image::pack::SigningKey;
use miette::{Result, miette};

use crate::files;

const EXAMPLES: &str = "\
Examples:
  locket keygen acme.key

What it prints goes into a policy:
  [signers]
  acme = \"ed25519:…\"

Whoever has the private key can sign in your name: keep the file out of repositories, and out of
backups that others read.";

/// Make a key to sign images with
///
/// Writes the private key into a new file that only you can read, and prints the public key.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The file for the private key; it must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let key = SigningKey::generate()
        .map_err(|error| miette!("the operating system gives no random numbers for a key: {error}"))?;
    files::write_secret(&options.file, key.to_text().as_bytes())?;
    println!("{}", key.public());
    Ok(ExitCode::SUCCESS)
}
