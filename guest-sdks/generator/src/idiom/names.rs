//! Names that a language takes and that do not clash with others in sight.

use std::collections::BTreeSet;

/// The names in sight at one place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    taken: BTreeSet<String>,
}

impl Scope {
    /// A place where `names` are in sight.
    pub(crate) fn with(names: impl IntoIterator<Item = String>) -> Self {
        Self { taken: names.into_iter().collect() }
    }

    /// Takes names that stand already.
    pub(crate) fn reserve<'n>(&mut self, names: impl IntoIterator<Item = &'n String>) {
        self.taken.extend(names.into_iter().cloned());
    }

    /// Takes `wanted`, else `wanted_`, else `wanted2` and so on.
    pub(crate) fn fresh(&mut self, wanted: &str) -> String {
        let candidates = [wanted.to_owned(), format!("{wanted}_")].into_iter();
        let mut candidates = candidates.chain((2_u32..).map(|n| format!("{wanted}{n}")));
        let name = candidates.find(|name| self.taken.insert(name.clone()));
        name.unwrap_or_default()
    }

    /// Takes `wanted`, else `wanted1`, `wanted2` and so on: for the bindings' own variables.
    pub(crate) fn variable(&mut self, wanted: &str) -> String {
        let mut candidates = std::iter::once(wanted.to_owned()).chain((1_u32..).map(|n| format!("{wanted}{n}")));
        let name = candidates.find(|name| self.taken.insert(name.clone()));
        name.unwrap_or_default()
    }
}

/// Whether `code` has `name` as a whole word.
pub(crate) fn mentions(code: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + name.len()..].chars().next();
        !before.is_some_and(word) && !after.is_some_and(word)
    })
}

#[cfg(test)]
mod tests {
    use super::{Scope, mentions};

    #[test]
    fn a_name_is_given_out_once() {
        let mut scope = Scope::with(["set".to_owned()]);
        assert_eq!(scope.fresh("set"), "set_");
        assert_eq!(scope.fresh("set"), "set2");
        assert_eq!(scope.fresh("get"), "get");
        assert_eq!(scope.variable("get"), "get1");
        assert_eq!(scope.variable("get"), "get2");
    }

    #[test]
    fn only_whole_words_are_mentions() {
        assert!(mentions("f(payload, 1)", "payload"));
        assert!(!mentions("f(payload1, my_payload)", "payload"));
    }
}
