//! Reading TOML so that nothing is ignored: a table is read key by key, and what nobody asked for is a problem.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use crate::{
    diagnostics::{Notes, Span},
    suggest::did_you_mean,
    units::UnitError,
};

/// Parses a file. All syntax errors are noted; with any, there is nothing to read further.
pub(crate) fn parse<'t>(text: &'t str, notes: &mut Notes) -> Option<Spanned<DeTable<'t>>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let end = text.len();
        let span = error.span().map_or(end..end, |span| visible(text, span));
        let problem = notes.error(&span, error.message());
        if error.message() == "duplicate key" {
            problem.help("a name can stand only once in its table");
        }
    }
    errors.is_empty().then_some(table)
}

/// A place that is empty is shown as the character after it, or before it at the end of the file.
fn visible(text: &str, span: Range<usize>) -> Range<usize> {
    let next = |from: usize| text[from..].chars().next().map_or(from, |c| from + c.len_utf8());
    match span {
        Range { start, end } if start == end && text.is_char_boundary(start) => start..next(start),
        span => span,
    }
}

/// One `key = value`.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'d> {
    key: &'d Spanned<DeString<'d>>,
    value: &'d Spanned<DeValue<'d>>,
}

impl<'d> Entry<'d> {
    pub(crate) fn key(&self) -> &'d str {
        self.key.get_ref()
    }

    pub(crate) fn key_span(&self) -> Span {
        self.key.span()
    }

    pub(crate) fn span(&self) -> Span {
        self.value.span()
    }

    pub(crate) fn value(&self) -> &'d DeValue<'d> {
        self.value.get_ref()
    }

    /// Notes that the value should have been something else.
    pub(crate) fn expected(&self, what: &str, notes: &mut Notes) {
        let found = kind_name(self.value());
        notes.error(&self.span(), format!("`{}` is {what}, not {found}", self.key()));
    }

    /// The value as a string.
    pub(crate) fn string(&self, what: &str, notes: &mut Notes) -> Option<&'d str> {
        let text = self.value().as_str();
        if text.is_none() {
            self.expected(what, notes);
        }
        text
    }

    /// The value as a quantity.
    pub(crate) fn quantity<T>(
        &self,
        what: &str,
        parse: impl Fn(&str) -> Result<T, UnitError>,
        notes: &mut Notes,
    ) -> Option<T> {
        let text = self.string(what, notes)?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(error) => {
                notes.error(&self.span(), format!("`{}`: {}", self.key(), error.message)).help(error.help);
                None
            }
        }
    }

    /// The value as a whole number from `min` to `max`.
    pub(crate) fn integer(&self, min: u32, max: u32, notes: &mut Notes) -> Option<u32> {
        let DeValue::Integer(integer) = self.value() else {
            self.expected("a whole number", notes);
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.and_then(|number| u32::try_from(number).ok()).filter(|number| (min..=max).contains(number));
        if number.is_none() {
            notes.error(&self.span(), format!("`{}` is from {min} to {max}", self.key()));
        }
        number
    }

    /// The value as a list of strings, none of them twice.
    pub(crate) fn names(&self, what: &str, notes: &mut Notes) -> Option<Vec<(&'d str, Span)>> {
        let DeValue::Array(array) = self.value() else {
            if let DeValue::String(text) = self.value() {
                let help = format!("write {} = [\"{text}\"]", self.key());
                notes.error(&self.span(), format!("`{}` is {what}", self.key())).help(help);
            } else {
                self.expected(what, notes);
            }
            return None;
        };
        let mut names: Vec<(&str, Span)> = Vec::new();
        let mut complete = true;
        for item in array {
            let Some(name) = item.get_ref().as_str() else {
                complete = false;
                let message =
                    format!("`{}` is {what}, by their names; this is {}", self.key(), kind_name(item.get_ref()));
                notes.error(&item.span(), message);
                continue;
            };
            if let Some((_, first)) = names.iter().find(|(earlier, _)| *earlier == name) {
                notes.error(&item.span(), format!("`{name}` stands there twice")).also(first, "here first");
                continue;
            }
            names.push((name, item.span()));
        }
        complete.then_some(names)
    }

    /// The value as a table whose keys are known. `what` is what problems call it, such as "container `soil`".
    pub(crate) fn section(&self, what: impl Into<String>, notes: &mut Notes) -> Option<Section<'d>> {
        let DeValue::Table(table) = self.value() else {
            self.expected("a table", notes);
            return None;
        };
        Some(Section { what: what.into(), table, span: self.key_span(), asked: Vec::new() })
    }

    /// The value as a table whose keys are names that the author chose; in the order of the file.
    pub(crate) fn entries(&self, notes: &mut Notes) -> Vec<Entry<'d>> {
        let DeValue::Table(table) = self.value() else {
            self.expected("a table", notes);
            return Vec::new();
        };
        entries(table)
    }
}

fn entries<'d>(table: &'d DeTable<'d>) -> Vec<Entry<'d>> {
    let mut entries: Vec<Entry<'d>> = table.iter().map(|(key, value)| Entry { key, value }).collect();
    entries.sort_by_key(|entry| entry.key.span().start);
    entries
}

/// A table whose keys are known. Each key is asked for, then [`Section::finish`] notes the others.
pub(crate) struct Section<'d> {
    what: String,
    table: &'d DeTable<'d>,
    span: Span,
    asked: Vec<&'static str>,
}

impl<'d> Section<'d> {
    /// The file itself.
    pub(crate) fn root(what: &str, table: &'d Spanned<DeTable<'d>>) -> Self {
        Self { what: what.to_owned(), table: table.get_ref(), span: 0..0, asked: Vec::new() }
    }

    /// The place where the table's name stands.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    pub(crate) fn get(&mut self, key: &'static str) -> Option<Entry<'d>> {
        self.asked.push(key);
        self.table.get_key_value(key).map(|(key, value)| Entry { key, value })
    }

    /// The same, for a key that must be there.
    pub(crate) fn required(&mut self, key: &'static str, example: &str, notes: &mut Notes) -> Option<Entry<'d>> {
        let entry = self.get(key);
        if entry.is_none() {
            notes.error(&self.span, format!("{} has no `{key}`", self.what)).help(format!("add {key} = {example}"));
        }
        entry
    }

    /// Keys that nobody asks for by name.
    pub(crate) fn others(&self) -> Vec<Entry<'d>> {
        let mut others = entries(self.table);
        others.retain(|entry| !self.asked.contains(&entry.key()));
        others
    }

    /// Notes every key that was not asked for.
    pub(crate) fn finish(self, notes: &mut Notes) {
        for entry in self.others() {
            notes
                .error(&entry.key_span(), format!("{} has no key `{}`", self.what, entry.key()))
                .label("unknown key")
                .maybe_help(did_you_mean(entry.key(), self.asked.iter().copied()));
        }
    }
}

fn kind_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
