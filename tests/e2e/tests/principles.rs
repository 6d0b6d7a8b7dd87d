//! The design's principles on real guests: each test tries to break the one that it is named after. Principles that
//! are the kernel's alone are tried in `kernel/core/tests/principles.rs` too.

use std::time::{Duration, Instant};

use locket_kernel::{ContainerState, ExitReason, Refusal, TrapKind};
use locket_tests::bench::{Bench, Running};
use locket_tests::{guests, images};

const GRANTS: &str = "\
led = { digital-out = \"lamp0\", rights = [\"set\"] }
button = { digital-in = \"button0\", rights = [\"read\"] }
monotonic-clock = {}
random = {}
info = {}
log = {}
";

/// Adds the channels that the hostile guest needs, for the containers `names`.
fn channels(bench: Bench, names: &[&str]) -> Bench {
    let all = names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    bench
        .guest("smallest")
        .container("peer", "smallest", "", "log = {}")
        .policy(&format!(
            "[channels.out]\nfrom = [{all}, \"peer\"]\nto = [{all}, \"peer\"]\nmessage = \"64 B\"\ndepth = 4\n\
             when-full = \"drop-oldest\""
        ))
        .policy(&format!(
            "[channels.in]\nfrom = [\"peer\"]\nto = [{all}]\nmessage = \"8 B\"\ndepth = 4\nwhen-full = \"drop-oldest\""
        ))
}

fn hostile(names: &[&str], lines: &str) -> Bench {
    let bench =
        names.iter().fold(Bench::new().guest("hostile"), |bench, name| bench.container(name, "hostile", lines, GRANTS));
    channels(bench, names)
}

fn ended(running: &Running, name: &str) -> bool {
    matches!(running.kernel().state(running.id(name)), ContainerState::Ended(_))
}

#[test]
fn principle_1_no_ambient_authority() {
    // The guest imports the log and channels; its policy grants it nothing but a pin.
    let bench = Bench::new().guest("smallest").container(
        "bare",
        "smallest",
        "",
        "led = { digital-out = \"lamp0\", rights = [\"set\"] }",
    );
    let report = bench.check().expect_err("the checker names the missing grants");
    assert!(report.contains("log") && report.contains("locket:ipc/channel"), "{report}");
}

#[test]
fn principle_2_authority_comes_from_the_calling_instance() {
    // Both containers are instances of one image and have linked the same symbols; only one holds `led`.
    let without = GRANTS.replace("led = { digital-out = \"lamp0\", rights = [\"set\"] }\n", "");
    let bench = Bench::new().guest("hostile").container("left-open", "hostile", "", GRANTS).container(
        "many-handles",
        "hostile",
        "",
        &without,
    );
    let running = channels(bench, &["left-open", "many-handles"]).run();
    assert_eq!(running.reason("left-open"), ExitReason::Exited(0), "{}", running.log());
    assert_eq!(running.reason("many-handles"), ExitReason::Exited(98), "it opened another's pin:\n{}", running.log());
}

#[test]
fn principle_3_the_guests_index_is_not_the_kernels_handle() {
    let names = ["forged-0", "forged-max", "stale", "wrong-type"];
    let running = hostile(&names, "").run();
    for name in names {
        let reason = running.reason(name);
        assert!(matches!(reason, ExitReason::Trapped(TrapKind::Abi(_))), "{name}: {reason}");
    }
    assert_eq!(running.reason("peer"), ExitReason::Exited(0), "the neighbour was harmed:\n{}", running.log());
}

#[test]
fn principle_4_revocation_reaches_a_container_that_waits() {
    let running = Bench::new()
        .guest("ticker")
        .guest("counter")
        .container("ticker", "ticker", "", "monotonic-clock = {}\nlog = {}")
        .container("counter", "counter", "", "log = {}")
        .policy(
            "[channels.ticks]\nfrom = [\"ticker\"]\nto = [\"counter\"]\nmessage = \"4 B\"\ndepth = 8\n\
             when-full = \"drop-oldest\"",
        )
        .device();
    running.during(|running| {
        running.until("did messages arrive", |running| running.has("received, 0 lost"));
        let receiver = running.kernel().capability(running.id("counter"), "receiver", "ticks").expect("it holds one");
        assert!(running.kernel().revoke(&receiver));
        running.until("was it told", |running| ended(running, "counter"));
    });
    assert!(running.has("revoked"), "{}", running.log());
}

#[test]
fn principle_5_the_sender_pays() {
    // Both hold a receiving end of `out` and never take a message from it; `flood` sends a million to them.
    let running = hostile(&["flood", "deaf"], "").device();
    let before = running.kernel().limits(running.id("deaf")).memory;
    running.during(|running| {
        running.until("did the flood end", |running| {
            let kept = running.kernel().channel_len("out").unwrap_or(usize::MAX);
            assert!(kept <= 4, "{kept} messages are kept in a channel of four");
            ended(running, "flood")
        });
        let memory = running.kernel().account(running.id("deaf")).memory;
        assert!(memory <= before, "the receiver's memory grew to {memory} bytes");
        assert_eq!(running.kernel().account(running.id("deaf")).messages_received, 0);
    });
    let sent = running.kernel().account(running.id("flood")).messages_sent;
    assert_eq!(sent, 1_000_000, "every message is on the sender's account:\n{}", running.log());
    assert_eq!(running.reason("peer"), ExitReason::Exited(0), "{}", running.log());
}

#[test]
fn principle_6_the_kernel_owns_every_wait() {
    let names = ["sleeps", "deaf", "loop", "never-waits"];
    let running = hostile(&names, "").device();
    running.during(|running| {
        running.until("did all run", |running| {
            names.iter().all(|name| !matches!(running.kernel().state(running.id(name)), ContainerState::Idle))
        });
        for name in names {
            assert!(running.kernel().kill(running.id(name)), "{name} runs");
        }
        running.until("did all end", |running| names.iter().all(|name| ended(running, name)));
    });
    for name in names {
        assert_eq!(running.reason(name), ExitReason::Killed, "{name}");
    }
}

#[test]
fn principle_7_everything_is_bounded_and_declared() {
    let bench = Bench::new()
        .guest("smallest")
        .container("one", "smallest", "memory = \"600 KiB\"", "log = {}")
        .container("two", "smallest", "memory = \"600 KiB\"", "log = {}")
        .policy(
            "[channels.out]\nfrom = [\"one\"]\nto = [\"two\"]\nmessage = \"8 B\"\ndepth = 4\nwhen-full = \"reject\"",
        );
    assert!(bench.check().is_ok(), "it fits a device that does not say how much memory it has");
    let small = bench.device_line("memory = \"1 MiB\"");
    let report = small.check().expect_err("1,200 KiB do not fit into 1 MiB");
    assert!(report.contains("short by"), "{report}");
}

#[test]
fn principle_8_one_choke_point() {
    let running = hostile(&["left-open"], "").device();
    running.kernel().set_tracing(true);
    assert!(running.device.run(Some(Duration::from_mins(1))));
    // Every call is counted and traced at the same place, whatever it calls.
    let calls = running.kernel().account(running.id("left-open")).calls;
    let is_call = |line: &&String| line.starts_with("left-open: locket:") || line.starts_with("left-open: wasi:");
    let traced = running.events().iter().filter(is_call).count();
    assert!(calls > 0 && u64::try_from(traced) == Ok(calls), "{calls} calls, {traced} traced:\n{}", running.log());
    assert!(running.has("[static]output.open") && running.has("[method]receiver.subscribe"), "{}", running.log());
}

#[test]
fn principle_9_a_containers_failure_is_its_own() {
    let names = ["trap", "recursion", "store-outside", "exit-0"];
    let running = hostile(&names, "").run();
    assert_eq!(running.reason("exit-0"), ExitReason::Exited(0));
    for name in ["trap", "recursion", "store-outside"] {
        let reason = running.reason(name);
        assert!(matches!(reason, ExitReason::Trapped(_)), "{name}: {reason}");
        assert_ne!(reason.status(), 0, "a trapped container's exit status is never 0");
    }
}

#[test]
fn principle_9_a_busy_container_is_throttled_to_its_share_and_can_be_killed_there() {
    let running = hostile(&["loop"], "cpu = \"10%\"").device();
    running.during(|running| {
        let busy = running.id("loop");
        running.until("was it throttled", |running| running.kernel().state(busy) == ContainerState::Throttled);
        running.until("did the peer end", |running| ended(running, "peer"));
        assert!(running.kernel().kill(busy));
        running.until("did it end", |running| ended(running, "loop"));
    });
    assert_eq!(running.reason("loop"), ExitReason::Killed, "{}", running.log());
    assert_eq!(running.reason("peer"), ExitReason::Exited(0), "{}", running.log());
    let account = running.kernel().account(running.id("loop"));
    assert!(account.fuel > 0 && account.cpu_time > 0, "what it used is accounted: {account:?}");
}

#[test]
fn principle_10_one_truth() {
    let bench = hostile(&["exit-0"], "");
    let checked = bench.check().expect("the policy is right");
    let vocabulary = locket_tests::bench::vocabulary();
    let ask = |label| {
        let function = "locket:gpio/digital/output.set";
        locket_policy_lang::explain(&checked, &vocabulary, "exit-0", function, Some(label)).expect("a known function")
    };
    assert!(ask("led").allowed);
    assert!(!ask("lamp0").allowed, "an object's name is not a label");
    // The device decides by the same function: it opens `led`, and nothing under another label.
    let running = bench.run();
    assert_eq!(running.reason("exit-0"), ExitReason::Exited(0));
}

#[test]
fn a_start_that_fails_returns_its_reason_at_once() {
    let start_traps = images::image("start-traps", &guests::wat("start-traps"));
    let began = Instant::now();
    let running = Bench::new()
        .image(start_traps)
        .container("stillborn", "start-traps", "restart = { when = \"failed\" }", "log = {}")
        .run();
    assert!(began.elapsed() < Duration::from_secs(50), "it was not waited for");
    let reason = running.reason("stillborn");
    assert_eq!(reason, ExitReason::Refused(Refusal::StartTrapped(TrapKind::Unreachable)), "{}", running.log());
}

#[test]
fn a_successor_finds_nothing_of_its_predecessor() {
    // It takes one message, leaves others in the queue, and traps; each successor must begin with an empty queue.
    let running = Bench::new()
        .guest("hostile")
        .guest("ticker")
        .container("ticker", "ticker", "", "monotonic-clock = {}\nlog = {}")
        .container(
            "dies-with-mail",
            "hostile",
            "restart = { when = \"failed\", backoff = \"10ms..20ms\", give-up-after = 3 }",
            GRANTS,
        )
        .policy(
            "[channels.ticks]\nfrom = [\"ticker\"]\nto = [\"dies-with-mail\"]\nmessage = \"4 B\"\ndepth = 8\n\
             when-full = \"drop-oldest\"",
        )
        .policy(
            "[channels.in]\nfrom = [\"ticker\"]\nto = [\"dies-with-mail\"]\nmessage = \"4 B\"\ndepth = 8\n\
             when-full = \"drop-oldest\"",
        )
        .policy(
            "[channels.out]\nfrom = [\"dies-with-mail\"]\nto = [\"ticker\"]\nmessage = \"4 B\"\ndepth = 8\n\
             when-full = \"drop-oldest\"",
        )
        .device();
    running.during(|running| {
        running.until("did it run", |running| running.has("dies-with-mail: started"));
        // Nobody sends on `in`, so it waits; its queue on `ticks` fills and overflows meanwhile.
        running.until("did its queue fill", |running| running.kernel().channel_len("ticks") == Some(8));
        running.kernel().kill(running.id("dies-with-mail"));
        running.until("did it end", |running| ended(running, "dies-with-mail"));
        assert_eq!(running.kernel().channel_len("ticks"), Some(0), "messages of a dead receiver stay in use");
    });
}
