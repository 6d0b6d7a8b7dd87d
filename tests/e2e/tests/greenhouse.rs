//! The demo's own policy and containers, signed with its own key: what the README promises happens.

use locket_tests::bench::Bench;

#[test]
fn the_living_work_and_every_attack_is_ended_with_its_reason() {
    let running = Bench::greenhouse().device();
    running.during(|running| {
        running.until("did the intruder give up", |running| running.has("intruder: exited(0)"));
        let watered = |running: &locket_tests::bench::Running| {
            running.events().iter().filter(|line| line.contains("valve: valve0 = ")).count()
        };
        let before = watered(running);
        running.until("did the valve go on", |running| watered(running) > before);
    });
    for line in [
        "intruder: denied: locket:gpio/digital@0.1.0 [static]output.open \"valve\": unknown-label",
        "intruder: denied: locket:ipc/channel@0.1.0 [static]sender.open \"moisture\": unknown-label",
        "intruder: denied: locket:gpio/digital@0.1.0 [method]output.read \"lamp\": not-permitted",
        "intruder: denied: locket:gpio/digital@0.1.0 [method]output.set \"lamp\": quota-exceeded",
        "intruder: trapped: unknown handle",
        "intruder: trapped: handle of another resource type",
        "intruder: trapped: pointer out of bounds",
        "intruder: out-of-fuel",
        "intruder: trapped: stack overflow",
        "valve: valve0 = high",
    ] {
        assert!(running.has(line), "never `{line}`:\n{}", running.log());
    }
    assert!(!running.has("SUCCEEDED"), "{}", running.log());
    let deciding = running
        .kernel()
        .audit()
        .filter_map(|record| running.checked.source_map().locate(record.rule).map(|line| line.text.to_owned()))
        .collect::<Vec<_>>();
    assert!(deciding.iter().any(|text| text == "[containers.intruder.grants]"), "{deciding:?}");
    assert!(deciding.iter().any(|text| text.starts_with("lamp = ")), "{deciding:?}");
}
