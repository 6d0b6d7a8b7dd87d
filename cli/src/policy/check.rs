//! `locket policy check`: is the policy right, and do its images fit it?

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use miette::Result;

use crate::{images::ImageFolder, units};

const EXAMPLES: &str = "\
Examples:
  locket policy check greenhouse.toml
  locket policy check greenhouse.toml --images target/images";

/// Check a policy against the interfaces, the board and the images that it names
///
/// Finds every mistake at once: unknown names, rights that an interface lacks, imports without a grant, images that
/// nobody trusted signed, channels that nobody reads, memory that does not fit.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The policy file
    #[arg(value_name = "POLICY")]
    policy: PathBuf,
    /// Where to look for images, besides the policy's own folder; may be given more than once
    #[arg(long, value_name = "DIR")]
    images: Vec<PathBuf>,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let checked = super::load(&options.policy, &ImageFolder::new(&options.images))?;
    let policy = checked.policy();
    println!("{}: {} (epoch {}) is right", options.policy.display(), policy.device(), policy.epoch());
    for container in checked.containers() {
        let image = &container.image;
        println!("  container {}: {} {}, {}", container.name, image.name, image.version, image.path.display());
    }
    println!("  compiled  {}", units::show(checked.bytes().len()));
    Ok(ExitCode::SUCCESS)
}
