//! Lists the files of `wit/` for the packer to carry, so that the `locket` command works anywhere.

use std::{env, fmt::Write as _, fs, io, path::Path, path::PathBuf};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_PACK").is_none() {
        return Ok(());
    }
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../../wit").canonicalize()?;
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    // The order must not depend on the file system.
    files.sort();
    let mut text = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        writeln!(text, "    ({name:?}, include_str!({:?})),", file.display().to_string()).map_err(io::Error::other)?;
    }
    text.push_str("]\n");
    fs::write(Path::new(&variable("OUT_DIR")?).join("wit_files.rs"), text)
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "wit") {
            files.push(path);
        }
    }
    Ok(())
}
