//! Why a module cannot become an image, and what its author should know.

use std::fmt;

use thiserror::Error;

use crate::{ImageError, MAX_INTERFACES, MAX_NAME};

/// Why a module cannot become an image. [`help`](Self::help) says what to do about it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PackError {
    /// The name is not one that a policy can write.
    #[error("`{name}` cannot be the name of an image")]
    Name {
        /// What was given.
        name: String,
    },
    /// The version is not a semantic version.
    #[error("`{version}` cannot be the version of an image: {reason}")]
    Version {
        /// What was given.
        version: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// WebAssembly's text format, where the binary format is needed.
    #[error("this is WebAssembly text, not a binary")]
    Text,
    /// Something else.
    #[error("this is not a WebAssembly file")]
    NotWasm,
    /// The module is cut off or otherwise invalid.
    #[error("the module is not valid at byte {at}: {reason}")]
    Invalid {
        /// Offset in the file.
        at: u64,
        /// What WebAssembly's validation says.
        reason: String,
    },
    /// The module is valid WebAssembly, but needs what the engine is built without.
    #[error("the module uses {}, first at byte {at}, which Locket's engine is built without: {reason}", list(.features))]
    Features {
        /// What it uses, in words.
        features: Vec<&'static str>,
        /// How to build without them.
        advice: Vec<&'static str>,
        /// Offset in the file.
        at: u64,
        /// What WebAssembly's validation says.
        reason: String,
    },
    /// The input is an image already.
    #[error("this is an image already: it has a `{section}` section")]
    Image {
        /// The section.
        section: &'static str,
    },
    /// A component without a module of its own.
    #[error("the component holds no core module")]
    NoModule,
    /// A component of several modules.
    #[error("the component consists of {count} core modules; an image holds one")]
    SeveralModules {
        /// How many there are, without those that only join the others.
        count: usize,
    },
    /// Imports that the kernel does not have.
    #[error("the module imports what Locket does not have:\n{}", lines(.problems))]
    Imports {
        /// One for each interface or function.
        problems: Vec<ImportProblem>,
        /// The interfaces that there are.
        known: Vec<String>,
    },
    /// No such world.
    #[error("there is no world `{world}`")]
    UnknownWorld {
        /// What was asked for.
        world: String,
        /// The world that was perhaps meant.
        suggestion: Option<String>,
        /// The worlds that there are.
        known: Vec<String>,
    },
    /// The module does not fit its world.
    #[error("the module does not fit the world `{world}`: {reason}")]
    World {
        /// The world.
        world: String,
        /// What `wit-component` says.
        reason: String,
    },
    /// The types that the module or component carries cannot be read.
    #[error("the types of the interfaces that the file carries cannot be read: {reason}")]
    ComponentType {
        /// What `wit-component` says.
        reason: String,
    },
    /// The module was built with another definition of an interface under the same name.
    #[error("the module was built with another `{interface}`: `{function}` is {theirs} there, and {ours} in Locket")]
    OtherWit {
        /// The interface.
        interface: String,
        /// The function that differs.
        function: String,
        /// Its type in the module.
        theirs: String,
        /// Its type in Locket.
        ours: String,
    },
    /// More interfaces than a manifest holds.
    #[error("the module {list} {count} interfaces; a manifest has room for {MAX_INTERFACES}")]
    TooManyInterfaces {
        /// `imports` or `exports`.
        list: &'static str,
        /// How many.
        count: usize,
    },
    /// A device would refuse the module.
    #[error("a device would refuse the module: {0}")]
    Device(ImageError),
}

impl PackError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Name { .. } => {
                format!("use 1 to {MAX_NAME} lower-case letters, digits and hyphens, not starting or ending with a hyphen")
            }
            Self::Version { .. } => "write a semantic version, such as `1.2.0`".to_string(),
            Self::Empty | Self::NotWasm => {
                "give a core module or a component, such as `target/wasm32-unknown-unknown/release/soil.wasm`".to_string()
            }
            Self::Text => "turn it into a binary first: `wasm-tools parse FILE.wat -o FILE.wasm`".to_string(),
            Self::Invalid { .. } => "the file may be cut off; build it again".to_string(),
            Self::Features { advice, .. } => advice.join("\n"),
            Self::Image { .. } => "give the module that the image was built from".to_string(),
            Self::NoModule => "give the core module that the component was to be made of".to_string(),
            Self::SeveralModules { .. } => "components that were composed, linked dynamically or made with an adapter for \
                                            WASI preview 1 cannot be packed; build one module for `wasm32-unknown-unknown` \
                                            or link statically"
                .to_string(),
            Self::Imports { problems, known } => {
                let mut help: Vec<String> = Vec::new();
                for advice in problems.iter().filter_map(ImportProblem::help) {
                    if !help.contains(&advice) {
                        help.push(advice);
                    }
                }
                if help.is_empty() {
                    help.push(format!(
                        "Locket has the interfaces\n  {}\nand those of `--wit`, which a vendor's board has",
                        known.join("\n  ")
                    ));
                }
                help.join("\n")
            }
            Self::UnknownWorld { suggestion: Some(world), .. } => format!("did you mean `{world}`?"),
            Self::UnknownWorld { known, .. } => format!("there are {}", known.join(", ")),
            Self::World { .. } => "export what the world asks for, or choose the world that the module is written for \
                                   with `--world`, and its WIT with `--wit`"
                .to_string(),
            Self::ComponentType { .. } => {
                "build the module again with a newer wit-bindgen".to_string()
            }
            Self::OtherWit { .. } => "generate the module's bindings from this version of Locket's `wit` folder".to_string(),
            Self::TooManyInterfaces { .. } => "split the program into two containers".to_string(),
            Self::Device(ImageError::ImportKind { .. }) => {
                "link the module with a memory and tables of its own (no `--import-memory`, `--import-table`)".to_string()
            }
            Self::Device(_) => return None,
        };
        Some(help)
    }
}

/// An import that the kernel does not have.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ImportProblem {
    /// No such interface.
    UnknownInterface {
        /// As the import names it.
        interface: String,
        /// The first function that is imported from it.
        function: String,
        /// The interface that was perhaps meant.
        suggestion: Option<String>,
    },
    /// The interface exists in an incompatible version only.
    Version {
        /// As the import names it.
        interface: String,
        /// The one that there is.
        known: String,
    },
    /// The interface exists, but containers export it, or it holds only types.
    NotOffered {
        /// As the import names it.
        interface: String,
    },
    /// The interface has no such function.
    UnknownFunction {
        /// The interface that there is.
        interface: String,
        /// As the import names it.
        function: String,
        /// The function that was perhaps meant.
        suggestion: Option<String>,
        /// The functions that it has.
        known: Vec<String>,
    },
    /// The function has another core type.
    Signature {
        /// The interface that there is.
        interface: String,
        /// The function.
        function: String,
        /// The core type by the WIT.
        expected: String,
        /// The core type that is imported.
        found: String,
    },
    /// Something that is not a function.
    NotAFunction {
        /// The import's module name.
        module: String,
        /// The import's name.
        field: String,
        /// `memory`, `table`, …
        kind: &'static str,
    },
}

impl fmt::Display for ImportProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownInterface { interface, function, .. } => {
                write!(f, "no interface `{interface}` (for `{function}`)")
            }
            Self::Version { interface, known } => write!(f, "`{interface}` is not compatible with `{known}`"),
            Self::NotOffered { interface } => write!(f, "`{interface}` is for containers to export, not to import"),
            Self::UnknownFunction { interface, function, .. } => write!(f, "`{interface}` has no `{function}`"),
            Self::Signature { interface, function, expected, found } => {
                write!(f, "`{function}` of `{interface}` has the core type {expected}, not {found}")
            }
            Self::NotAFunction { module, field, kind } => write!(f, "the {kind} `{field}` of `{module}`"),
        }
    }
}

impl ImportProblem {
    fn help(&self) -> Option<String> {
        let help = match self {
            Self::UnknownInterface { suggestion: Some(name), .. }
            | Self::UnknownFunction { suggestion: Some(name), .. } => {
                return Some(format!("did you mean `{name}`?"));
            }
            Self::UnknownFunction { known, .. } => return Some(format!("it has {}", known.join(", "))),
            Self::UnknownInterface { interface, .. } if interface.starts_with("wasi_snapshot_preview1") => {
                "the module was built for WASI preview 1; build it for `wasm32-unknown-unknown` and without the standard \
                 library's files and console"
            }
            Self::UnknownInterface { interface, .. } if interface == "env" => {
                "imports from `env` are functions that the linker did not find; link what defines them"
            }
            Self::UnknownInterface { interface, .. } if interface == "$root" => {
                "functions that a world imports directly have no provider; put them into an interface"
            }
            Self::UnknownInterface { interface, .. } if interface.starts_with("[export]") => {
                "resources that a container exports are not supported"
            }
            Self::UnknownInterface { interface, .. } if interface.starts_with("cm32p2|") => {
                "names of the form `cm32p2|…` are reserved; generate the bindings with names such as `wasi:io/poll@0.2.0`"
            }
            Self::UnknownInterface { interface, .. } if interface.contains("wbindgen") => {
                "the module was built for JavaScript with wasm-bindgen; leave that dependency out"
            }
            Self::Version { .. } | Self::Signature { .. } => {
                "generate the module's bindings from this version of Locket's `wit` folder"
            }
            Self::NotAFunction { .. } => "link the module with a memory and tables of its own",
            _ => return None,
        };
        Some(help.to_string())
    }
}

/// Something that the author should know, though the image is good.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Warning {
    /// The memory takes whole pages of 64 KiB, because code grows it or asks for its size.
    MemoryResized {
        /// Bytes at the start.
        bytes: u32,
        /// `memory.grow` or `memory.size`.
        instruction: &'static str,
        /// The function that does so first, by name or by index.
        function: String,
    },
    /// The memory takes whole pages of 64 KiB, because the engine cannot see where the linker stopped.
    MemoryUnmarked {
        /// Bytes at the start.
        bytes: u32,
        /// The exports that are missing.
        missing: Vec<&'static str>,
    },
    /// Both marks are there, but not as constants in order below the memory's size.
    MemoryMarksUnusable {
        /// Bytes at the start.
        bytes: u32,
    },
    /// Most of the memory is the stack of the compiled language.
    LargeStack {
        /// Bytes of linear memory.
        bytes: u32,
        /// Bytes of stack in it.
        stack: u32,
    },
    /// Nothing that the kernel could start.
    NothingToRun,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MemoryResized { bytes, instruction, function } => {
                write!(f, "memory stays at {}: `{instruction}` is used, first in {function}", size(*bytes))
            }
            Self::MemoryUnmarked { bytes, missing } => {
                write!(f, "memory stays at {}: the module does not export {}", size(*bytes), list(missing))
            }
            Self::MemoryMarksUnusable { bytes } => write!(
                f,
                "memory stays at {}: `__data_end` and `__heap_base` are not constants in this order below the memory's size",
                size(*bytes)
            ),
            Self::LargeStack { bytes, stack } => {
                write!(f, "{} of the {} of memory are the stack", size(*stack), size(*bytes))
            }
            Self::NothingToRun => {
                write!(f, "the module does not export `locket:system/run`, so the kernel cannot start it")
            }
        }
    }
}

impl Warning {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::MemoryResized { .. } => {
                "use an allocator with a fixed arena, such as the SDK's, instead of one that grows the memory"
            }
            Self::MemoryUnmarked { .. } => "link with `--export=__heap_base --export=__data_end`",
            Self::MemoryMarksUnusable { .. } => "do not define these symbols yourself; the linker does",
            Self::LargeStack { .. } => "link with `-zstack-size=2048`",
            Self::NothingToRun => "export the interface `locket:system/run` unless the image is a library for tests",
        }
    }
}

fn size(bytes: u32) -> String {
    if bytes.is_multiple_of(1024) { format!("{} KiB", bytes / 1024) } else { format!("{bytes} bytes") }
}

fn list(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| if word.starts_with("__") { format!("`{word}`") } else { word.to_string() })
        .collect::<Vec<_>>()
        .join(" and ")
}

fn lines(problems: &[ImportProblem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}
