//! All that was measured, and how it is kept.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::ram::Measured;

/// What may not be exceeded, in bytes.
const KERNEL_FLASH: u64 = 32 * 1024;
const RAM_BEFORE_CONTAINERS: u64 = 32 * 1024;
const RAM_OF_A_CONTAINER: u64 = 8 * 1024;
/// What the names of the containers' budgets start with.
const OF_A_CONTAINER: &str = "RAM of a container: ";
/// The rooms that the budget of the kernel's flash is for.
const KERNEL_ROOMS: [&str; 5] = ["kernel", "abi", "policy", "image", "engine"];

/// A whole report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// One for each interpreter.
    pub variants: Vec<Variant>,
}

/// The firmware with one of WAMR's interpreters.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Variant {
    /// `fast` or `classic`.
    pub interpreter: String,
    /// Flash and statics, room by room.
    pub rooms: Vec<RoomSize>,
    /// What the design allows, and what was found.
    pub budgets: Vec<Budget>,
    /// RAM of containers.
    pub containers: Vec<ContainerRam>,
    /// Instructions of operations; the first is the empty loop.
    pub operations: Vec<Operation>,
}

/// Bytes of one room.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RoomSize {
    /// The room's name.
    pub room: String,
    /// Code and constants.
    pub code: u64,
    /// Variables with a first value.
    pub data: u64,
    /// Variables that are 0 at first.
    pub bss: u64,
}

/// A budget.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Budget {
    /// What it is of.
    pub what: String,
    /// What was found.
    pub bytes: u64,
    /// What is allowed; for information only if there is no limit.
    pub limit: Option<u64>,
}

/// RAM of one container, in bytes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContainerRam {
    /// Its name.
    pub name: String,
    /// Linear memory.
    pub linear_memory: u64,
    /// The loaded module.
    pub module: u64,
    /// Of which the bytes of the module as they are in the image, which only the classic interpreter keeps.
    pub module_bytes: u64,
    /// WAMR's instance.
    pub instance: u64,
    /// The execution environment.
    pub execution: u64,
    /// Of which the guest's stack, as its policy says.
    pub policy_stack: u64,
    /// The most of these that there was at a time, while it was loaded.
    pub peak: u64,
    /// What was used of its thread's stack at most.
    pub stack: u64,
    /// What its thread's stack has.
    pub stack_size: u64,
    /// The kernel's instance, which lies on that stack.
    pub kernel_instance: u64,
    /// The kernel's tables, divided by the number of containers that they are for.
    pub tables: u64,
}

impl ContainerRam {
    /// The memory that its policy must give it.
    pub fn memory(&self) -> u64 {
        self.peak.max(self.linear_memory + self.module + self.instance + self.execution)
    }

    /// All told: its memory, the stack that was used, and its share of the kernel's tables.
    pub fn total(&self) -> u64 {
        self.memory() + self.stack + self.tables
    }
}

/// What an operation costs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Operation {
    /// Its name.
    pub what: String,
    /// Instructions of the processor.
    pub instructions: u64,
}

/// The budgets that rooms and runs say something about.
pub fn budgets(rooms: &[RoomSize], ram: &Measured) -> Vec<Budget> {
    let code = |names: &[&str]| -> u64 {
        rooms.iter().filter(|room| names.contains(&room.room.as_str())).map(|room| room.code).sum()
    };
    let statics: u64 = rooms.iter().map(|room| room.data + room.bss).sum();
    let budget = |what: String, bytes, limit| Budget { what, bytes, limit };
    let kernel = format!("flash of {}", KERNEL_ROOMS.join(", "));
    let mut budgets = vec![
        budget(kernel, code(&KERNEL_ROOMS), Some(KERNEL_FLASH)),
        budget("beside them: signatures".to_owned(), code(&["signatures"]), None),
        budget("beside them: unnamed constants of all Rust code".to_owned(), code(&["unnamed Rust constants"]), None),
        budget("RAM before the first container".to_owned(), ram.before, Some(RAM_BEFORE_CONTAINERS)),
        budget("- statics".to_owned(), statics, None),
        budget("- WAMR's own memory".to_owned(), ram.runtime, None),
        budget("- the board's stacks, messages".to_owned(), ram.before.saturating_sub(statics + ram.runtime), None),
        budget("only for a while: stack used to verify images".to_owned(), ram.verifying, None),
    ];
    budgets.extend(ram.containers.iter().enumerate().map(|(index, container)| {
        let limit = (index == 0).then_some(RAM_OF_A_CONTAINER);
        budget(format!("{OF_A_CONTAINER}{}", container.name), container.total(), limit)
    }));
    budgets
}

impl Report {
    /// Reads a report that [`Report::write`] wrote.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read; `cargo xtask size --json FILE` writes one", file.display()))?;
        serde_json::from_str(&text)
            .with_context(|| format!("{} is no size report; `cargo xtask size --json FILE` writes one", file.display()))
    }

    /// Writes it, whole or not at all.
    pub fn write(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            bail!("{} cannot be written: there is no folder {}", file.display(), folder.display());
        }
        let written = tempfile::NamedTempFile::new_in(folder).and_then(|temporary| {
            std::fs::write(temporary.path(), text)?;
            Ok(temporary.persist(file)?)
        });
        written.map(drop).with_context(|| format!("{} cannot be written", file.display()))
    }

    /// The numbers under their names, in the order of the report.
    pub fn figures(&self) -> Vec<(String, u64)> {
        let mut figures = Vec::new();
        for variant in &self.variants {
            let mut add = |what: &str, number| figures.push((format!("{}: {what}", variant.interpreter), number));
            for RoomSize { room, code, data, bss } in &variant.rooms {
                add(&format!("{room}, text+rodata"), *code);
                add(&format!("{room}, data"), *data);
                add(&format!("{room}, bss"), *bss);
            }
            for column in 0..3 {
                let sum = variant.rooms.iter().map(|room| [room.code, room.data, room.bss][column]).sum();
                add(["all rooms, text+rodata", "all rooms, data", "all rooms, bss"][column], sum);
            }
            // Those without a limit are among the rooms, and those of containers follow.
            for budget in variant
                .budgets
                .iter()
                .filter(|budget| budget.limit.is_some() && !budget.what.starts_with(OF_A_CONTAINER))
            {
                add(&budget.what, budget.bytes);
            }
            for container in &variant.containers {
                for (what, bytes) in container.lines() {
                    let what = what.trim_start_matches("- ").replace("**", "");
                    add(&format!("{}, {what}", container.name), bytes);
                }
            }
            for operation in &variant.operations {
                add(&format!("instructions, {}", operation.what), operation.instructions);
            }
        }
        figures
    }
}

impl ContainerRam {
    /// Its numbers, in the order of the report.
    pub fn lines(&self) -> [(&'static str, u64); 12] {
        [
            ("linear memory", self.linear_memory),
            ("module", self.module),
            ("- its own bytes", self.module_bytes),
            ("instance", self.instance),
            ("execution environment", self.execution),
            ("- the policy's `stack`", self.policy_stack),
            ("peak while loading", self.peak),
            ("thread stack, used", self.stack),
            ("- the kernel's instance", self.kernel_instance),
            ("thread stack, reserved", self.stack_size),
            ("share of the kernel's tables", self.tables),
            ("**all told**: peak, used stack, tables", self.total()),
        ]
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A report that nobody measured.
    pub fn made_up() -> Report {
        let room = |room: &str, code, data, bss| RoomSize { room: room.to_owned(), code, data, bss };
        let rooms =
            vec![room("kernel", 20_000, 0, 17_176), room("image", 13_000, 0, 0), room("WAMR", 61_000, 1_892, 96)];
        let reporter = ContainerRam {
            name: "reporter".to_owned(),
            linear_memory: 1_100,
            module: 1_900,
            module_bytes: 0,
            instance: 700,
            execution: 900,
            policy_stack: 512,
            peak: 5_200,
            stack: 1_400,
            stack_size: 4_096,
            kernel_instance: 600,
            tables: 536,
        };
        let ram = Measured { before: 33_000, runtime: 6_000, verifying: 7_000, containers: vec![reporter] };
        let operation = |what: &str, instructions| Operation { what: what.to_owned(), instructions };
        Report {
            variants: vec![Variant {
                interpreter: "fast".to_owned(),
                budgets: budgets(&rooms, &ram),
                rooms,
                containers: ram.containers,
                operations: vec![operation("guest's empty loop", 60), operation("checked call, output.set", 1_250)],
            }],
        }
    }

    #[test]
    fn json_keeps_everything() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("size.json");
        let report = made_up();
        report.write(&file).expect("it is written");
        assert_eq!(Report::read(&file).expect("it is read"), report);
        assert_eq!(std::fs::read_dir(&folder).expect("it is there").count(), 1, "nothing else is left");
    }

    #[test]
    fn errors_name_the_file_and_the_way_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = Report::read(&folder.path().join("none.json")).expect_err("there is none");
        assert!(missing.to_string().contains("none.json cannot be read; `cargo xtask size --json FILE`"), "{missing}");
        let other = folder.path().join("other.json");
        std::fs::write(&other, "{}").expect("it is written");
        let wrong = Report::read(&other).expect_err("it is none");
        assert!(format!("{wrong:#}").contains("other.json is no size report"), "{wrong:#}");
        let nowhere = made_up().write(&folder.path().join("no/such.json")).expect_err("no such folder");
        assert!(nowhere.to_string().contains("there is no folder"), "{nowhere}");
    }
}
