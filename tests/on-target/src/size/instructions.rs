//! How many instructions of the processor an operation takes.
//!
//! A guest repeats it; the difference between a run and one with twice the repetitions is free of everything that
//! happens once. The loop around the operation is counted with it, and ticks of the clock are, as in any other run.

use anyhow::{Context, Result, ensure};
use locket_on_target::{Firmware, NANOSECONDS_PER_INSTRUCTION, Output, Ram};
use locket_tests::bench::Bench;
use locket_tests::images;

use crate::report::Operation;

/// Repetitions of the shorter run.
const TIMES: u64 = 2_000;
/// Seconds of virtual time that are more than enough.
const SECONDS: u32 = 60;

/// The pin, which the firmware has, and the channel that the operations need.
const BOARD: &str = "[digital-out.led0]\n";
const GRANTS: &str = "led = { digital-out = \"led0\", rights = [\"set\"] }";
const CHANNEL: &str = "\
[channels.loop]
from = [\"bench\"]
to = [\"bench\"]
message = \"16 B\"
depth = 2
when-full = \"reject\"
";

const OPEN_PIN: &str = "(call $output-open (i32.const 0) (i32.const 3) (i32.const 16))
    (local.set $one (i32.load (i32.const 20)))";
const SET_PIN: &str = "(call $output-set (local.get $one) (i32.const 1) (i32.const 32))";
const OPEN_CHANNEL: &str = "(call $sender-open (i32.const 3) (i32.const 4) (i32.const 16))
    (local.set $one (i32.load (i32.const 20)))
    (call $receiver-open (i32.const 3) (i32.const 4) (i32.const 16))
    (local.set $two (i32.load (i32.const 20)))";
const MESSAGE: &str = "(call $send (local.get $one) (i32.const 1024) (i32.const 16) (i32.const 32))
    (call $receive (local.get $two) (i32.const 48))";

/// A container that has nothing to do.
const SMALLEST: &str = r#"(module (func (export "locket:system/run@0.1.0#run") (result i32) i32.const 0))"#;

/// Counts all operations.
pub fn count(firmware: &Firmware) -> Result<Vec<Operation>> {
    let counter = Counter { firmware };
    let operation = |what: &str, instructions| Operation { what: what.to_owned(), instructions };
    Ok(vec![
        operation("guest's empty loop", counter.repeated("", "", 0, 0)?),
        operation("checked call, output.set", counter.repeated(OPEN_PIN, SET_PIN, 1, 0)?),
        operation("16-byte message, sent and received", counter.repeated(OPEN_CHANNEL, MESSAGE, 2, 1)?),
        operation("container, start to exit", counter.life()?),
    ])
}

struct Counter<'f> {
    firmware: &'f Firmware,
}

impl Counter<'_> {
    /// Instructions of one round of `body`, which makes so many calls and sends so many messages.
    fn repeated(&self, open: &str, body: &str, calls: u64, messages: u64) -> Result<u64> {
        let run = |times| {
            let output = self.run(&module(open, body, times)?)?;
            let bench = output.container("bench");
            let did = (bench.number("calls") >= times * calls, bench.number("sent"), bench.number("received"));
            ensure!(did == (true, times * messages, times * messages), "not all of it was done: {bench:?}");
            Ok(bench.number("cpu"))
        };
        let (once, twice) = (run(TIMES)?, run(2 * TIMES)?);
        let nanoseconds = twice.checked_sub(once).context("twice the work took less time")?;
        Ok(nanoseconds.div_ceil(TIMES * NANOSECONDS_PER_INSTRUCTION))
    }

    /// Instructions from the event of the smallest container's start to that of its end: load, run, clean up. The
    /// container is alone on the device.
    fn life(&self) -> Result<u64> {
        let output = self.run(&wat::parse_str(SMALLEST)?)?;
        let nanoseconds = output.time_of("bench: exited(0)") - output.time_of("bench: started");
        Ok(nanoseconds.div_ceil(NANOSECONDS_PER_INSTRUCTION))
    }

    fn run(&self, module: &[u8]) -> Result<Output> {
        let bundle = Bench::for_profile(Ram::Kib256.profile())
            .board(BOARD)
            .image(images::image("bench", module))
            .container("bench", "bench", "memory = \"96 KiB\"\nstack = \"1 KiB\"", GRANTS)
            .policy(CHANNEL)
            .bundle();
        let output = self.firmware.run(&bundle, SECONDS)?;
        ensure!(output.container("bench").state == "exited(0)", "the guest did not get through:\n{}", output.log());
        Ok(output)
    }
}

/// A module that opens what `open` says and then runs `body` `times` times.
fn module(open: &str, body: &str, times: u64) -> Result<Vec<u8>> {
    let text = format!(
        r#"(module
        (import "locket:gpio/digital@0.1.0" "[static]output.open" (func $output-open (param i32 i32 i32)))
        (import "locket:gpio/digital@0.1.0" "[method]output.set" (func $output-set (param i32 i32 i32)))
        (import "locket:ipc/channel@0.1.0" "[static]sender.open" (func $sender-open (param i32 i32 i32)))
        (import "locket:ipc/channel@0.1.0" "[method]sender.send" (func $send (param i32 i32 i32 i32)))
        (import "locket:ipc/channel@0.1.0" "[static]receiver.open" (func $receiver-open (param i32 i32 i32)))
        (import "locket:ipc/channel@0.1.0" "[method]receiver.receive" (func $receive (param i32 i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "ledloop")
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 4096)
        (func (export "locket:system/run@0.1.0#run") (result i32)
            (local $one i32) (local $two i32) (local $times i64)
            {open}
            (local.set $times (i64.const {times}))
            (loop $again
                {body}
                (br_if $again (i64.ne (local.tee $times (i64.sub (local.get $times) (i64.const 1))) (i64.const 0))))
            i32.const 0))"#
    );
    Ok(wat::parse_str(text)?)
}
