//! The greenhouse on a microcontroller: byte for byte the policy and the images that run on Linux, and the same events.

use locket_on_target::{Firmware, Interpreter, Output, Ram};
use locket_tests::bench::{Bench, Running};

/// Virtual seconds: the intruder needs about eight on a slow core.
const SECONDS: u32 = 20;

#[test]
fn the_fast_interpreter_has_the_events_of_linux() {
    compare(Interpreter::Fast);
}

#[test]
fn the_classic_interpreter_has_the_events_of_linux() {
    compare(Interpreter::Classic);
}

fn compare(interpreter: Interpreter) {
    let bench = Bench::greenhouse();
    let firmware = Firmware::build(interpreter, Ram::Kib256).expect("the firmware builds");
    let on_target = firmware.run(&bench.bundle(), SECONDS).expect("nothing but the intruder fails");
    let on_linux = run_on_linux(bench);

    let events_of = |name: &str| {
        let prefix = format!("{name}: ");
        on_linux.events().into_iter().filter(|line| line.starts_with(&prefix)).collect::<Vec<_>>()
    };
    // It has come to its end on both, by the same way.
    assert_eq!(on_target.of("intruder").join("\n"), events_of("intruder").join("\n"), "{interpreter:?}");
    assert_eq!(on_target.container("intruder").state, "exited(0)");
    // These go on for as long as they are let; how long that is is not the same.
    for name in ["soil", "valve"] {
        let (target, linux) = (living(on_target.of(name)), living(events_of(name)));
        let both = target.len().min(linux.len());
        assert!(both >= 4, "{name} did next to nothing: {target:?} {linux:?}");
        assert_eq!(target[..both], linux[..both], "{interpreter:?}");
    }
    the_others_lived_on(&on_target);
}

/// Until the intruder has come to its end and the others have done something after it.
fn run_on_linux(bench: Bench) -> Running {
    let running = bench.device();
    running.during(|running| {
        running.until("did the intruder give up", |running| running.has("intruder: exited(0)"));
        let switched = |running: &Running| running.events().iter().filter(|line| line.contains("valve0 = ")).count();
        running.until("was the valve switched twice", |running| switched(running) >= 2);
    });
    running
}

/// Without the end that the test itself brings about.
fn living(mut lines: Vec<String>) -> Vec<String> {
    lines.retain(|line| !line.ends_with(": killed"));
    lines
}

/// The valve is switched until the end, long after the intruder's: no attack has stopped the device or another
/// container.
fn the_others_lived_on(output: &Output) {
    let end_of_intruder = output.time_of("intruder: exited(0)");
    let later = output.events.iter().filter(|(time, line)| *time > end_of_intruder && line.contains("valve0 = "));
    assert!(later.count() >= 3, "{}", output.log());
    for name in ["soil", "valve"] {
        let report = output.container(name);
        assert_eq!((report.state.as_str(), report.number("starts")), ("killed", 1), "{}", output.log());
    }
}
