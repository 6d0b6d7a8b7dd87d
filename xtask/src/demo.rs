//! `cargo xtask demo`: the greenhouse, from guest sources to running containers.

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
    setup::c_compiler()?;
    setup::guest_target()?;
    let examples = root().join("examples");
    let greenhouse = examples.join("greenhouse");
    let images = root().join("target/greenhouse");
    let target = root().join("target");
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
        build.args(["--name", name, "--version", "0.1.0", "--key"]).arg(greenhouse.join("keys/demo.key"));
        crate::run(&mut build)?;
    }
    let mut start = locket();
    start.arg("run").arg(greenhouse.join("greenhouse.toml")).arg("--images").arg(&images);
    start.args(["--for", &options.duration]);
    if options.trace {
        start.arg("--trace");
    }
    if options.json {
        start.arg("--json");
    }
    crate::run(&mut start)
}

fn locket() -> std::process::Command {
    let mut command = std::process::Command::new(root().join("target/release/locket"));
    command.current_dir(root());
    command
}
