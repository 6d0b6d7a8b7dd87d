//! Guest modules, built from source.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Target of every guest.
const TARGET: &str = "wasm32-unknown-unknown";

/// The module of a guest in `tests/guests`, by its crate's name.
///
/// # Panics
/// If it cannot be built: a test without its guest has nothing to say.
#[must_use]
pub fn module(name: &str) -> Vec<u8> {
    built("tests/guests", name)
}

/// The module of a container in `examples`, by its crate's name.
///
/// # Panics
/// As [`module`].
#[must_use]
pub fn example(name: &str) -> Vec<u8> {
    built("examples", name)
}

/// The module in `tests/guests/wat/NAME.wat`.
///
/// # Panics
/// If there is none, or it is not one.
#[must_use]
pub fn wat(name: &str) -> Vec<u8> {
    let path = root().join("tests/guests/wat").join(format!("{name}.wat"));
    wat::parse_file(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The workspace's root folder.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(PathBuf::from).unwrap_or_default()
}

fn built(workspace: &'static str, name: &str) -> Vec<u8> {
    let path = build(workspace).join(format!("{}.wasm", name.replace('-', "_")));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Builds a workspace of guests once per process, and returns where its modules are.
fn build(workspace: &'static str) -> PathBuf {
    static BUILT: OnceLock<Mutex<HashMap<&'static str, PathBuf>>> = OnceLock::new();
    let mut built = BUILT.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    built
        .entry(workspace)
        .or_insert_with(|| {
            let folder = root().join(workspace);
            let target = root().join("target/guests").join(workspace.replace('/', "-"));
            // In the guests' own folder, so that their own linker settings are found.
            let status = Command::new(env!("CARGO"))
                .current_dir(&folder)
                .args(["build", "--quiet", "--release", "--target", TARGET, "--target-dir"])
                .arg(&target)
                .env_remove("RUSTFLAGS")
                .env_remove("CARGO_ENCODED_RUSTFLAGS")
                .env_remove("CARGO_TARGET_DIR")
                .status()
                .unwrap_or_else(|error| panic!("cargo does not start: {error}"));
            assert!(
                status.success(),
                "the guests in {} do not build; is the Rust target {TARGET} there? (rustup target add {TARGET})",
                folder.display()
            );
            target.join(TARGET).join("release")
        })
        .clone()
}
