//! What has changed from one report to another.

use std::collections::HashMap;

use crate::report::Report;
use crate::text::{number, table};

/// The changed numbers as a table, with sign; a line that says so if none has. Only what both have measured is
/// compared: a report of one interpreter says nothing about the other.
pub fn between(older: &Report, newer: &Report) -> String {
    let covered = |report: &Report, name: &str| {
        report.variants.iter().any(|variant| name.starts_with(&format!("{}: ", variant.interpreter)))
    };
    let (before, after) = (older.figures(), newer.figures());
    let mut names: Vec<&str> = after.iter().map(|(name, _)| name.as_str()).collect();
    let now: HashMap<_, _> = after.iter().map(|(name, figure)| (name.as_str(), *figure)).collect();
    let then: HashMap<_, _> = before.iter().map(|(name, figure)| (name.as_str(), *figure)).collect();
    names.extend(before.iter().map(|(name, _)| name.as_str()).filter(|name| !now.contains_key(name)));

    let mut changes = table(["change", "before", "now", "difference"]);
    for name in names.into_iter().filter(|name| covered(older, name) && covered(newer, name)) {
        let (before, now) = (then.get(name).copied().unwrap_or(0), now.get(name).copied().unwrap_or(0));
        if before != now {
            let sign = if now > before { '+' } else { '-' };
            let difference = format!("{sign}{}", number(now.abs_diff(before)));
            changes.add_row([name.to_owned(), number(before), number(now), difference]);
        }
    }
    if changes.is_empty() { "Nothing has changed.\n".to_owned() } else { format!("{changes}\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::RoomSize;
    use crate::report::tests::made_up;

    #[test]
    fn nothing_changed() {
        assert_eq!(between(&made_up(), &made_up()), "Nothing has changed.\n");
    }

    #[test]
    fn changes_new_rooms_and_gone_ones() {
        let mut newer = made_up();
        let variant = &mut newer.variants[0];
        variant.rooms[0].code += 1_500;
        variant.rooms[2] = RoomSize { room: "provider storage".to_owned(), code: 4_000, data: 0, bss: 64 };
        variant.operations[1].instructions -= 50;
        insta::assert_snapshot!(between(&made_up(), &newer));
    }

    #[test]
    fn an_interpreter_that_only_one_has_is_left_out() {
        let mut newer = made_up();
        newer.variants[0].interpreter = "classic".to_owned();
        assert_eq!(between(&made_up(), &newer), "Nothing has changed.\n");
    }
}
