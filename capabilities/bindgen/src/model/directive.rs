//! The doc-comment lines that are also rules: recognised here, given meaning in [`super::check`].

use super::{Limit, error::Problem};

/// A doc comment, taken apart.
#[derive(Debug, Default)]
pub(super) struct Directives {
    /// The comment without the rule lines, blank lines around them collapsed.
    pub(super) docs: String,
    /// ``Granted as `word`.``
    pub(super) granted_as: Option<String>,
    /// `Needs no grant.`
    pub(super) free: bool,
    /// ``Right: `name`.`` or ``Rights: `name`, `name`.``; empty without such a line.
    pub(super) rights: Vec<String>,
    /// `Quota: bytes.`
    pub(super) quota: bool,
    /// `Waits.`
    pub(super) waits: bool,
    /// `` `parameter`: at most N bytes.``
    pub(super) limits: Vec<Limit>,
}

/// What a doc comment belongs to; it decides which rules may stand there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Interface,
    Resource,
    Function,
}

enum Line {
    Text,
    Granted(String),
    Free,
    Rights(Vec<String>),
    Quota,
    Waits,
    Limit(Limit),
}

impl Directives {
    /// Takes `comment` apart. A line that only looks like a rule is an error, lest a typing mistake drop a check.
    pub(super) fn parse(comment: Option<&str>, subject: Subject) -> Result<Self, Problem> {
        let mut parsed = Self::default();
        let mut text: Vec<&str> = Vec::new();
        for line in comment.unwrap_or_default().lines() {
            let (repeated, belongs, home): (bool, _, &[Subject]) = match classify(line.trim())? {
                Line::Text => {
                    if !(line.trim().is_empty() && text.last().is_none_or(|last| last.trim().is_empty())) {
                        text.push(line.trim_end());
                    }
                    continue;
                }
                Line::Granted(word) => (
                    parsed.granted_as.replace(word).is_some(),
                    "an interface or a resource",
                    &[Subject::Interface, Subject::Resource],
                ),
                Line::Free => (std::mem::replace(&mut parsed.free, true), "an interface", &[Subject::Interface]),
                Line::Rights(names) => {
                    let repeated = !std::mem::replace(&mut parsed.rights, names).is_empty();
                    (repeated, "a method", &[Subject::Function])
                }
                Line::Quota => (std::mem::replace(&mut parsed.quota, true), "a resource", &[Subject::Resource]),
                Line::Waits => (std::mem::replace(&mut parsed.waits, true), "a function", &[Subject::Function]),
                Line::Limit(limit) => {
                    let repeated = parsed.limits.iter().any(|other| other.parameter == limit.parameter);
                    parsed.limits.push(limit);
                    (repeated, "a function", &[Subject::Function])
                }
            };
            let line = line.trim().to_owned();
            if !home.contains(&subject) {
                return Err(Problem::Misplaced { line, belongs });
            }
            if repeated {
                return Err(Problem::Repeated { line });
            }
        }
        while text.last().is_some_and(|line| line.is_empty()) {
            text.pop();
        }
        parsed.docs = text.join("\n");
        Ok(parsed)
    }
}

fn classify(line: &str) -> Result<Line, Problem> {
    let malformed = |expected| Problem::Malformed { line: line.to_owned(), expected };
    if let Some(rest) = line.strip_prefix("Granted as") {
        return quoted(rest).map(Line::Granted).ok_or(malformed("\"Granted as `word`.\""));
    }
    if let Some(rest) = line.strip_prefix("Right:") {
        return quoted(rest).map(|name| Line::Rights(vec![name])).ok_or(malformed("\"Right: `name`.\""));
    }
    if let Some(rest) = line.strip_prefix("Rights:") {
        return several(rest).map(Line::Rights).ok_or(malformed("\"Rights: `name`, `name`.\""));
    }
    if line.starts_with("Quota:") {
        return if line == "Quota: bytes." { Ok(Line::Quota) } else { Err(malformed("\"Quota: bytes.\"")) };
    }
    if line.starts_with("Needs no grant") {
        return if line == "Needs no grant." { Ok(Line::Free) } else { Err(malformed("\"Needs no grant.\"")) };
    }
    if line == "Waits." {
        return Ok(Line::Waits);
    }
    if line == "Waits" {
        return Err(malformed("\"Waits.\""));
    }
    let Some((parameter, bound)) = line.strip_prefix('`').and_then(|rest| rest.split_once("`: at most")) else {
        return Ok(Line::Text);
    };
    let bytes = bound.strip_suffix(" bytes.").and_then(|number| number.trim_start().parse().ok());
    match bytes {
        Some(bytes) => Ok(Line::Limit(Limit { parameter: parameter.to_owned(), bytes })),
        None => Err(malformed("\"`parameter`: at most N bytes.\"")),
    }
}

/// The words in `` `word`, `word`.``: two or more, each once.
fn several(text: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let (others, last) = text.rsplit_once(", ")?;
    for word in others.split(", ") {
        words.push(quoted(&format!("{word}."))?);
    }
    words.push(quoted(last)?);
    let mut sorted = words.clone();
    sorted.sort_unstable();
    sorted.dedup();
    (sorted.len() == words.len()).then_some(words)
}

/// The word in `` `word`.``
fn quoted(text: &str) -> Option<String> {
    let word = text.trim_start().strip_prefix('`')?.strip_suffix("`.")?;
    (!word.is_empty() && !word.contains('`')).then(|| word.to_owned())
}
