//! Generates types and callers of the ABI probes (`guests/abi-probe/wit`), which `tests/against_wasmtime` calls.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::var("OUT_DIR")?;
    locket_bindgen::Generator::new()
        .wit_dir("../guests/abi-probe/wit")
        .export("test:probe/round-trip")
        .export("test:probe/misuse")
        .export("test:probe/raw")
        .write(format!("{out}/probe.rs"))?;
    Ok(())
}
