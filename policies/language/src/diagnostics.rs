//! What is said to the author of a policy: each problem with file, line, column, and the way out.

use std::{error::Error, fmt, ops::Range, path::Path, sync::Arc};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity, SourceCode, SourceSpan,
};

/// Bytes of a file.
pub(crate) type Span = Range<usize>;

/// One thing that is wrong, or that looks wrong.
#[derive(Clone, Debug)]
pub struct Problem {
    severity: Severity,
    message: String,
    labels: Vec<LabeledSpan>,
    help: Option<String>,
    source: Arc<NamedSource<String>>,
}

impl Problem {
    /// Whether the policy can be used all the same.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.severity == Severity::Warning
    }

    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Says what the marked place is.
    pub(crate) fn label(&mut self, text: impl Into<String>) -> &mut Self {
        if let Some(first) = self.labels.first_mut() {
            first.set_label(Some(text.into()));
        }
        self
    }

    /// Marks a second place.
    pub(crate) fn also(&mut self, span: &Span, text: impl Into<String>) -> &mut Self {
        self.labels.push(LabeledSpan::new_with_span(Some(text.into()), SourceSpan::from(span.clone())));
        self
    }

    /// Says how to mend it.
    pub(crate) fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help = Some(text.into());
        self
    }

    /// Says how to mend it, if there is an idea.
    pub(crate) fn maybe_help(&mut self, text: Option<String>) -> &mut Self {
        self.help = text.or(self.help.take());
        self
    }

    fn offset(&self) -> usize {
        self.labels.first().map_or(0, LabeledSpan::offset)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Problem {}

impl Diagnostic for Problem {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.labels.is_empty()).then_some(&*self.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// Why a policy is refused: every problem that was found, warnings included.
#[derive(Clone, Debug)]
pub struct Report {
    file: String,
    problems: Vec<Problem>,
}

impl Report {
    /// A file that could not even be read.
    pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        let file = path.display().to_string();
        let problem = Problem {
            severity: Severity::Error,
            message: format!("{file} cannot be read: {error}"),
            labels: Vec::new(),
            help: None,
            source: Arc::new(NamedSource::new(&file, String::new())),
        };
        Self { file, problems: vec![problem] }
    }

    pub(crate) fn new(file: String, problems: Vec<Problem>) -> Self {
        Self { file, problems }
    }

    /// The problems, in the order of the file.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The problems with their places in the text, without colours.
    #[must_use]
    pub fn plain(&self) -> String {
        render(&self.problems, &GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(110))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let warnings = self.problems.iter().filter(|problem| problem.is_warning()).count();
        let errors = self.problems.len() - warnings;
        write!(f, "{}: {errors} error{}", self.file, plural(errors))?;
        if warnings > 0 {
            write!(f, ", {warnings} warning{}", plural(warnings))?;
        }
        Ok(())
    }
}

impl Error for Report {}

impl Diagnostic for Report {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.problems.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}

/// Draws problems one after another.
#[must_use]
pub fn render(problems: &[Problem], handler: &GraphicalReportHandler) -> String {
    let mut text = String::new();
    for problem in problems {
        // Writing to a string does not fail.
        let _ = handler.render_report(&mut text, problem);
    }
    text
}

/// The problems found in one file so far.
pub(crate) struct Notes {
    source: Arc<NamedSource<String>>,
    problems: Vec<Problem>,
}

impl Notes {
    pub(crate) fn new(path: &Path, text: String) -> Self {
        Self { source: Arc::new(NamedSource::new(path.display().to_string(), text)), problems: Vec::new() }
    }

    pub(crate) fn name(&self) -> String {
        self.source.name().to_owned()
    }

    /// Something for which the policy is refused.
    pub(crate) fn error(&mut self, span: &Span, message: impl Into<String>) -> &mut Problem {
        self.add(Severity::Error, span, message.into())
    }

    /// Something that is probably not meant.
    pub(crate) fn warning(&mut self, span: &Span, message: impl Into<String>) -> &mut Problem {
        self.add(Severity::Warning, span, message.into())
    }

    fn add(&mut self, severity: Severity, span: &Span, message: String) -> &mut Problem {
        let labels = vec![LabeledSpan::new_primary_with_span(None, SourceSpan::from(span.clone()))];
        self.problems.push(Problem { severity, message, labels, help: None, source: Arc::clone(&self.source) });
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// Whether anything stands against the policy.
    pub(crate) fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| !problem.is_warning())
    }

    /// The problems, in the order of the file.
    pub(crate) fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(Problem::offset);
        self.problems
    }
}

pub(crate) fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// `a`, `b` and `c`
pub(crate) fn list<S: AsRef<str>>(names: impl IntoIterator<Item = S>, word: &str) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// Bytes with separators: 262,144.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
