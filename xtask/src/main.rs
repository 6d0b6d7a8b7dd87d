//! Set-up, tests and demo of the workspace in one command.
fn main() {}
