//! `cargo xtask test`: everything that must hold, in the order in which a failure is cheapest.

use anyhow::Result;
use clap::Args;

use crate::{cargo, microcontroller, setup};

#[derive(Args)]
pub struct Options {
    /// Leave out the builds for bare metal, and the microcontroller in QEMU
    #[arg(long)]
    host_only: bool,
}

/// The crates that run on a device.
const DEVICE_CRATES: [&str; 8] = [
    "locket-abi",
    "locket-policy",
    "locket-image",
    "locket-kernel",
    "locket-system",
    "locket-gpio",
    "locket-ipc",
    "locket-storage",
];

pub fn run(options: &Options) -> Result<()> {
    setup::c_compiler()?;
    setup::languages()?;
    let mut test = cargo();
    test.args(["test", "--workspace"]);
    if options.host_only {
        // Their firmware needs a compiler and an emulator for microcontrollers.
        test.args(["--exclude", "locket-on-target"]);
    } else {
        microcontroller::tools()?;
    }
    crate::run(&mut test)?;
    for manifest in ["guest-sdks/rust/Cargo.toml", "examples/greenhouse/reading/Cargo.toml"] {
        crate::run(cargo().args(["test", "--manifest-path", manifest]))?;
    }
    // The classic interpreter is the one a device without RAM for decoded code would choose.
    crate::run(cargo().args([
        "test",
        "--package",
        "locket-engine",
        "--no-default-features",
        "--features",
        "std,classic-interp",
    ]))?;
    if !options.host_only {
        setup::device_targets()?;
        for target in setup::DEVICE_TARGETS {
            let mut build = cargo();
            build.args(["build", "--target", target]);
            for name in DEVICE_CRATES {
                build.args(["--package", name]);
            }
            crate::run(&mut build)?;
        }
    }
    Ok(())
}
