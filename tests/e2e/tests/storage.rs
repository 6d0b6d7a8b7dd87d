//! Storage on the real kernel, with a real guest: what works, what is refused, what is apart, and what survives.

use locket_abi::Trap;
use locket_kernel::{ContainerState, Denial, ExitReason, TrapKind};
use locket_tests::bench::{Bench, Running};

const BOARD: &str = "\
[kv.soil]
keys = 40
[kv.water]
[record-log.events]
records = 10
";

/// A container called `name`, with these grants of storage.
fn keeper(bench: Bench, name: &str, state: &str, events: &str) -> Bench {
    let grants = format!("state = {{ {state} }}\nevents = {{ {events} }}\ninfo = {{}}\nlog = {{}}");
    bench.container(name, "keeper", CONFIG, &grants)
}

/// What each container is told.
const CONFIG: &str = "config = { threshold = \"30\", unit = \"\" }";

const STATE: &str = "kv = \"soil\", rights = [\"read\", \"write\"]";
const EVENTS: &str = "record-log = \"events\", rights = [\"read\", \"append\", \"clear\"]";

fn bench() -> Bench {
    Bench::new().board(BOARD).guest("keeper")
}

fn run(name: &str, state: &str, events: &str) -> Running {
    keeper(bench(), name, state, events).run()
}

/// Runs the keeper's behaviour `name`, which must find all as it expects.
fn expect(name: &str, state: &str, events: &str) -> Running {
    let running = run(name, state, events);
    assert_eq!(running.reason(name), ExitReason::Exited(0), "{name}:\n{}", running.log());
    running
}

#[test]
fn every_function_works() {
    expect("every-kv", STATE, EVENTS);
    expect("every-log", STATE, EVENTS);
    expect("every-config", STATE, EVENTS);
}

#[test]
fn a_right_that_is_missing_is_an_error() {
    let running = expect("read-only", "kv = \"soil\", rights = [\"read\"]", EVENTS);
    assert!(running.has("[method]bucket.increment \"state\": not-permitted"), "{}", running.log());
    expect("write-only", "kv = \"soil\", rights = [\"write\"]", EVENTS);
    expect("append-only", STATE, "record-log = \"events\", rights = [\"append\"]");
}

#[test]
fn a_quota_that_is_used_up_is_an_error_and_a_record() {
    let running = expect(
        "fills",
        &format!("{STATE}, quota = \"1000 B\""),
        "record-log = \"events\", rights = [\"read\", \"append\"], quota = \"200 B\"",
    );
    let denials: Vec<_> = running.kernel().audit().collect();
    assert!(denials.iter().all(|record| record.denial == Denial::QuotaExceeded), "{denials:?}");
    let denied =
        |function, label| denials.iter().any(|record| record.function == function && record.label.as_str() == label);
    assert!(denied("[method]bucket.set", "state") && denied("[method]bucket.commit", "state"), "{denials:?}");
    assert!(denied("[method]records.append", "events"), "{denials:?}");
}

#[test]
fn another_label_opens_nothing() {
    expect("no-label", STATE, EVENTS);
}

#[test]
fn sizes_have_limits() {
    expect("bad-sizes", STATE, EVENTS);
    for name in ["longest-key", "longest-value", "longest-batch"] {
        let running = run(name, STATE, EVENTS);
        let reason = running.reason(name);
        assert_eq!(reason, ExitReason::Trapped(TrapKind::Abi(Trap::TooLong)), "{name}:\n{}", running.log());
    }
}

#[test]
fn a_bucket_is_revoked_while_it_is_written() {
    let running = keeper(bench(), "until-revoked", STATE, EVENTS).device();
    running.during(|running| {
        let keeper = running.id("until-revoked");
        running.until("did it write", |running| running.has("writing"));
        let bucket = running.kernel().capability(keeper, "kv", "state").expect("it holds one");
        assert!(running.kernel().revoke(&bucket));
        running.until("did it end", |running| matches!(running.kernel().state(keeper), ContainerState::Ended(_)));
    });
    assert_eq!(running.reason("until-revoked"), ExitReason::Exited(0), "{}", running.log());
}

#[test]
fn two_containers_see_the_same_only_if_both_are_granted_it() {
    let apart = keeper(bench(), "mine", STATE, EVENTS);
    let apart = keeper(apart, "theirs", "kv = \"water\", rights = [\"read\", \"write\"]", EVENTS).run();
    for name in ["mine", "theirs"] {
        assert_eq!(apart.reason(name), ExitReason::Exited(0), "{name}:\n{}", apart.log());
    }
    let shared = keeper(bench(), "writes", "kv = \"soil\", rights = [\"write\"]", EVENTS);
    let shared = keeper(shared, "reads", "kv = \"soil\", rights = [\"read\"]", EVENTS).run();
    assert_eq!(shared.reason("reads"), ExitReason::Exited(0), "{}", shared.log());
}

#[test]
fn values_survive_the_container() {
    let lines = format!("restart = {{ when = \"failed\", backoff = \"1ms..1ms\" }}\n{CONFIG}");
    let grants = format!("state = {{ {STATE} }}\nevents = {{ {EVENTS} }}\ninfo = {{}}\nlog = {{}}");
    let running = bench().container("counts", "keeper", &lines, &grants).run();
    assert_eq!(running.reason("counts"), ExitReason::Exited(0), "{}", running.log());
    for line in ["start 1, record 1", "start 2, record 2", "start 3, record 3"] {
        assert!(running.has(line), "{line}:\n{}", running.log());
    }
}

#[test]
fn values_survive_the_device() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path().display();
    let board = format!("[kv.soil]\ndirectory = \"{directory}\"\n[record-log.events]\ndirectory = \"{directory}\"\n");
    for start in 1..=3 {
        let running = keeper(Bench::new().board(&board).guest("keeper"), "counts", STATE, EVENTS).run();
        let line = format!("start {start}, record {start}");
        assert!(running.has(&line), "{line}:\n{}", running.log());
    }
}

#[test]
fn a_quota_belongs_to_storage_and_is_explained_where_it_does_not() {
    let bench = bench().container(
        "mine",
        "keeper",
        CONFIG,
        "state = { kv = \"soil\", rights = [\"read\", \"append\"] }\nevents = { record-log = \"soil\", rights = [\"read\"] }\n\
         lamp = { digital-out = \"lamp0\", rights = [\"set\"], quota = \"1 KiB\" }\ninfo = {}\nlog = {}",
    );
    let report = bench.check().expect_err("three mistakes");
    for part in ["has no right `append`", "`soil` is a `kv`", "a `digital-out` holds no bytes"] {
        assert!(report.contains(part), "{part}: {report}");
    }
}
