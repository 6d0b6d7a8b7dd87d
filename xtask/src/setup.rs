//! What a fresh machine lacks: rustup targets are added here, Zig is installed below `target/`, anything else is named in
//! one clear line.

use std::path::{Path, PathBuf};
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

/// The Zig release, out of the Python package of the same name, that C and Zig guests are tested with.
const ZIG: &str = "ziglang==0.17.1";

/// Makes sure that guests can be built in every language.
pub fn languages() -> Result<()> {
    guest_target()?;
    zig()?;
    needed("cmake", "--version", "CMake, for guests in C: install the package `cmake`")?;
    needed("go", "version", "Go, for guests in Go: install 1.24 or newer from https://go.dev/dl")
}

fn needed(program: &str, argument: &str, what: &str) -> Result<()> {
    match Command::new(program).arg(argument).output() {
        Ok(output) if output.status.success() => Ok(()),
        _ => bail!("`{program} {argument}` does not run. It is {what}"),
    }
}

/// Puts the Zig compiler, which is the C compiler of guests too, under `target/toolchains/zig`. Where that does not go,
/// one on the PATH will do.
fn zig() -> Result<()> {
    let place = crate::root().join("target/toolchains/zig");
    let zig = place.join("zig");
    if runs(&zig) {
        return Ok(());
    }
    eprintln!("xtask: installing {ZIG} into {}", place.display());
    let installed = install_zig(&place, &zig);
    if installed.is_ok() || runs(Path::new("zig")) {
        return Ok(());
    }
    installed.context("no Zig, for guests in C and Zig: install Python 3 with venv, or put `zig` 0.17 on the PATH")
}

fn runs(zig: &Path) -> bool {
    Command::new(zig).arg("version").output().is_ok_and(|output| output.status.success())
}

fn install_zig(place: &Path, zig: &Path) -> Result<()> {
    crate::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(place))?;
    let python = place.join("bin/python3");
    crate::run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ZIG]))?;
    let find = "import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), 'zig'))";
    let found = Command::new(&python).args(["-c", find]).output().context("python3 does not run")?;
    let found = PathBuf::from(String::from_utf8_lossy(&found.stdout).trim());
    #[cfg(unix)]
    std::os::unix::fs::symlink(&found, zig).with_context(|| format!("{} cannot be linked", found.display()))?;
    #[cfg(not(unix))]
    let _ = zig;
    if !runs(&found) {
        bail!("{} does not run", found.display());
    }
    Ok(())
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
