//! From rule ids, which a device knows, back to lines of the policy file, which its author knows.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use locket_policy::RuleId;

use crate::diagnostics::Span;

/// The lines of one policy that rule ids stand for.
///
/// The ids are the same whenever the same text is compiled, so a host finds the line for an id out of a device's log
/// by compiling the policy again.
#[derive(Clone, Debug)]
pub struct SourceMap {
    file: PathBuf,
    /// By rule id.
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    number: usize,
    text: String,
}

impl SourceMap {
    pub(crate) fn new(file: &Path) -> Self {
        Self { file: file.to_owned(), lines: Vec::new() }
    }

    /// A new rule: the line of `text` on which `span` starts. `None` when the ids are used up.
    pub(crate) fn add(&mut self, text: &str, span: &Span) -> Option<RuleId> {
        let rule = RuleId(u16::try_from(self.lines.len()).ok()?);
        let before = text.get(..span.start).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
        let number = before.matches('\n').count() + 1;
        self.lines.push(Line { number, text: line.trim().to_owned() });
        Some(rule)
    }

    /// Where a rule stands; `None` for an id that is not of this policy.
    #[must_use]
    pub fn locate(&self, rule: RuleId) -> Option<Location<'_>> {
        let line = self.lines.get(usize::from(rule.0))?;
        Some(Location { file: &self.file, line: line.number, text: &line.text })
    }
}

/// One line of a policy file. Shown as `greenhouse.toml:31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location<'m> {
    /// The file.
    pub file: &'m Path,
    /// The line, from 1.
    pub line: usize,
    /// What stands there, without indentation.
    pub text: &'m str,
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.file.file_name().map_or_else(|| self.file.to_string_lossy(), |name| name.to_string_lossy());
        write!(f, "{name}:{}", self.line)
    }
}
