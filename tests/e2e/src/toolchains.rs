//! Compilers of guests other than Rust's: where they are, or one line that says what to do about it.
//!
//! `cargo xtask test` puts what can be installed without asking under `target/toolchains`; the rest is the machine's.

use std::path::PathBuf;
use std::process::Command;

use crate::guests::root;

/// The Zig compiler, which is the C compiler of guests too.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn zig() -> PathBuf {
    let installed = root().join("target/toolchains/zig/zig");
    let zig = if installed.exists() { installed } else { PathBuf::from("zig") };
    let found = Command::new(&zig).arg("version").output().is_ok_and(|output| output.status.success());
    assert!(found, "Zig is missing: `cargo xtask test` installs it (or put a `zig` of version 0.17 on the PATH)");
    zig
}

/// The Go compiler.
///
/// # Panics
/// If there is none, or it is too old to export functions.
#[must_use]
pub fn go() -> PathBuf {
    let version = Command::new("go").arg("version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let minor = version.split("go1.").nth(1).and_then(|rest| rest.split(['.', ' ']).next());
    let exports = minor.and_then(|minor| minor.parse::<u32>().ok()).is_some_and(|minor| minor >= 24);
    assert!(exports, "Go is missing or older than 1.24: install it from https://go.dev/dl, so that `go version` runs");
    PathBuf::from("go")
}

/// `CMake`.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn cmake() -> PathBuf {
    let found = Command::new("cmake").arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(found, "CMake is missing: install the package `cmake`, so that `cmake --version` runs");
    PathBuf::from("cmake")
}
