//! Builds the interpreter of WAMR that Locket needs, and nothing else of WAMR.
//!
//! | module | its one concern |
//! |---|---|
//! | `source` | where the pinned C source is |
//! | `config` | which features of WAMR are on and off, and which files that takes |
//! | `platform` | what a target's operating system adds |
//! | `metering` | the refill hook and the charge for bulk memory, put into the interpreter's text |

mod config;
mod metering;
mod platform;
mod source;

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};

use config::Interpreter;
use platform::Platform;

fn main() {
    if let Err(error) = build() {
        // Plain lines: cargo shows a build script's standard error when it fails.
        eprintln!("error: {error}");
        std::process::exit(1);
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    for watched in ["build", "c", "platform"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    println!("cargo::rerun-if-env-changed={OPT_LEVEL}");

    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let interpreter = Interpreter::selected()?;
    let platform = Platform::of_target()?;
    let wamr = source::find(&here)?;
    println!("cargo::rerun-if-changed={}", wamr.display());

    let metered = metering::add(&wamr, interpreter, &out)?;
    compile(&here, &wamr, interpreter, platform, &metered)?;
    Ok(())
}

/// Environment variable that overrides how far the C compiler optimises: `0` to `3`, `s` or `z`.
const OPT_LEVEL: &str = "LOCKET_WAMR_OPT_LEVEL";

fn compile(
    here: &Path,
    wamr: &Path,
    interpreter: Interpreter,
    platform: Platform,
    metered: &Path,
) -> Result<(), Box<dyn Error>> {
    let mut cc = cc::Build::new();
    cc.std("gnu11").warnings(false).force_frame_pointer(false).opt_level_str(&opt_level()?);
    // The platform's folder comes first: its `platform_internal.h` stands in front of WAMR's own.
    cc.include(here.join("platform").join(platform.folder()));
    cc.include(here.join("c"));
    for folder in config::INCLUDES.iter().chain(platform.includes()) {
        cc.include(wamr.join(folder));
    }
    for (name, value) in config::DEFINES.iter().chain(platform.defines()) {
        cc.define(name, *value);
    }
    cc.define("WASM_ENABLE_FAST_INTERP", Some(if interpreter.is_fast() { "1" } else { "0" }));
    cc.define(config::architecture()?, None);
    for file in config::SOURCES.iter().chain(platform.sources()) {
        cc.file(wamr.join(file));
    }
    cc.file(metered);
    for file in config::OURS.iter().chain(platform.own_sources()) {
        cc.file(here.join(file));
    }
    cc.try_compile("locket_wamr")?;
    for library in platform.libraries() {
        println!("cargo::rustc-link-lib={library}");
    }
    Ok(())
}

/// WAMR is optimised in every profile: an interpreter at `-O0` is five times slower, so that tests would
/// exercise timings that no product has. A profile for size (`opt-level = "s"` or `"z"`) is followed.
fn opt_level() -> Result<String, env::VarError> {
    if let Ok(level) = env::var(OPT_LEVEL) {
        return Ok(level);
    }
    let profile = env::var("OPT_LEVEL")?;
    Ok(if matches!(profile.as_str(), "s" | "z" | "3") { profile } else { "2".to_owned() })
}
