//! What a run of the firmware said.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

/// The lines of one run.
#[derive(Debug)]
pub struct Output {
    /// Events: nanoseconds of virtual time, and the text as every board writes it.
    pub events: Vec<(u64, String)>,
    /// The report of each container at the end.
    pub containers: Vec<ContainerReport>,
    /// RAM, in bytes: in use `before` the containers got theirs, and `left` when all of them had it; `board-stack` and
    /// `verify-stack`, what was used of these two at most until then.
    pub ram: Numbers,
    /// Sizes that do not depend on the policy, in bytes: `kernel` with all of its tables, which are for so many
    /// `containers`; `runtime`, WAMR's own memory; `instance`, which lies on the stack of a container's thread;
    /// `thread-stack`, what such a thread gets.
    pub sizes: Numbers,
}

/// Numbers by their names.
#[derive(Clone, Default, Debug)]
pub struct Numbers(BTreeMap<String, u64>);

impl Numbers {
    /// The number of this name; an error if the firmware reports none.
    pub fn get(&self, name: &str) -> Result<u64> {
        self.0.get(name).copied().with_context(|| format!("the firmware reports no `{name}`"))
    }
}

/// What the firmware reports of a container at the end.
#[derive(Debug)]
pub struct ContainerReport {
    /// Its name.
    pub name: String,
    /// How it ended, or that it still ran.
    pub state: String,
    numbers: Numbers,
}

impl ContainerReport {
    /// One of its numbers: `starts`, `cpu` (nanoseconds of virtual time), `fuel`, `calls`, `denials`, `sent`,
    /// `received`; in bytes: `linear`, `module`, `instance`, `execution`, `peak` (a kernel's `Footprint`), and `stack`,
    /// what was used of its thread's stack at most.
    ///
    /// # Panics
    /// If there is no such number.
    #[must_use]
    pub fn number(&self, name: &str) -> u64 {
        self.numbers.get(name).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Output {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut output =
            Self { events: Vec::new(), containers: Vec::new(), ram: Numbers::default(), sizes: Numbers::default() };
        for line in text.lines() {
            let parsed = if let Some(report) = line.strip_prefix("report container ") {
                container(report).map(|report| output.containers.push(report))
            } else if let Some(report) = line.strip_prefix("report ram ") {
                output.ram = numbers(report);
                Some(())
            } else if let Some(report) = line.strip_prefix("report sizes ") {
                output.sizes = numbers(report);
                Some(())
            } else {
                event(line).map(|event| output.events.push(event))
            };
            parsed.with_context(|| format!("the firmware wrote a line that means nothing: {line:?}"))?;
        }
        Ok(output)
    }

    /// The report of the container called `name`.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn container(&self, name: &str) -> &ContainerReport {
        let report = self.containers.iter().find(|report| report.name == name);
        report.unwrap_or_else(|| panic!("no report of {name} in {:?}", self.containers))
    }

    /// When `text` was written first.
    ///
    /// # Panics
    /// If it never was, with everything that was.
    #[must_use]
    pub fn time_of(&self, text: &str) -> u64 {
        let event = self.events.iter().find(|(_, line)| line == text);
        event.unwrap_or_else(|| panic!("never `{text}`:\n{}", self.log())).0
    }

    /// The events of one container, in order.
    #[must_use]
    pub fn of(&self, container: &str) -> Vec<String> {
        let prefix = format!("{container}: ");
        self.events.iter().filter(|(_, line)| line.starts_with(&prefix)).map(|(_, line)| line.clone()).collect()
    }

    /// All events as one text.
    #[must_use]
    pub fn log(&self) -> String {
        let lines: Vec<_> = self.events.iter().map(|(time, line)| format!("{time:>15} {line}")).collect();
        lines.join("\n")
    }
}

fn event(line: &str) -> Option<(u64, String)> {
    let (time, text) = line.trim_start().split_once("ns  ")?;
    Some((time.parse().ok()?, text.to_owned()))
}

fn container(report: &str) -> Option<ContainerReport> {
    let (facts, state) = report.split_once(" state ")?;
    let (name, facts) = facts.split_once(' ')?;
    Some(ContainerReport { name: name.to_owned(), state: state.to_owned(), numbers: numbers(facts) })
}

/// `name 1 other 2`.
fn numbers(text: &str) -> Numbers {
    let words: Vec<&str> = text.split(' ').collect();
    Numbers(words.chunks_exact(2).filter_map(|pair| Some((pair[0].to_owned(), pair[1].parse().ok()?))).collect())
}
