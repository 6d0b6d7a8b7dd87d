//! Writes the linker's map of the memory, and the table of simulated pins out of the board file.

use std::{env, error::Error, fs, path::PathBuf};

use locket_gpio::board_file::PinTables;

/// The board's objects.
const BOARD_FILE: &str = "../../../examples/greenhouse/board.toml";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    println!("cargo::rerun-if-changed={BOARD_FILE}");

    // Flash and RAM as a real microcontroller has them: the emulated machine has 4 MiB of each.
    let ram = if env::var_os("CARGO_FEATURE_RAM_64K").is_some() { 64 } else { 256 };
    fs::write(
        out.join("memory.x"),
        format!(
            "MEMORY {{\n  FLASH : ORIGIN = 0x00000000, LENGTH = 512K\n  RAM : ORIGIN = 0x20000000, LENGTH = {ram}K\n}}\n"
        ),
    )?;
    println!("cargo::rustc-link-search={}", out.display());

    let text = fs::read_to_string(BOARD_FILE).map_err(|error| format!("{BOARD_FILE}: {error}"))?;
    let pins: PinTables = toml_edit::de::from_str(&text).map_err(|error| format!("{BOARD_FILE}: {error}"))?;
    pins.check().map_err(|error| format!("{BOARD_FILE}: {error}"))?;
    fs::write(out.join("pins.rs"), pins.source("crate::lock::PreemptionLock"))?;
    Ok(())
}
