//! Why a set of WIT packages is refused.

use std::{fmt, io, path::PathBuf};

/// Why a set of WIT packages was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// What was read.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No `.wit` file was found.
    #[error("no WIT packages here")]
    NoPackages,
    /// The text is not WIT, or names something that does not exist. The message points at the place.
    #[error("{0}")]
    Wit(String),
    /// The WIT breaks a rule of `wit/README.md`.
    #[error("{place}: {problem}")]
    Rule {
        /// Where.
        place: Box<Place>,
        /// Which rule.
        problem: Box<Problem>,
    },
}

/// A place in WIT, as a person looks for it: file, interface, item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// `gpio/gpio.wit:12:5`: file, line, column.
    pub file: String,
    /// The interface, version included.
    pub interface: String,
    /// The resource or function in it (`output.set`); `None` for the interface itself.
    pub item: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.interface)?;
        match &self.item {
            Some(item) => write!(f, ", `{item}`"),
            None => Ok(()),
        }
    }
}

/// The rule of `wit/README.md` that is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A line begins like a rule and goes on differently.
    #[error("`{line}` is not a rule; expected {expected}")]
    Malformed {
        /// The line.
        line: String,
        /// The form that it should have.
        expected: &'static str,
    },
    /// A rule stands where it has no meaning.
    #[error("`{line}` means nothing here; it belongs on {belongs}")]
    Misplaced {
        /// The line.
        line: String,
        /// What the rule is about.
        belongs: &'static str,
    },
    /// A rule that may stand once stands twice.
    #[error("`{line}` says a second time what an earlier line says")]
    Repeated {
        /// The second line.
        line: String,
    },
    /// `Right:` names a flag that `flags rights` lacks.
    #[error("`flags rights` has no `{right}`; it has {}", list(known))]
    UnknownRight {
        /// The name.
        right: String,
        /// The flags that there are.
        known: Vec<String>,
    },
    /// A limit names a parameter that the function lacks.
    #[error("there is no parameter `{parameter}`; there is {}", list(known))]
    UnknownParameter {
        /// The name.
        parameter: String,
        /// The parameters that there are.
        known: Vec<String>,
    },
    /// A limit is on a parameter that holds neither a string nor a list.
    #[error("`{parameter}` is neither a string nor a list, so it has no limit")]
    NothingToLimit {
        /// The parameter.
        parameter: String,
    },
    /// Two things are granted by the same word.
    #[error("`{word}` is already the grant word of {other}")]
    GrantWordTaken {
        /// The word.
        word: String,
        /// Who has it.
        other: String,
    },
    /// A grant word is not lower-case words joined by hyphens.
    #[error("`{word}` is not a grant word: lower-case letters and digits, joined by hyphens")]
    GrantWord {
        /// The word.
        word: String,
    },
    /// The full names of two resources have the same hash, by which handle tables tell types apart.
    #[error("its handles could not be told from those of {other}; rename one of the two")]
    SameId {
        /// The other resource.
        other: String,
    },
    /// An interface with resources is granted whole, or says that it needs no grant while its resources need one.
    #[error("resources are granted one by one, so the interface cannot be granted or free as a whole")]
    WholeAndParts,
    /// A resource says nothing of grants, while another one of its interface does.
    #[error("other resources of this interface are granted, so this one needs a line \"Granted as `…`.\" too")]
    NoGrantWord,
    /// A granted resource cannot be opened.
    #[error("a granted resource needs `open: static func(label: string) -> result<{resource}, error>`")]
    NoOpen {
        /// The resource.
        resource: String,
    },
    /// A function of an interface with granted resources has no object whose rights could be checked.
    #[error("no granted object is behind this call, so nothing could be checked; make it a method")]
    NoObject,
    /// A method of a granted resource names no right.
    #[error("a method of a granted resource needs a line \"Right: `…`.\"")]
    NoRight,
    /// The `error` enum lacks kernel answers, or there is none.
    #[error("the kernel answers with {} here, so `enum error` needs a case for each", list(missing))]
    ErrorCases {
        /// The cases that are missing.
        missing: Vec<String>,
    },
    /// `rights` has too many flags.
    #[error("`flags rights` has {count} flags; the kernel keeps {max}", max = super::MAX_RIGHTS)]
    TooManyRights {
        /// How many.
        count: usize,
    },
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
