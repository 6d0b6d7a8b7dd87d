//! Generates the bindings of the system interfaces.

use std::{env, error::Error, path::PathBuf};

use locket_bindgen::Generator;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    Generator::new()
        .wit_dir("../../wit")
        .interface("wasi:io/poll")
        .interface("wasi:clocks/monotonic-clock")
        .interface("wasi:clocks/wall-clock")
        .interface("wasi:random/random")
        .interface("wasi:config/store")
        .interface("wasi:logging/logging")
        .interface("locket:system/info")
        .export("locket:system/run")
        .write(out.join("bindings.rs"))?;
    Ok(())
}
