//! How much memory the image will take, and why not less.

use wasmparser::{KnownCustom, Name, Operator, Parser, Payload};

use super::Warning;
use crate::{Memory, module::Declared};

/// From here on a stack is worth a warning.
const LARGE_STACK: u32 = 32 * 1024;

/// Memory of the valid `module`, whose memory section says `declared`.
pub(super) fn measure(module: &[u8], declared: Option<Declared>) -> (Memory, Vec<Warning>) {
    let Some(declared) = declared else { return (Memory::default(), Vec::new()) };
    let facts = facts(module).unwrap_or_default();
    let memory = declared.resolve(facts.resized.is_some());
    let bytes = memory.initial;
    let missing: Vec<&'static str> =
        ["__heap_base", "__data_end"].into_iter().filter(|mark| !facts.marks.contains(mark)).collect();
    let mut warnings = Vec::new();
    if let Some((function, instruction)) = facts.resized {
        let function = facts
            .names
            .into_iter()
            .find(|(index, _)| *index == function)
            .map_or_else(|| format!("function number {function}"), |(_, name)| format!("`{name}`"));
        warnings.push(Warning::MemoryResized { bytes, instruction, function });
    }
    if !missing.is_empty() {
        warnings.push(Warning::MemoryUnmarked { bytes, missing });
    } else if declared.shrunk.is_none() {
        warnings.push(Warning::MemoryMarksUnusable { bytes });
    }
    if let Some(stack) = facts.stack.filter(|stack| (LARGE_STACK..=bytes).contains(stack)) {
        warnings.push(Warning::LargeStack { bytes, stack });
    }
    (memory, warnings)
}

#[derive(Default)]
struct Facts {
    /// First function that resizes memory or asks for its size, and by which instruction.
    resized: Option<(u32, &'static str)>,
    /// Which of the linker's marks are exported.
    marks: Vec<&'static str>,
    /// The stack pointer's initial value, which is the stack's size when the stack comes first in memory.
    stack: Option<u32>,
    names: Vec<(u32, String)>,
}

fn facts(module: &[u8]) -> Result<Facts, wasmparser::Error> {
    let mut facts = Facts::default();
    let mut function = 0;
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => function = section.into_imports().count().try_into().unwrap_or(0),
            Payload::ExportSection(section) => {
                for export in section {
                    match export?.name {
                        "__heap_base" => facts.marks.push("__heap_base"),
                        "__data_end" => facts.marks.push("__data_end"),
                        _ => {}
                    }
                }
            }
            // The linker puts the stack pointer first.
            Payload::GlobalSection(section) => {
                if let Some(global) = section.into_iter().next().transpose()?
                    && global.ty.mutable
                    && let Operator::I32Const { value } = global.init_expr.get_operators_reader().read()?
                {
                    facts.stack = u32::try_from(value).ok();
                }
            }
            Payload::CodeSectionEntry(body) => {
                for operator in body.get_operators_reader()? {
                    let instruction = match operator? {
                        Operator::MemoryGrow { .. } => "memory.grow",
                        Operator::MemorySize { .. } => "memory.size",
                        _ => continue,
                    };
                    facts.resized.get_or_insert((function, instruction));
                }
                function = function.saturating_add(1);
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(subsections) = section.as_known() {
                    facts.names = function_names(subsections).unwrap_or_default();
                }
            }
            _ => {}
        }
    }
    Ok(facts)
}

fn function_names(subsections: wasmparser::NameSectionReader<'_>) -> Result<Vec<(u32, String)>, wasmparser::Error> {
    let mut names = vec![];
    for subsection in subsections {
        if let Name::Function(functions) = subsection? {
            for naming in functions {
                let naming = naming?;
                names.push((naming.index, naming.name.into()));
            }
        }
    }
    Ok(names)
}
