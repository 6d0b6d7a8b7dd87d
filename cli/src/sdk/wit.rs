//! The WIT that a package is generated from: Locket's own, and a folder's.

use std::{fs, path::Path};

use locket_image::pack::EMBEDDED_WIT;
use miette::{Result, miette};

const HELP: &str = "give a folder that holds WIT packages, each in a folder of its own";

/// Pairs of path and text, Locket's own first.
pub fn files(folder: Option<&Path>) -> Result<Vec<(String, String)>> {
    // A folder is a package, so ours must not have the name of one that is read.
    let ours = EMBEDDED_WIT.iter().map(|(path, text)| (format!("<locket>/{path}"), (*text).to_owned()));
    let mut files: Vec<(String, String)> = ours.collect();
    let Some(folder) = folder else { return Ok(files) };
    let shown = folder.display();
    if !folder.is_dir() {
        return Err(miette!(help = HELP, "{shown}: there is no such folder"));
    }
    let own = files.len();
    read(folder, &mut files)?;
    if files.len() == own {
        return Err(miette!(help = HELP, "{shown}: there are no `.wit` files in it"));
    }
    Ok(files)
}

fn read(folder: &Path, files: &mut Vec<(String, String)>) -> Result<()> {
    let failed = |path: &Path, error: &std::io::Error| miette!("{} cannot be read: {error}", path.display());
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, &error))? {
        let path = entry.map_err(|error| failed(folder, &error))?.path();
        if path.is_dir() {
            read(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "wit") {
            let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
            files.push((path.display().to_string(), text));
        }
    }
    Ok(())
}
