//! `locket build`: from a module or component to a signed image.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use locket_image::{
    Image,
    pack::{PackOptions, Packed, SigningKey, Wit, WitError, pack},
};
use miette::{MietteDiagnostic, Result, miette};

use crate::{diagnostics, files, units};

const EXAMPLES: &str = "\
Examples:
  locket build release/soil.wasm -o images/soil.wasm --version 0.1.0 --key acme.key
  locket build pump.component.wasm -o pump.wasm --name pump --version 2.1.0 --key acme.key
  locket build rocket.wasm -o image.wasm --version 1.0.0 --key acme.key \\
      --wit acme/wit --world acme:rocket/rocket

The image is a WebAssembly module: the input's, smaller, with a manifest and a signature at its
end. Equal inputs and equal keys make equal images.";

const WIT_HELP: &str = "give a folder that holds WIT packages, each in a folder of its own";

/// Make a signed image of a WebAssembly module or component
///
/// Checks that the module fits its world and imports only what Locket has, leaves out what a device does not need, and
/// says why its memory is larger than it might be.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The core module, or a component that was made of one
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    /// Where to write the image
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// What policies call the image: lower-case letters, digits, hyphens [default: the input's file name]
    #[arg(long)]
    name: Option<String>,
    /// The image's semantic version, such as 0.1.0
    #[arg(long = "version", value_name = "VERSION")]
    image_version: String,
    /// The private key to sign with, from `locket keygen`
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The world to check the module against [default: the one that the module carries, else locket:worlds/container]
    #[arg(long, value_name = "WORLD")]
    world: Option<String>,
    /// A folder of WIT packages beside Locket's own
    #[arg(long, value_name = "DIR")]
    wit: Option<PathBuf>,
    /// Interpreter stack that the program needs, such as "2 KiB" [default: left to the policy]
    #[arg(long, value_name = "SIZE", value_parser = units::bytes)]
    stack: Option<u32>,
    /// Keep function names and the list of tools, for debugging
    #[arg(long)]
    keep_names: bool,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let input = files::read(&options.input, "a WebAssembly module or component")?;
    let key = read_key(&options.key)?;
    let wit = read_wit(options.wit.as_deref())?;
    let pack_options = PackOptions {
        name: options.name.clone().unwrap_or_else(|| name_of(&options.input)),
        version: options.image_version.clone(),
        world: options.world.clone(),
        stack: options.stack.unwrap_or(0),
        keep_names: options.keep_names,
    };
    let shown = options.input.display();
    let packed = pack(&input, &wit, &pack_options).map_err(|error| {
        let refusal = MietteDiagnostic::new(format!("{shown}: {error}"));
        error.help().map_or(refusal.clone(), |help| refusal.with_help(help))
    })?;
    let image = key.sign(&packed.unsigned).map_err(|error| miette!("{shown}: {error}"))?;
    // What is written has passed the check that devices make.
    let parsed = Image::parse(&image).map_err(|error| miette!("{shown}: a device would refuse the image: {error}"))?;
    for warning in &packed.warnings {
        diagnostics::warn(format!("{shown}: {warning}"), warning.help());
    }
    files::write(&options.output, &image)?;
    report(&options.output, &input, &packed, &parsed);
    Ok(ExitCode::SUCCESS)
}

fn report(output: &Path, input: &[u8], packed: &Packed, image: &Image<'_>) {
    println!("{}: {image}, {}", output.display(), units::show(image.bytes().len()));
    println!("  module    {} of {}", units::show(packed.module_len), units::show(input.len()));
    println!("  memory    {}", crate::images::memory(packed.memory));
    println!("  world     {}", packed.world);
    for (from, to) in &packed.renamed {
        println!("  renamed   {from} to {to}");
    }
    println!("  signed by key {}", image.signer());
    println!("  digest    {}", image.digest());
}

/// `soil_sensor.wasm` → `soil-sensor`
fn name_of(input: &Path) -> String {
    let stem = input.file_name().unwrap_or_default().to_string_lossy();
    let stem = stem.split('.').next().unwrap_or_default();
    stem.replace('_', "-")
}

fn read_key(path: &Path) -> Result<SigningKey> {
    let text = files::read_text(path, "a private key, as `locket keygen` makes it")?;
    SigningKey::from_text(&text).map_err(|error| {
        miette!(
            help = "`locket keygen FILE` makes a key; give that file, not the public key",
            "{}: {error}",
            path.display()
        )
    })
}

fn read_wit(folder: Option<&Path>) -> Result<Wit> {
    if let Some(folder) = folder
        && !folder.is_dir()
    {
        return Err(miette!(help = WIT_HELP, "{}: there is no such folder", folder.display()));
    }
    folder.map_or_else(Wit::embedded, Wit::with_folder).map_err(|error| match &error {
        WitError::Nothing { folder } => {
            miette!(help = WIT_HELP, "{}: there are no `.wit` files in it", folder.display())
        }
        WitError::Read { path, source } => miette!("{} cannot be read: {source}", path.display()),
        _ => miette!("{error}"),
    })
}
