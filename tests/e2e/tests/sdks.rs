//! Generated SDKs compile: every form of type, in every language, with the language's own compiler.
//!
//! The worlds are those whose generated code `guest-sdks/generator/tests` keeps as snapshots, and Locket's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use locket_sdk_generator::{DEFAULT_WORLD, Language, Package, generate};
use locket_tests::guests::root;
use locket_tests::{languages, toolchains};

/// One package per world, in a folder of its own: its name and where it is.
fn packages(language: Language) -> Vec<(String, PathBuf, Package)> {
    let fixtures = root().join("guest-sdks/generator/tests/fixtures");
    let entries = fs::read_dir(&fixtures).unwrap_or_else(|error| panic!("{}: {error}", fixtures.display()));
    let mut worlds: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("the folder can be listed").path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (name, vec![(path.display().to_string(), text)], "fixture")
        })
        .collect();
    worlds.push(("locket".to_owned(), languages::wit(), DEFAULT_WORLD));
    worlds.sort();
    assert!(worlds.len() > 10, "where are the fixtures?");
    worlds
        .into_iter()
        .map(|(name, files, world)| {
            let package = generate(language, &files, world, &name).unwrap_or_else(|error| panic!("{name}: {error}"));
            let folder = root().join("target/guests/sdks").join(languages::folder(language)).join(&name);
            languages::write(&package, &folder);
            (name, folder, package)
        })
        .collect()
}

/// The files of a package with this extension.
fn sources<'p>(package: &'p Package, extension: &'p str) -> impl Iterator<Item = (&'p str, &'p str)> {
    package.files().filter(move |(path, _)| Path::new(path).extension().is_some_and(|it| it == extension))
}

/// Zig looks only at what is used, so this uses everything: each function of each file, and each `implement`, with
/// functions that do nothing but have the types that the bindings call them with.
const USE_EVERYTHING: &str = include_str!("sdks/use_everything.zig");

#[test]
fn zig() {
    let zig = toolchains::zig();
    for (name, folder, package) in packages(Language::Zig) {
        run_zig(&zig, &name, &folder, &package);
    }
}

fn run_zig(zig: &Path, name: &str, folder: &Path, package: &Package) {
    let implemented = root().join("tests/e2e/tests/sdks").join(name).with_extension("zig");
    let implementation = fs::read_to_string(&implemented);
    let implementation = implementation.unwrap_or_else(|error| panic!("{}: {error}", implemented.display()));
    fs::write(folder.join("everything.zig"), format!("{USE_EVERYTHING}\n{implementation}")).expect("a file");
    languages::run(Command::new(zig).current_dir(folder).args([
        "build-exe",
        "-fno-entry",
        "-rdynamic",
        "-target",
        "wasm32-freestanding",
        "-OReleaseSmall",
        "--dep",
        "sdk",
        "-Mroot=everything.zig",
        "-Msdk=src/root.zig",
        "-femit-bin=everything.wasm",
    ]));
    // As `zig fmt` would write it.
    let mut format = Command::new(zig);
    format.current_dir(folder).args(["fmt", "--check"]);
    languages::run(format.args(sources(package, "zig").map(|(path, _)| path)));
}

#[test]
fn go() {
    let go = toolchains::go();
    for (name, folder, package) in packages(Language::Go) {
        let mut build = Command::new(&go);
        languages::run(build.current_dir(&folder).args(["build", "./..."]).env("GOOS", "wasip1").env("GOARCH", "wasm"));
        let files = || sources(&package, "go");
        let formatted =
            Command::new("gofmt").current_dir(&folder).arg("-l").args(files().map(|(path, _)| path)).output();
        let formatted = formatted.expect("gofmt comes with Go");
        assert_eq!(String::from_utf8_lossy(&formatted.stdout), "", "{name}: not as gofmt would write it");
        for (path, text) in files() {
            within_tinygo(&format!("{name}: {path}"), &format!("{name}.local/sdk/"), text);
        }
    }
}

/// What `TinyGo` documents that it lacks, or has only in part, must not be needed: reflection, goroutines, the larger
/// packages of the standard library.
fn within_tinygo(place: &str, own: &str, text: &str) {
    let code = || text.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    for import in code().filter_map(|line| line.trim_start_matches("import ").strip_prefix('"')?.strip_suffix('"')) {
        assert!(import == "unsafe" || import.starts_with(own), "{place}: imports {import}");
    }
    for line in code() {
        assert!(!line.starts_with("go ") && !line.contains("chan ") && !line.starts_with("select "), "{place}: {line}");
    }
}

#[test]
fn c() {
    let zig = toolchains::zig();
    for (name, folder, package) in packages(Language::C) {
        for (path, _) in sources(&package, "c") {
            let mut compile = Command::new(&zig);
            compile.current_dir(&folder).args(["cc", "-target", "wasm32-freestanding", "-Oz", "-Wall", "-Werror"]);
            compile.args(["-Wno-unused-parameter", "-I.", "-isystem", "freestanding", "-c", path]);
            languages::run(compile.args(["-o", &format!("{name}.o")]));
        }
    }
}

#[test]
fn rust() {
    let target = root().join("target/guests/sdks/rust/target");
    for (_, folder, package) in packages(Language::Rust) {
        // The folder lies in Locket's own workspace, which it is no part of.
        let manifest = package.file("Cargo.toml").expect("a crate has one").to_owned() + "\n[workspace]\n";
        fs::write(folder.join("Cargo.toml"), manifest).expect("a file");
        let mut build = Command::new(env!("CARGO"));
        build.current_dir(&folder).args(["build", "--quiet", "--target", "wasm32-unknown-unknown", "--target-dir"]);
        build.arg(&target).env("RUSTFLAGS", "-Dwarnings").env_remove("CARGO_ENCODED_RUSTFLAGS");
        languages::run(build.arg("--manifest-path=Cargo.toml").env_remove("CARGO_TARGET_DIR"));
    }
}
