//! Set-up, tests, demo and reports of the workspace, each one command.
//!
//! `cargo xtask` is the only entry that a newcomer needs. Each command first makes sure of what it needs
//! (rustup targets, Zig) and says so when it adds something. Only `test` and `setup`, which build guests in every language,
//! ask for more than Rust and a C compiler: Go and `CMake`; and what runs on a microcontroller, for its compiler and an
//! emulator, which are installed where that can be done without asking.

mod demo;
mod lint;
mod microcontroller;
mod setup;
mod size;
mod test;
mod zephyr;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set-up, tests, demo and reports of Locket", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the greenhouse containers from source, pack and sign them, and run them under their policy
    Demo(demo::Options),
    /// Run every test: units, generated code, guests on the real kernel, builds for bare metal
    Test(test::Options),
    /// Install what guests in every language need, or say what is missing
    Setup,
    /// Run the benchmarks; each figure is printed as a ratio to the bare native call of the same run
    Bench,
    /// Build the greenhouse into Zephyr firmware and run it as a process and in QEMU
    Zephyr(zephyr::Options),
    /// Measure the firmware for a Cortex-M3: flash and RAM of each room, budgets, RAM of a container, instructions
    Size(size::Options),
    /// Check formatting, lints, documentation and dependencies
    Lint,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Setup => setup::languages(),
        Task::Bench => bench(),
        Task::Zephyr(options) => zephyr::run(&options),
        Task::Size(options) => size::run(&options),
        Task::Lint => lint::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> Result<()> {
    setup::guest_target()?;
    setup::c_compiler()?;
    run(cargo().args(["bench", "--package", "locket-tests"]))
}

/// The workspace's root folder.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map(PathBuf::from).unwrap_or_default()
}

/// The cargo that runs this task, started in the workspace's root.
fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Runs `command`, showing it first.
fn run(command: &mut Command) -> Result<()> {
    let shown = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>();
    let shown = shown.join(" ");
    eprintln!("xtask: {}", shown.rsplit_once("/cargo ").map_or(shown.clone(), |(_, rest)| format!("cargo {rest}")));
    let status = command.status().with_context(|| format!("`{shown}` did not start"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}
