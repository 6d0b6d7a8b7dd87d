//! The report as tables, in the Markdown that a README takes.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use crate::report::{Report, Variant};

/// What the table of rooms cannot tell.
const INLINED: &str = "Code that was inlined counts in the room that it was inlined into.\n\n";

/// The whole report.
pub fn of(report: &Report) -> String {
    let mut text = String::new();
    for variant in &report.variants {
        for (title, note, table) in [
            ("flash and statics, in bytes", INLINED, rooms(variant)),
            ("budgets, in bytes", "", budgets(variant)),
            ("RAM of a container, in bytes", "", containers(variant)),
            ("instructions", "", operations(variant)),
        ] {
            let gap = if text.is_empty() { "" } else { "\n" };
            let interpreter = capitalised(&variant.interpreter);
            let _ = writeln!(text, "{gap}### {interpreter} interpreter: {title}\n\n{note}{table}");
        }
    }
    text
}

/// A Markdown table: words on the left, numbers on the right.
pub fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// With a mark at each thousand.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn rooms(variant: &Variant) -> Table {
    let mut table = table(["room", "text+rodata", "data", "bss"]);
    let mut sums = [0; 3];
    for room in &variant.rooms {
        let row = [room.code, room.data, room.bss];
        for (sum, bytes) in sums.iter_mut().zip(row) {
            *sum += bytes;
        }
        table.add_row([vec![room.room.clone()], row.map(number).to_vec()].concat());
    }
    table.add_row([vec!["**all**".to_owned()], sums.map(number).to_vec()].concat());
    table
}

fn budgets(variant: &Variant) -> Table {
    let mut table = table(["budget", "found", "limit", ""]);
    for budget in &variant.budgets {
        let verdict = match budget.limit {
            Some(limit) if budget.bytes > limit => "**over**",
            Some(_) => "ok",
            None => "",
        };
        let limit = budget.limit.map(number).unwrap_or_default();
        table.add_row([budget.what.clone(), number(budget.bytes), limit, verdict.to_owned()]);
    }
    table
}

fn containers(variant: &Variant) -> Table {
    let mut table = Table::new();
    let names = variant.containers.iter().map(|container| container.name.clone());
    table.load_style(presets::ASCII_MARKDOWN).set_header([String::new()].into_iter().chain(names));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let columns: Vec<_> = variant.containers.iter().map(crate::report::ContainerRam::lines).collect();
    for (line, (what, _)) in columns.first().into_iter().flatten().enumerate() {
        let numbers = columns.iter().map(|column| number(column[line].1));
        table.add_row([(*what).to_owned()].into_iter().chain(numbers));
    }
    table
}

fn operations(variant: &Variant) -> Table {
    let mut table = table(["operation", "instructions", "ratio to the loop"]);
    let bare = variant.operations.first().map_or(1, |operation| operation.instructions.max(1));
    for operation in &variant.operations {
        let tenths = (operation.instructions * 10).div_ceil(bare);
        let ratio = format!("{}.{}", number(tenths / 10), tenths % 10);
        table.add_row([operation.what.clone(), number(operation.instructions), ratio]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::made_up;

    #[test]
    fn a_report_as_text() {
        insta::assert_snapshot!(of(&made_up()));
    }

    #[test]
    fn thousands() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }
}
