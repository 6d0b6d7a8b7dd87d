//! Generates the bindings of `locket:storage`.

use std::{env, error::Error, path::PathBuf};

use locket_bindgen::Generator;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    Generator::new()
        .wit_dir("../../wit")
        .interface("locket:storage/kv")
        .interface("locket:storage/log")
        .write(out.join("bindings.rs"))?;
    Ok(())
}
