//! What a fresh machine lacks: rustup targets are added here, anything else is named in one clear line.

use std::process::Command;

use anyhow::{Context, Result, bail};

/// Target of every guest.
pub const GUEST_TARGET: &str = "wasm32-unknown-unknown";
/// Targets for which the `no_std` rooms must build.
pub const DEVICE_TARGETS: [&str; 2] = ["thumbv7m-none-eabi", "riscv32imc-unknown-none-elf"];

/// Makes sure that guests can be built.
pub fn guest_target() -> Result<()> {
    target(GUEST_TARGET)
}

/// Makes sure that the `no_std` rooms can be built for devices.
pub fn device_targets() -> Result<()> {
    DEVICE_TARGETS.into_iter().try_for_each(target)
}

/// Makes sure of a C compiler, which WAMR is built with.
pub fn c_compiler() -> Result<()> {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    match Command::new(&compiler).arg("--version").output() {
        Ok(output) if output.status.success() => Ok(()),
        _ => bail!("no C compiler: `{compiler} --version` does not run. Install gcc or clang, or set CC to one"),
    }
}

/// Makes sure of a compile target.
pub fn target(name: &str) -> Result<()> {
    let missing = "rustup is needed to add compile targets: install Rust through rustup, or add the target yourself";
    let installed = Command::new("rustup").args(["target", "list", "--installed"]).output().context(missing)?;
    if String::from_utf8_lossy(&installed.stdout).lines().any(|line| line == name) {
        return Ok(());
    }
    eprintln!("xtask: adding the Rust target {name} (rustup target add {name})");
    let status = Command::new("rustup").args(["target", "add", name]).status().context(missing)?;
    if !status.success() {
        bail!("`rustup target add {name}` failed ({status})");
    }
    Ok(())
}
