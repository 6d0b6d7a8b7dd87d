//! Indentation of generated code: generators write lines, this room moves them to the right.

/// Indents `code` by its brackets. A line that opens more than it closes indents what follows; a line that starts by
/// closing stands where the opening line does.
pub(crate) fn indented(code: &str, unit: &str) -> String {
    let mut text = String::with_capacity(code.len() * 2);
    let mut depth: usize = 0;
    for line in code.lines() {
        let line = line.trim();
        if line.is_empty() {
            text.push('\n');
            continue;
        }
        let (before, after) = if is_comment(line) { (0, 0) } else { balance(line) };
        depth = depth.saturating_sub(before);
        // Go has its cases on the level of the switch.
        let label = unit == "\t" && (line.starts_with("case ") || line == "default:");
        text.push_str(&unit.repeat(if label { depth.saturating_sub(1) } else { depth }));
        text.push_str(line);
        text.push('\n');
        depth += after;
    }
    text
}

fn is_comment(line: &str) -> bool {
    line.starts_with("//")
}

/// How many levels end before the line's own text, and how many it leaves open after it.
fn balance(line: &str) -> (usize, usize) {
    let mut open: usize = 0;
    let mut closed: usize = 0;
    let mut quoted = false;
    let mut escaped = false;
    for c in line.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '{' | '(' | '[' => open += 1,
            '}' | ')' | ']' if open > 0 => open -= 1,
            '}' | ')' | ']' => closed += 1,
            _ => {}
        }
    }
    // However many brackets a line opens, the formatters indent what follows by one level.
    (closed.min(1), open.min(1))
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn brackets_indent_and_comments_and_strings_do_not() {
        let code = "f(a: u32) {\n// {\nif (x) {\ny(\"{\");\n} else {\nz();\n}\n}\n\ng";
        let expected = "f(a: u32) {\n  // {\n  if (x) {\n    y(\"{\");\n  } else {\n    z();\n  }\n}\n\ng\n";
        assert_eq!(indented(code, "  "), expected);
    }
}
