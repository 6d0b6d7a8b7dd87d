//! "Did you mean …?" for every unknown name.

use crate::diagnostics::list;

/// The help for `name`, which is none of `known`: the nearest one, else all of them, else nothing.
pub(crate) fn did_you_mean<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    known.dedup();
    // A list that nobody would read helps nobody.
    let verb = if known.len() == 1 { "is" } else { "are" };
    let all = (1..=12).contains(&known.len()).then(|| format!("there {verb} {}", list(&known, "and")));
    nearest(name, known).or(all)
}

/// The same, for the nearest one only.
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    let distances = known.into_iter().map(|known| (strsim::damerau_levenshtein(name, known), known));
    let (distance, nearest) = distances.min()?;
    let length = name.chars().count();
    // One slip in three letters, as a rule of thumb.
    (distance <= length.max(3) / 3 && distance < length).then(|| format!("did you mean `{nearest}`?"))
}
