//! `cargo xtask size`: what Locket takes of a microcontroller's flash, RAM and processor, room by room.
//!
//! * [`rooms`] says whose a piece of the firmware is; [`map`] and [`flash`] find the pieces and add them up.
//! * [`ram`] runs containers in QEMU and tells what each takes; [`instructions`] counts what an operation costs.
//! * [`report`] is all of it, [`text`] prints it, [`difference`] compares it with an older one.
//!
//! The same sources and tools give the same numbers: time is virtual, one tick for each instruction.
#![forbid(unsafe_code)]

mod difference;
mod flash;
mod instructions;
mod map;
mod ram;
mod report;
mod rooms;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use locket_on_target::{Firmware, Interpreter, Ram};

use report::{Report, Variant};

#[derive(Parser)]
#[command(name = "cargo xtask size", about = "What Locket takes of a Cortex-M3's flash, RAM and processor")]
struct Arguments {
    /// Write all numbers to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Print what has changed since this file was written with --json
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Only one of WAMR's interpreters
    #[arg(long)]
    interpreter: Option<Choice>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Choice {
    Fast,
    Classic,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    // Before the work, so that a wrong path is told at once.
    let older = arguments.against.as_deref().map(Report::read).transpose()?;
    let interpreters: &[Interpreter] = match arguments.interpreter {
        Some(Choice::Fast) => &[Interpreter::Fast],
        Some(Choice::Classic) => &[Interpreter::Classic],
        None => &[Interpreter::Fast, Interpreter::Classic],
    };
    let variants = interpreters.iter().map(|interpreter| measure(*interpreter)).collect::<Result<_>>()?;
    let report = Report { variants };
    print!("{}", text::of(&report));
    if let Some(older) = older {
        print!("\n{}", difference::between(&older, &report));
    }
    if let Some(file) = &arguments.json {
        report.write(file)?;
    }
    Ok(())
}

fn measure(interpreter: Interpreter) -> Result<Variant> {
    let firmware = Firmware::build(interpreter, Ram::Kib256)?;
    let rooms = flash::rooms(&firmware)?;
    let ram = ram::measure(&firmware, interpreter)?;
    Ok(Variant {
        interpreter: interpreter.feature().trim_end_matches("-interp").to_owned(),
        budgets: report::budgets(&rooms, &ram),
        rooms,
        containers: ram.containers,
        operations: instructions::count(&firmware)?,
    })
}
