//! `locket inspect`: what an image says of itself.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use locket_image::{Image, Import};
use miette::Result;
use serde_json::{Value, json};

use crate::{files, images, units};

const EXAMPLES: &str = "\
Examples:
  locket inspect soil.wasm
  locket inspect soil.wasm --json | jq -r .digest

The manifest is compared with the module. The signature is not checked: that takes a key, and
`locket verify`.";

/// Show what an image is, needs and imports
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The image
    #[arg(value_name = "IMAGE")]
    image: PathBuf,
    /// Write JSON, for programs
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let bytes = files::read(&options.image, "an image, as `locket build` makes it")?;
    let image = images::parse(&options.image, &bytes)?;
    if options.json {
        println!("{:#}", as_json(&image));
    } else {
        show(&image);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(image: &Image<'_>) {
    let manifest = image.manifest();
    println!("{image}");
    println!("  digest     {}", image.digest());
    println!("  signed by  {} (not checked; `locket verify` does)", image.signer());
    println!("  world      {}", manifest.world);
    println!("  file       {}", units::show(image.bytes().len()));
    println!("  module     {}", units::show(image.module_bytes().len()));
    println!("  memory     {}", images::memory(manifest.memory));
    match usize::try_from(manifest.stack) {
        Ok(0) | Err(_) => println!("  stack      left to the policy"),
        Ok(stack) => println!("  stack      {}", units::show(stack)),
    }
    println!("  imports");
    for interface in &manifest.imports {
        println!("    {interface}");
        for import in functions(image, interface) {
            println!("      {} {}", import.field, import.ty);
        }
    }
    println!("  exports");
    for interface in &manifest.exports {
        println!("    {interface}");
    }
}

fn as_json(image: &Image<'_>) -> Value {
    let manifest = image.manifest();
    let function = |import: Import<'_>| json!({ "name": import.field, "type": import.ty.to_string() });
    let import = |interface: &&str| {
        let functions: Vec<Value> = functions(image, interface).map(function).collect();
        json!({ "interface": interface, "functions": functions })
    };
    json!({
        "name": manifest.name,
        "version": manifest.version,
        "digest": image.digest().to_string(),
        "signer": image.signer().to_string(),
        "world": manifest.world,
        "size": { "file": image.bytes().len(), "module": image.module_bytes().len() },
        "memory": { "initial": manifest.memory.initial, "maximum": manifest.memory.maximum },
        "stack": manifest.stack,
        "imports": manifest.imports.iter().map(import).collect::<Vec<_>>(),
        "exports": manifest.exports.as_slice(),
    })
}

fn functions<'a>(image: &Image<'a>, interface: &str) -> impl Iterator<Item = Import<'a>> {
    image.imports().filter(move |import| import.module == interface)
}
