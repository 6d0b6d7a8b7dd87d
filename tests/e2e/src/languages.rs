//! Guests in every language: the SDK generated, the guest built against it by the language's own tool.
//!
//! The sources in `tests/guests/languages` all do the same. They are built in a copy, because the generated SDK and the
//! tools' output stand beside them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use locket_image::pack::EMBEDDED_WIT;
use locket_sdk_generator::{DEFAULT_WORLD, Language, Package, generate, project};

use crate::guests::root;
use crate::toolchains;

/// Locket's own WIT, as pairs of path and text.
#[must_use]
pub fn wit() -> Vec<(String, String)> {
    EMBEDDED_WIT.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// The folder that `language` has in `tests/guests/languages`.
#[must_use]
pub fn folder(language: Language) -> &'static str {
    match language {
        Language::Rust => "rust",
        Language::C => "c",
        Language::Go => "go",
        Language::Zig => "zig",
    }
}

/// The module of the guest in `language` that does what those in other languages do.
///
/// # Panics
/// If it cannot be built, with what its tools said.
#[must_use]
pub fn module(language: Language) -> Vec<u8> {
    module_in(language, folder(language))
}

/// The module of the guest in a folder of `tests/guests/languages`.
///
/// # Panics
/// As [`module`].
#[must_use]
pub fn module_in(language: Language, folder: &str) -> Vec<u8> {
    // Tests of one process build one after the other, in one place.
    static BUILDING: Mutex<()> = Mutex::new(());
    let _building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let place = root().join("target/guests/languages").join(folder);
    copy(&root().join("tests/guests/languages").join(folder), &place);
    write(&sdk(language), &place.join("sdk"));
    let path = build(language, &place);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The module of the project that `locket new` makes, called `caller` too.
///
/// # Panics
/// As [`module`].
#[must_use]
pub fn new_project(language: Language) -> Vec<u8> {
    let place = root().join("target/guests/new").join(folder(language));
    write(&project(language, "caller").with_folder("sdk", &sdk(language)), &place);
    let path = build(language, &place);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn sdk(language: Language) -> Package {
    generate(language, &wit(), DEFAULT_WORLD, "locket").unwrap_or_else(|error| panic!("{error}"))
}

/// Builds what stands in `place` with the language's own tool, and returns where the module is.
fn build(language: Language, place: &Path) -> PathBuf {
    match language {
        Language::Zig => {
            run(Command::new(toolchains::zig()).current_dir(place).arg("build"));
            only_module(&place.join("zig-out/bin"))
        }
        Language::C => {
            let zig = format!("-DLOCKET_ZIG={}", toolchains::zig().display());
            let cmake = toolchains::cmake();
            let mut configure = Command::new(&cmake);
            configure.args(["-B", "build", "-DCMAKE_TOOLCHAIN_FILE=sdk/toolchain.cmake", &zig]);
            run(configure.current_dir(place));
            run(Command::new(&cmake).args(["--build", "build"]).current_dir(place));
            place.join("build/caller.wasm")
        }
        Language::Rust => {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["build", "--quiet", "--release", "--target-dir", "target"]).current_dir(place);
            for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR"] {
                cargo.env_remove(variable);
            }
            run(&mut cargo);
            place.join("target/wasm32-unknown-unknown/release/caller.wasm")
        }
        Language::Go => {
            let mut go = Command::new(toolchains::go());
            go.args(["build", "-buildmode=c-shared", "-ldflags=-s -w", "-o", "caller.wasm", "."]).current_dir(place);
            run(go.env("GOOS", "wasip1").env("GOARCH", "wasm").env("GOFLAGS", "-mod=mod"));
            place.join("caller.wasm")
        }
    }
}

fn only_module(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut modules = entries.filter_map(|entry| Some(entry.ok()?.path()));
    modules.find(|path| path.extension().is_some_and(|it| it == "wasm")).unwrap_or_else(|| folder.join("guest.wasm"))
}

/// Writes a package over what is in `folder`.
///
/// # Panics
/// If the file system does not let it.
pub fn write(package: &Package, folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    for (path, text) in package.files() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

/// Runs a compiler.
///
/// # Panics
/// If it does not start or fails, with what it said.
pub fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn copy(from: &Path, to: &Path) {
    let failed = |path: &Path, error: std::io::Error| -> ! { panic!("{}: {error}", path.display()) };
    fs::create_dir_all(to).unwrap_or_else(|error| failed(to, error));
    for entry in fs::read_dir(from).unwrap_or_else(|error| failed(from, error)) {
        let path = entry.unwrap_or_else(|error| failed(from, error)).path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap_or_else(|error| failed(&path, error));
        }
    }
}
