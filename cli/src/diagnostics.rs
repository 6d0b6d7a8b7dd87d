//! How errors and warnings look.

use std::{
    env,
    io::{IsTerminal as _, stderr},
};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, MietteDiagnostic, Severity};
use textwrap::{WordSeparator, WordSplitter};

/// Columns when the terminal's width does not matter, such as in a log.
const WIDTH: usize = 110;

/// Makes every error that `main` gets look as [`handler`] says.
pub fn install() {
    // A second call would fail; there is none.
    let _ = miette::set_hook(Box::new(|_| Box::new(handler())));
}

/// Colours on a terminal (unless `NO_COLOR` is set), plain text elsewhere.
pub fn handler() -> GraphicalReportHandler {
    let colours = stderr().is_terminal() && env::var_os("NO_COLOR").is_none();
    let theme = if colours { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    // Paths, keys and names of interfaces stay in one piece, to be copied.
    GraphicalReportHandler::new_themed(theme)
        .with_width(WIDTH)
        .with_break_words(false)
        .with_word_separator(WordSeparator::AsciiSpace)
        .with_word_splitter(WordSplitter::NoHyphenation)
}

/// Says something that the user should know, and goes on.
pub fn warn(message: String, help: &str) {
    write(&MietteDiagnostic::new(message).with_severity(Severity::Warning).with_help(help));
}

/// Writes one diagnostic to standard error.
pub fn write(diagnostic: &dyn Diagnostic) {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = handler().render_report(&mut text, diagnostic);
    eprint!("{text}");
}
