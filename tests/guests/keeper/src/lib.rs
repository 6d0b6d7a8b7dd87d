//! Uses storage in the way that its container's name says. One image serves all tests.
//!
//! Needs the grants `state`, a bucket, `events`, a log, `info` and `log`, and a table `config`.
//!
//! Exit code 0 says that all went as the behaviour's documentation has it, 98 that the kernel gave another answer, 97 that
//! no behaviour is called so; an error that was not expected is logged and exits with 1.
#![no_std]
#![expect(clippy::unnecessary_wraps, reason = "behaviours have one shape, whether or not they can be refused")]

extern crate alloc;

mod refused;
mod used;

use locket_guest::{Result, error, info};

/// The kernel gave another answer than it should.
const UNEXPECTED: u8 = 98;
/// No behaviour is called as this container is.
const UNKNOWN: u8 = 97;

locket_guest::main!(run, arena = 16 * 1024);

fn run() -> Result<u8> {
    match info::name().as_str() {
        "every-kv" => used::every_function_of_a_bucket(),
        "every-config" => used::every_function_of_the_settings(),
        "every-log" => used::every_function_of_a_log(),
        "counts" => used::counts_its_starts(),
        "mine" | "theirs" => used::finds_only_its_own(),
        "writes" => used::writes(),
        "reads" => used::reads(),

        "read-only" => refused::read_only(),
        "write-only" => refused::write_only(),
        "append-only" => refused::append_only(),
        "fills" => refused::fills(),
        "no-label" => refused::no_label(),
        "bad-sizes" => refused::bad_sizes(),
        "longest-key" => refused::longest_key(),
        "longest-value" => refused::longest_value(),
        "longest-batch" => refused::longest_batch(),
        "until-revoked" => refused::until_revoked(),

        _ => {
            error!("no behaviour of this name");
            Ok(UNKNOWN)
        }
    }
}

/// The exit code for an answer that was expected, or not.
fn exit(expected: bool) -> Result<u8> {
    Ok(if expected { 0 } else { UNEXPECTED })
}
