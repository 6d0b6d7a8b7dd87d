//! How many containers run at once: as many of the smallest useful guest as fit are really started, and send messages.

use std::io::Write as _;

use locket_on_target::{Firmware, Interpreter, Output, Ram};
use locket_tests::bench::Bench;

/// Memory of one reporter: linear memory, module, instance, execution environment.
const MEMORY: &str = "memory = \"5056 B\"\nstack = \"320 B\"";
/// That of the one that collects, which has more code.
const COLLECTOR: &str = "memory = \"8 KiB\"\nstack = \"1 KiB\"";
/// Native stack of each thread.
const STACK: &str = "stack=3328";

#[test]
fn at_least_24_containers_in_256_kib() {
    let most = most(Ram::Kib256);
    say(most, "256 KiB");
    assert!(most >= 24, "{most} containers in 256 KiB");
}

#[test]
fn containers_in_64_kib() {
    let most = most(Ram::Kib64);
    say(most, "64 KiB");
    assert!(most >= 4, "{most} containers in 64 KiB");
}

/// On standard output itself, which is shown of a test that passes too.
fn say(most: usize, ram: &str) {
    let _ = writeln!(std::io::stdout(), "{most} containers run at once in {ram} of RAM");
}

/// The largest number that runs; the next one is refused for want of memory or of a place in the tables.
fn most(ram: Ram) -> usize {
    let firmware = Firmware::build(Interpreter::Classic, ram).expect("the firmware builds");
    let capacity = if ram == Ram::Kib256 { 32 } else { 8 };
    let (mut runs, mut fails) = (0_usize, capacity + 1);
    while fails - runs > 1 {
        let count = runs.midpoint(fails);
        match firmware.run_with(&bench(ram, count).bundle(), 6, &[STACK]) {
            Ok(output) => {
                check(&output, count);
                runs = count;
            }
            Err(error) => {
                let text = format!("{error:#}");
                assert!(text.contains("refused: short by") || text.contains("refused: no RAM"), "{text}");
                fails = count;
            }
        }
    }
    runs
}

/// `count` containers: one that collects, all others report to it.
fn bench(ram: Ram, count: usize) -> Bench {
    let mut bench = Bench::for_profile(ram.profile()).guest("reporter").guest("collector");
    bench = bench.container("collector", "collector", COLLECTOR, "log = {}");
    let names: Vec<String> = (1..count.max(2)).map(|number| format!("r{number}")).collect();
    for name in &names {
        bench = bench.container(name, "reporter", MEMORY, "log = {}");
    }
    bench.policy(&format!(
        "[channels.reports]\nfrom = {names:?}\nto = [\"collector\"]\nmessage = \"8 B\"\ndepth = 2\n\
         when-full = \"wait\"\ntimeout = \"1m\""
    ))
}

/// All of them were alive until the end, and each had a turn again and again: who waits to send stands in line.
fn check(output: &Output, count: usize) {
    assert_eq!(output.containers.len(), count.max(2));
    for report in &output.containers {
        assert_eq!((report.state.as_str(), report.number("starts")), ("killed", 1), "{report:?}\n{}", output.log());
        let messages = report.number("sent") + report.number("received");
        assert!(messages >= 10, "{report:?}\n{}", output.log());
    }
}
