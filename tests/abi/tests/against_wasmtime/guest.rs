//! The guests: made from source, and wrapped as components for Wasmtime.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The core module that behaves well, built from `guests/abi-probe`.
pub fn probe() -> Vec<u8> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--target", "wasm32-unknown-unknown", "--package", "abi-probe", "--locked"])
        .current_dir(folder())
        .env("CARGO_TARGET_DIR", &target)
        // Flags for the host's code are not the guest's.
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .status()
        .expect("cargo can be run");
    assert!(status.success(), "the guest does not build");
    std::fs::read(target.join("wasm32-unknown-unknown/release/abi_probe.wasm")).expect("the guest was built")
}

/// The core module that does not: `misuse.wat`, with its types added.
pub fn misuse() -> Vec<u8> {
    let mut module = wat::parse_str(include_str!("misuse.wat")).expect("the module is valid text");
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) = resolve.push_dir(folder().join("abi-probe/wit")).expect("the WIT is valid");
    let world = resolve.select_world(&[package], Some("misuse-guest")).expect("the world exists");
    wit_component::embed_component_metadata(&mut module, &resolve, world, wit_component::StringEncoding::UTF8, false)
        .expect("the types can be added");
    module
}

/// A module as a component. Its types stand in a section of it.
pub fn component(module: &[u8]) -> Vec<u8> {
    wit_component::ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(wit_component::ComponentEncoder::encode)
        .expect("the guest is a valid component")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests")
}
