//! What the firmware for microcontrollers needs of a machine.

use std::process::Command;

use anyhow::{Result, bail};

use crate::setup;

/// Target of the firmware.
const TARGET: &str = "thumbv7m-none-eabi";
/// The emulator that it runs in.
const EMULATOR: &str = "qemu-system-arm";
/// The C compiler for its processor.
const COMPILER: &str = "arm-none-eabi-gcc";

/// Makes sure that the firmware for microcontrollers can be built and run: its Rust target, a C compiler with newlib,
/// and QEMU. Missing packages are installed where that can be done without asking: as root, with `apt-get`.
pub fn tools() -> Result<()> {
    setup::target(TARGET)?;
    let missing = missing_packages();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    if !is_root() || !starts("apt-get", "--version") {
        bail!(
            "tests on a microcontroller need {EMULATOR}, and {COMPILER} with newlib. Install what is missing \
             (on Debian and Ubuntu: `apt-get install {packages}`)"
        );
    }
    eprintln!("xtask: installing {packages} (apt-get install {packages})");
    let apt = |words: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(["--yes", "--quiet"]).args(words);
        crate::run(&mut command)
    };
    apt(&["update"])?;
    apt(&[&["install", "--no-install-recommends"], missing.as_slice()].concat())?;
    match missing_packages().as_slice() {
        [] => Ok(()),
        missing => bail!("`apt-get install {packages}` did not bring what {} should have", missing.join(" ")),
    }
}

/// Debian's names of what the firmware needs and this machine lacks.
fn missing_packages() -> Vec<&'static str> {
    let mut packages = Vec::new();
    if !starts(EMULATOR, "--version") {
        packages.push("qemu-system-arm");
    }
    if !starts(COMPILER, "--version") {
        packages.push("gcc-arm-none-eabi");
    }
    // The compiler tells the whole path of a library that it finds, and only the name of one that it does not.
    let library = ["-mcpu=cortex-m3", "-mthumb", "-print-file-name=libc_nano.a"];
    let found = Command::new(COMPILER).args(library).output();
    if !found.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains('/')) {
        packages.push("libnewlib-arm-none-eabi");
    }
    packages
}

fn starts(program: &str, argument: &str) -> bool {
    Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
