//! `cargo xtask demo`: the greenhouse, from guest sources to running containers.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::{cargo, root, setup};

#[derive(Args)]
pub struct Options {
    /// How long to let the containers run
    #[arg(long = "for", value_name = "DURATION", default_value = "12s")]
    duration: String,
    /// Print every call of every container
    #[arg(long)]
    trace: bool,
    /// Print events as JSON, one a line
    #[arg(long)]
    json: bool,
}

/// Containers of the demo, each one crate of the examples' workspace.
const CONTAINERS: [&str; 3] = ["soil", "valve", "intruder"];

pub fn run(options: &Options) -> Result<()> {
    let images = build()?;
    let mut start = locket();
    start.arg("run").arg(policy()).arg("--images").arg(&images);
    start.args(["--for", &options.duration]);
    if options.trace {
        start.arg("--trace");
    }
    if options.json {
        start.arg("--json");
    }
    crate::run(&mut start)
}

/// The greenhouse's policy.
pub fn policy() -> PathBuf {
    root().join("examples/greenhouse/greenhouse.toml")
}

/// Builds, packs and signs the containers; the folder of their images.
pub fn build() -> Result<PathBuf> {
    setup::c_compiler()?;
    setup::guest_target()?;
    let examples = root().join("examples");
    let target = root().join("target");
    let images = target.join("greenhouse");
    let guests = target.join("guests/examples");
    let mut build = cargo();
    build.current_dir(&examples).args(["build", "--release", "--target", setup::GUEST_TARGET, "--target-dir"]);
    crate::run(build.arg(&guests))?;
    let mut build = cargo();
    crate::run(build.args(["build", "--release", "--package", "locket-cli", "--target-dir"]).arg(&target))?;
    std::fs::create_dir_all(&images)?;
    for name in CONTAINERS {
        let module = guests.join(setup::GUEST_TARGET).join("release").join(format!("{name}.wasm"));
        let mut build = locket();
        build.arg("build").arg(&module).arg("--output").arg(images.join(format!("{name}.wasm")));
        build.args(["--name", name, "--version", "0.1.0", "--key"]).arg(examples.join("greenhouse/keys/demo.key"));
        crate::run(&mut build)?;
    }
    Ok(images)
}

/// The `locket` command that [`build`] has built.
pub fn locket() -> Command {
    let mut command = Command::new(root().join("target/release/locket"));
    command.current_dir(root());
    command
}
