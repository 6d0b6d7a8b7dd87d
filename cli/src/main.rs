//! The `locket` command.
fn main() {}
