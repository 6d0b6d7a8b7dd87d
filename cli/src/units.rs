//! Numbers of bytes, as people write them.

/// Reads `2048`, `2 KiB`, `2KiB` or `1 MiB`.
pub fn bytes(text: &str) -> Result<u32, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim() {
        "" | "B" => 1,
        "KiB" => 1024,
        "MiB" => 1024 * 1024,
        other => return Err(format!("`{other}` is no unit; write a number of bytes, KiB or MiB, such as \"2 KiB\"")),
    };
    let number: u32 = number.parse().map_err(|_| "write a number of bytes, such as \"2 KiB\"".to_owned())?;
    number.checked_mul(unit).ok_or_else(|| "4 GiB or more".to_owned())
}

/// `12,345 bytes`
pub fn show(bytes: usize) -> String {
    let digits = bytes.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + if bytes == 1 { " byte" } else { " bytes" }
}
