//! `cargo xtask zephyr`: the greenhouse as Zephyr firmware, built for several boards and run where there is an emulator.
//!
//! Nothing here fetches Zephyr: `ZEPHYR_BASE` names a tree that is there (`zephyr/README.md`).

mod board;
mod script;
mod size;
mod tools;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::{demo, root, setup};
use board::Board;

#[derive(Args)]
pub struct Options {
    /// Only this board; may be given more than once
    #[arg(long = "board", value_name = "BOARD", value_enum)]
    boards: Vec<Board>,
}

pub fn run(options: &Options) -> Result<()> {
    let boards = if options.boards.is_empty() { Board::ALL.to_vec() } else { options.boards.clone() };
    tools::check(&boards)?;
    boards.iter().try_for_each(|board| setup::target(board.rust_target()))?;
    let images = demo::build()?;
    for board in boards {
        let bundle = bundle(board, &images)?;
        let build = build(board, &bundle)?;
        println!("{}: {}", board.name(), size::of(&build.join("zephyr/zephyr.elf"))?);
        match board.emulator(&build) {
            Some(emulator) => script::run(board, emulator)?,
            None => println!("{}: built, not run", board.name()),
        }
    }
    Ok(())
}

/// The board's policy and its images as one file.
fn bundle(board: Board, images: &Path) -> Result<PathBuf> {
    let folder = root().join("target/zephyr");
    fs::create_dir_all(&folder)?;
    let bundle = folder.join(format!("{}.bundle", board.folder()));
    let mut command = demo::locket();
    command.arg("bundle").arg(board.policy()).arg("--images").arg(images).arg("--output").arg(&bundle);
    crate::run(&mut command)?;
    Ok(bundle)
}

/// Builds the application for `board`; its build folder.
fn build(board: Board, bundle: &Path) -> Result<PathBuf> {
    let folder = root().join("target/zephyr").join(board.folder());
    let mut configure = Command::new("cmake");
    configure.args(["-G", "Ninja", "-S"]).arg(root().join("zephyr/app")).arg("-B").arg(&folder);
    configure.arg(format!("-DBOARD={}", board.name()));
    configure.arg(format!("-DCONFIG_LOCKET_BUNDLE=\"{}\"", bundle.display()));
    // What cargo builds for the host, such as the bindings' generator, serves all boards.
    configure.arg(format!("-DLOCKET_CARGO_TARGET_DIR={}", root().join("target/zephyr/cargo").display()));
    board.toolchain().apply(&mut configure);
    let log = folder.with_extension("log");
    logged(configure, File::create(&log)?, &log)?;
    let mut ninja = Command::new("ninja");
    board.toolchain().apply(ninja.arg("-C").arg(&folder));
    logged(ninja, File::options().append(true).open(&log)?, &log)?;
    Ok(folder)
}

/// Runs `command`, whose many lines go to `file`, which is `log`; the last of them are shown if it fails.
fn logged(mut command: Command, file: File, log: &Path) -> Result<()> {
    command.stdout(file.try_clone()?).stderr(file);
    crate::run(&mut command).inspect_err(|_| {
        let text = fs::read_to_string(log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        eprintln!("{}", lines[lines.len().saturating_sub(40)..].join("\n"));
        eprintln!("xtask: the whole output is in {}", log.display());
    })
}
