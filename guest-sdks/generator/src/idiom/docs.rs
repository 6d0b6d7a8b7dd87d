//! The WIT's documentation, which is the SDK's reference documentation too.

use wit_bindgen_core::wit_parser::Docs;

/// The lines of a WIT comment, each behind `mark` (such as `///`); nothing if there is none.
pub(crate) fn lines(mark: &str, docs: &Docs) -> String {
    docs.contents.as_deref().map_or_else(String::new, |text| marked(mark, text))
}

/// The lines of `text`, each behind `mark`.
pub(crate) fn marked(mark: &str, text: &str) -> String {
    text.trim().lines().map(|line| format!("{mark} {line}").trim_end().to_owned() + "\n").collect()
}
