//! Runs a firmware and compares its console with what has to happen.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::zephyr::Board;

/// The probe is read, and the valve follows it.
const WORK: &[&str] = &[
    "soil: info: the soil is dry",
    "valve: valve0 = high",
    "valve: info: valve opened",
    "soil: info: the soil is wet",
    "valve: valve0 = low",
    "valve: info: valve closed",
    "soil: info: the soil is dry",
    "valve: valve0 = high",
];

/// The part of [`WORK`] that needs no valve.
const READING: &[&str] = &["soil: info: the soil is dry", "soil: info: the soil is wet", "soil: info: the soil is dry"];

/// How each attack of the intruder ends, in this order.
const ATTACKS: &[&str] = &[
    "intruder: denied: locket:gpio/digital@0.1.0 [static]output.open \"valve\": unknown-label",
    "intruder: denied: locket:gpio/digital@0.1.0 [static]input.open \"probe\": unknown-label",
    "intruder: denied: locket:ipc/channel@0.1.0 [static]sender.open \"moisture\": unknown-label",
    "intruder: denied: locket:gpio/digital@0.1.0 [method]output.read \"lamp\": not-permitted",
    "intruder: denied: locket:gpio/digital@0.1.0 [method]output.set \"lamp\": quota-exceeded",
    "intruder: exited(1)",
    "intruder: trapped: unknown handle",
    "intruder: trapped: handle of another resource type",
    "intruder: trapped: pointer out of bounds",
    "intruder: out-of-fuel",
    "intruder: trapped: stack overflow",
    "intruder: exited(0)",
];

/// What must never be on the console.
const NEVER: [&str; 3] = ["SUCCEEDED", "locket: fatal", "locket: error"];

/// Real time after which an emulator is ended. The script takes some 10 s of it.
const LIMIT: Duration = Duration::from_mins(1);

/// Runs `emulator` until all has happened on its console that has to on `board`; fails if it does not within a minute.
pub fn run(board: Board, mut emulator: Command) -> Result<()> {
    let scripts: &[&[&str]] = if board.is_whole() { &[WORK, ATTACKS] } else { &[READING] };
    let mut expected: Vec<Sequence> = scripts.iter().map(|lines| Sequence::new(lines)).collect();
    let shown = emulator.get_program().to_string_lossy().into_owned();
    emulator.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = emulator.spawn().with_context(|| format!("`{shown}` did not start"))?;
    let console = child.stdout.take().context("the emulator has no console")?;
    let (lines, received) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(console).split(b'\n').map_while(Result::ok) {
            if lines.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                return;
            }
        }
    });
    let outcome = follow(&received, &mut expected);
    // It may have ended by itself.
    let _ = child.kill();
    child.wait()?;
    outcome.with_context(|| format!("{} in `{shown}`", board.name()))?;
    println!("{}: all as it has to be", board.name());
    Ok(())
}

fn follow(lines: &mpsc::Receiver<String>, expected: &mut [Sequence]) -> Result<()> {
    let end = Instant::now() + LIMIT;
    while expected.iter().any(|sequence| sequence.next().is_some()) {
        let line = match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => bail!("after {LIMIT:?} {}", missing(expected)),
            Err(RecvTimeoutError::Disconnected) => bail!("it ended, and {}", missing(expected)),
        };
        println!("  {line}");
        if let Some(never) = NEVER.iter().find(|never| line.contains(**never)) {
            bail!("`{never}` must not happen");
        }
        for sequence in expected.iter_mut() {
            sequence.see(&line);
        }
    }
    Ok(())
}

fn missing(expected: &[Sequence]) -> String {
    let next: Vec<String> = expected.iter().filter_map(Sequence::next).map(|line| format!("`{line}`")).collect();
    format!("still missing: {}", next.join(", "))
}

/// Lines that have to come in this order, with others between them.
struct Sequence {
    lines: &'static [&'static str],
    seen: usize,
}

impl Sequence {
    fn new(lines: &'static [&'static str]) -> Self {
        Self { lines, seen: 0 }
    }

    fn next(&self) -> Option<&'static str> {
        self.lines.get(self.seen).copied()
    }

    /// A line is its time, two blanks, and the event.
    fn see(&mut self, line: &str) {
        let event = line.split_once("s  ").map_or(line, |(_, event)| event);
        if self.next().is_some_and(|next| event.starts_with(next)) {
            self.seen += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn console(lines: &[&str]) -> mpsc::Receiver<String> {
        let (sender, receiver) = mpsc::channel();
        for line in lines {
            sender.send((*line).to_owned()).unwrap();
        }
        receiver
    }

    #[test]
    fn lines_have_to_come_in_their_order() {
        let lines = console(&["    0.001s  b: started", "    0.002s  a: started", "    0.003s  b: exited(0)"]);
        let mut expected = [Sequence::new(&["a: started", "b: exited(0)"])];
        follow(&lines, &mut expected).unwrap();
    }

    #[test]
    fn what_is_missing_is_named() {
        let lines = console(&["    0.001s  b: exited(0)", "    0.002s  a: started"]);
        let mut expected = [Sequence::new(&["a: started", "b: exited(0)"])];
        let error = follow(&lines, &mut expected).unwrap_err();
        assert_eq!(error.to_string(), "it ended, and still missing: `b: exited(0)`");
    }

    #[test]
    fn a_successful_attack_fails_the_run() {
        let lines = console(&["    0.001s  intruder: error: SUCCEEDED: the kernel did not end this container"]);
        let mut expected = [Sequence::new(&["intruder: exited(0)"])];
        assert!(follow(&lines, &mut expected).unwrap_err().to_string().contains("SUCCEEDED"));
    }
}
