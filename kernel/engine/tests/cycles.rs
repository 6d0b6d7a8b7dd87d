//! Containers that come and go leave nothing behind, in their arena or in the process.

mod support;

use std::fs;

use locket_kernel::ExitReason::{Exited, OutOfMemory, Trapped};
use locket_kernel::TrapKind;
use support::{run_in, with_run};

/// Bytes of the process that are in memory.
fn resident() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: usize = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("its second number");
    pages * 4096
}

#[test]
fn a_thousand_containers_leave_arena_and_process_as_they_were() {
    let guests = [
        (with_run("(memory 1)", "i32.const 0"), Exited(0)),
        (
            with_run("(memory 1) (data (i32.const 8) \"abc\")", "(loop unreachable) i32.const 0"),
            Trapped(TrapKind::Unreachable),
        ),
        (with_run("(memory 1)", "(drop (memory.grow (i32.const 1))) i32.const 0"), Exited(0)),
        (with_run("(memory 1)", "(drop (memory.grow (i32.const 900))) unreachable"), OutOfMemory),
        (with_run("(func $deep call $deep)", "call $deep i32.const 0"), Trapped(TrapKind::StackOverflow)),
    ];
    let cycle = || {
        for (guest, reason) in &guests {
            // `run_in` checks that the arena is empty afterwards.
            assert_eq!(run_in(512 << 10, 100_000, guest).reason, *reason);
        }
    };
    for _ in 0..20 {
        cycle();
    }
    let before = resident();
    for _ in 0..200 {
        cycle();
    }
    let grown = resident().saturating_sub(before);
    assert!(grown <= 64 << 10, "the process has grown by {grown} bytes");
}
