//! What Zephyr's build needs and cargo does not bring: one clear line for each thing that is missing.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::zephyr::Board;

/// A C toolchain of Zephyr's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Toolchain {
    /// The machine's own compiler.
    Host,
    /// The Zephyr SDK or whatever `ZEPHYR_TOOLCHAIN_VARIANT` says, or else `arm-none-eabi-gcc` with picolibc.
    Arm,
}

impl Toolchain {
    /// Chooses it for a command of Zephyr's build.
    pub fn apply(self, command: &mut Command) {
        if self == Self::Host {
            command.env("ZEPHYR_TOOLCHAIN_VARIANT", "host");
        } else if !is_chosen() {
            let compiler = find("arm-none-eabi-gcc").unwrap_or_default();
            let prefix = compiler.to_string_lossy().trim_end_matches("gcc").to_owned();
            command.env("ZEPHYR_TOOLCHAIN_VARIANT", "cross-compile").env("CROSS_COMPILE", prefix);
            if command.get_program() == "cmake" {
                command.arg("-DTOOLCHAIN_HAS_PICOLIBC=ON");
            }
        }
    }
}

/// Whether the environment says which toolchain Zephyr is to use.
fn is_chosen() -> bool {
    ["ZEPHYR_TOOLCHAIN_VARIANT", "ZEPHYR_SDK_INSTALL_DIR"].iter().any(|name| env::var_os(name).is_some())
}

/// Fails, after a line for each thing that is missing for `boards`.
pub fn check(boards: &[Board]) -> Result<()> {
    let mut missing = Vec::new();
    match env::var_os("ZEPHYR_BASE").map(PathBuf::from) {
        None => missing.push(
            "ZEPHYR_BASE is not set: set it to a Zephyr tree (3.7 or later), and ZEPHYR_MODULES to the modules that \
             the boards need, unless the tree is part of a west workspace"
                .to_owned(),
        ),
        Some(base) if !base.join("VERSION").is_file() => {
            missing.push(format!("ZEPHYR_BASE is {}, where no Zephyr is", base.display()));
        }
        Some(_) => {}
    }
    let arm = boards.iter().any(|board| board.toolchain() == Toolchain::Arm) && !is_chosen();
    let tools = [
        ("cmake", true, "cmake 3.20 or later"),
        ("ninja", true, "ninja"),
        ("dtc", true, "the device tree compiler, dtc"),
        ("python3", true, "python 3.10 or later"),
        ("arm-none-eabi-gcc", arm, "the Zephyr SDK, or gcc and picolibc for arm-none-eabi"),
        ("qemu-system-arm", boards.iter().any(|board| board.is_emulated()), "qemu-system-arm"),
    ];
    for (tool, needed, install) in tools {
        if needed && find(tool).is_none() {
            missing.push(format!("`{tool}` is missing: install {install}"));
        }
    }
    if find("python3").is_some() {
        for (module, package) in [("elftools", "pyelftools"), ("yaml", "pyyaml"), ("pykwalify", "pykwalify")] {
            let found = Command::new("python3").args(["-c", &format!("import {module}")]).output();
            if !found.is_ok_and(|output| output.status.success()) {
                missing.push(format!("python's `{module}` is missing: pip install {package}"));
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!("what Zephyr's build needs is not all there\n  {}", missing.join("\n  "))
}

/// Where a program is.
fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}
