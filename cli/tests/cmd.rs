//! Every command with good and bad input, against the sessions in `tests/cmd`.
//!
//! Each session runs in a copy of `tests/cmd/fixtures`. To take over changed output after reading it:
//! `TRYCMD=overwrite cargo test -p locket-cli`.
//!
//! The sessions' second command, `fixture`, is this program itself. It makes the files that they start from, so that
//! no binaries need to be checked in:
//!
//! ```text
//! fixture assemble TEXT MODULE      WebAssembly text to binary
//! fixture cut FILE LENGTH OUTPUT    the first LENGTH bytes; all but the last ones if it is negative
//! fixture flip FILE OFFSET OUTPUT   one bit changed; OFFSET counts from the end if it is negative
//! fixture append FILE TEXT OUTPUT   TEXT at the end
//! fixture folder PATH               an empty folder
//! ```

use std::{env, error::Error, fs, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // Arguments of `cargo test` are not for us.
    if arguments.is_empty() || arguments[0].starts_with('-') {
        sessions();
        return ExitCode::SUCCESS;
    }
    match fixture(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fixture: {error}");
            ExitCode::FAILURE
        }
    }
}

fn sessions() {
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .register_bin("fixture", env::current_exe().expect("a running program has a path"))
        .register_bin("locket", std::path::Path::new(env!("CARGO_BIN_EXE_locket")))
        .case("tests/cmd/*.md");
}

fn fixture(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    match arguments {
        ["assemble", text, module] => fs::write(module, wat::parse_file(text)?)?,
        ["cut", file, length, output] => {
            let mut bytes = fs::read(file)?;
            bytes.truncate(position(length, bytes.len())?);
            fs::write(output, bytes)?;
        }
        ["flip", file, offset, output] => {
            let mut bytes = fs::read(file)?;
            let offset = position(offset, bytes.len())?;
            *bytes.get_mut(offset).ok_or("the offset lies behind the file")? ^= 1;
            fs::write(output, bytes)?;
        }
        ["append", file, text, output] => fs::write(output, [fs::read(file)?, text.as_bytes().to_vec()].concat())?,
        ["folder", path] => fs::create_dir(path)?,
        _ => return Err("unknown arguments".into()),
    }
    Ok(())
}

/// A position in `len` bytes; a negative one counts from the end.
fn position(text: &str, len: usize) -> Result<usize, Box<dyn Error>> {
    let position: isize = text.parse()?;
    let found = if position < 0 { len.checked_add_signed(position) } else { usize::try_from(position).ok() };
    found.ok_or_else(|| format!("there is no position {text} in {len} bytes").into())
}
