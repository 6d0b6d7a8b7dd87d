//! `cargo xtask lint`: formatting, lints, documentation, dependencies.

use anyhow::{Result, bail};

use crate::cargo;

/// Workspaces of guests, which the main workspace excludes.
pub const GUEST_WORKSPACES: [&str; 3] = ["examples", "guest-sdks/rust", "tests/guests"];

pub fn run() -> Result<()> {
    crate::setup::guest_target()?;
    crate::run(cargo().args(["fmt", "--all", "--check"]))?;
    for workspace in GUEST_WORKSPACES {
        let folder = crate::root().join(workspace);
        crate::run(cargo().current_dir(&folder).args(["fmt", "--all", "--check"]))?;
        // Not `--all-targets`: a guest's test harness would need the standard library.
        crate::run(cargo().current_dir(&folder).args(["clippy", "--", "-D", "warnings"]))?;
    }
    // The firmware is for another target, and its own C compiler builds WAMR.
    crate::microcontroller::tools()?;
    let firmware = crate::root().join("tests/on-target/firmware");
    crate::run(cargo().current_dir(&firmware).args(["fmt", "--all", "--check"]))?;
    crate::run(cargo().current_dir(&firmware).args(["clippy", "--", "-D", "warnings"]))?;
    crate::run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    crate::run(cargo().env("RUSTDOCFLAGS", "-D warnings").args(["doc", "--workspace", "--no-deps"]))?;
    dependencies()
}

/// Licences, sources and bans always; advisories where their database can be reached.
fn dependencies() -> Result<()> {
    if !cargo().args(["deny", "--version"]).output().is_ok_and(|output| output.status.success()) {
        bail!("cargo-deny is missing: `cargo install --locked cargo-deny`")
    }
    crate::run(cargo().args(["deny", "check", "bans", "licenses", "sources"]))?;
    if cargo().args(["deny", "fetch", "db"]).output().is_ok_and(|output| output.status.success()) {
        crate::run(cargo().args(["deny", "check", "advisories"]))
    } else {
        eprintln!("xtask: the advisory database cannot be reached; advisories are not checked");
        Ok(())
    }
}
