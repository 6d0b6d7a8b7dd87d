//! `locket bundle`: a device's policy and images as one file for its flash.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use locket_image::pack;
use miette::{Result, miette};

use crate::{files, images, units};

const EXAMPLES: &str = "\
Examples:
  locket bundle greenhouse.toml --images target/images -o greenhouse.bundle
  west build -b mps2/an385 zephyr/app -- -DCONFIG_LOCKET_BUNDLE=\\\"$PWD/greenhouse.bundle\\\"

The bundle holds the compiled policy and one image for each container. The device checks all of it
again: each image's signature, name and version, and that the policy grants what it imports.";

/// Put a policy and its images into one file for a device's flash
///
/// Checks the policy and verifies every image first; nothing is written if anything is wrong. Equal inputs make equal
/// bundles.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The policy file
    #[arg(value_name = "POLICY")]
    policy: PathBuf,
    /// Where to look for images, besides the policy's own folder; may be given more than once
    #[arg(long, value_name = "DIR")]
    images: Vec<PathBuf>,
    /// Where to write the bundle
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let checked = crate::policy::load(&options.policy, &images::ImageFolder::new(&options.images))?;
    let files = images::read_all(&checked)?;
    let parts: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    let bundle = pack::bundle(checked.bytes(), &parts)
        .ok_or_else(|| miette!("{}: the images are larger than the 4 GiB of a bundle", options.policy.display()))?;
    files::write(&options.output, &bundle)?;
    println!("{}: {}", options.output.display(), units::show(bundle.len()));
    println!("  policy    {}", units::show(checked.bytes().len()));
    for (container, file) in checked.containers().iter().zip(&files) {
        let image = &container.image;
        println!("  {:<9} {}@{}, {}", container.name, image.name, image.version, units::show(file.len()));
    }
    Ok(ExitCode::SUCCESS)
}
