//! Containers that misbehave in every way there is: each ends for the right reason, and its neighbours do not notice.

use locket_abi::Trap;
use locket_kernel::{ExitReason, TrapKind};
use locket_tests::bench::{Bench, Running};

const UNREACHABLE: ExitReason = ExitReason::Trapped(TrapKind::Unreachable);
const OUTSIDE: ExitReason = ExitReason::Trapped(TrapKind::MemoryOutOfBounds);
const OVERFLOW: ExitReason = ExitReason::Trapped(TrapKind::StackOverflow);

const fn abi(trap: Trap) -> ExitReason {
    ExitReason::Trapped(TrapKind::Abi(trap))
}

const fn exited(code: u8) -> ExitReason {
    ExitReason::Exited(code)
}

/// What every hostile container is granted.
const GRANTS: &str = "\
led = { digital-out = \"lamp0\", rights = [\"set\"] }
button = { digital-in = \"button0\", rights = [\"read\"] }
monotonic-clock = {}
random = {}
info = {}
log = {}
";

/// A bench with a hostile container for each of `behaviours`, and `ticker` and `counter` as their neighbours.
fn neighbourhood<'b>(behaviours: impl IntoIterator<Item = &'b str>) -> Bench {
    let mut bench = Bench::new().guest("hostile").guest("ticker").guest("counter");
    bench = bench
        .container("ticker", "ticker", "", "monotonic-clock = {}\nlog = {}")
        .container("counter", "counter", "", "log = {}");
    let mut names = Vec::new();
    for behaviour in behaviours {
        bench = bench.container(behaviour, "hostile", "fuel = \"2M\"", GRANTS);
        names.push(format!("{behaviour:?}"));
    }
    let all = names.join(", ");
    bench
        .policy("[channels.ticks]\nfrom = [\"ticker\"]\nto = [\"counter\"]\nmessage = \"4 B\"\ndepth = 64\nwhen-full = \"drop-oldest\"")
        .policy(&format!(
            "[channels.out]\nfrom = [{all}]\nto = [\"counter\"]\nmessage = \"64 B\"\ndepth = 4\nrate = \"20/s\"\n\
             when-full = \"drop-oldest\""
        ))
        .policy(&format!(
            "[channels.in]\nfrom = [\"ticker\"]\nto = [{all}]\nmessage = \"8 B\"\ndepth = 4\nwhen-full = \"drop-oldest\""
        ))
}

/// Lets all behaviours end, and compares the ends with what is expected. The neighbours must have lost nothing.
fn check(expected: &[(&str, ExitReason)]) {
    let running = neighbourhood(expected.iter().map(|(name, _)| *name)).device();
    running.during(|running| {
        for (name, _) in expected {
            running.until("did all attackers end", |running| {
                matches!(running.kernel().state(running.id(name)), locket_kernel::ContainerState::Ended(_))
            });
        }
        // Whatever the neighbours had received by then, they go on receiving.
        let before = received(running);
        running.until("did the neighbours go on", |running| received(running) >= before + 20);
    });
    let wrong: Vec<String> = expected
        .iter()
        .filter(|(name, reason)| running.reason(name) != *reason)
        .map(|(name, reason)| format!("{name}: expected {reason}, and it ended with {}", running.reason(name)))
        .collect();
    assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), running.log());
    assert!(!running.has("out of order"), "{}", running.log());
    assert!(
        running.events().iter().filter(|line| line.contains(" received, ")).all(|line| line.ends_with(", 0 lost")),
        "the neighbours lost messages:\n{}",
        running.log()
    );
}

/// How many messages the counter has told of.
fn received(running: &Running) -> u32 {
    running
        .events()
        .iter()
        .rev()
        .find_map(|line| line.strip_prefix("counter: info: ")?.split(' ').next()?.parse().ok())
        .unwrap_or(0)
}

#[test]
fn code_that_goes_wrong_ends_its_container_only() {
    check(&[
        ("exit-0", exited(0)),
        ("exit-1", exited(1)),
        ("exit-255", exited(255)),
        ("trap", UNREACHABLE),
        ("panic", UNREACHABLE),
        ("load-outside", OUTSIDE),
        ("store-outside", OUTSIDE),
        ("loop", ExitReason::OutOfFuel),
        ("recursion", OVERFLOW),
        ("exhaust-heap", UNREACHABLE),
        ("realloc-fails", UNREACHABLE),
        ("realloc-traps", UNREACHABLE),
        ("realloc-loops", ExitReason::OutOfFuel),
        ("realloc-calls", abi(Trap::MayNotLeave)),
        ("never-waits", ExitReason::OutOfFuel),
    ]);
}

#[test]
fn values_that_break_the_abi_end_their_container_only() {
    check(&[
        ("pointer-outside", abi(Trap::OutOfBounds)),
        ("pointer-wraps", abi(Trap::OutOfBounds)),
        ("result-outside", abi(Trap::OutOfBounds)),
        ("result-misaligned", abi(Trap::Misaligned)),
        ("list-misaligned", abi(Trap::Misaligned)),
        ("bad-utf-8", abi(Trap::InvalidUtf8)),
        ("bad-enum", abi(Trap::InvalidDiscriminant)),
        ("long-label", abi(Trap::TooLong)),
        ("long-line", abi(Trap::TooLong)),
        ("huge-list", abi(Trap::TooLong)),
        ("much-random", abi(Trap::TooLong)),
    ]);
}

#[test]
fn handles_that_were_not_given_end_their_container_only() {
    check(&[
        ("forged-0", abi(Trap::UnknownHandle)),
        ("forged-2-28", abi(Trap::UnknownHandle)),
        ("forged-max", abi(Trap::UnknownHandle)),
        ("wrong-type", abi(Trap::WrongHandleType)),
        ("wrong-drop", abi(Trap::WrongHandleType)),
        ("stale", abi(Trap::UnknownHandle)),
        ("stale-reused", abi(Trap::WrongHandleType)),
        ("double-drop", abi(Trap::UnknownHandle)),
        ("many-handles", exited(0)),
        ("many-pollables", abi(Trap::TableFull)),
        ("left-open", exited(0)),
        ("poll-nothing", abi(Trap::ArgumentCount)),
        ("poll-many", abi(Trap::TooLong)),
        ("poll-twice", exited(0)),
        ("poll-dropped", abi(Trap::UnknownHandle)),
        ("poll-orphan", exited(0)),
    ]);
}

#[test]
fn messages_beyond_their_bounds_are_refused() {
    check(&[("flood", exited(0)), ("long-message", exited(0)), ("longest-message", abi(Trap::TooLong))]);
}

#[test]
fn the_flood_is_refused_by_its_rate_and_recorded() {
    let running = neighbourhood(["flood"]).device();
    running.during(|running| running.until("did the flood end", |running| running.has("flood: exited")));
    assert!(running.has("sent, then quota-exceeded"), "{}", running.log());
    let denied = running.kernel().audit().find(|record| record.container == running.id("flood")).expect("a record");
    let line = running.checked.source_map().locate(denied.rule).expect("a policy line");
    assert_eq!(line.text, "from = [\"flood\"]", "the line that decides");
}

#[test]
fn memory_that_may_not_grow_is_the_reason_of_the_end() {
    let running = Bench::new().guest("greedy").container("greedy", "greedy", "memory = \"256 KiB\"", "log = {}").run();
    assert_eq!(running.reason("greedy"), ExitReason::OutOfMemory, "{}", running.log());
}

#[test]
fn a_container_too_small_for_its_image_is_refused_at_once() {
    let running = Bench::new()
        .guest("greedy")
        .container("greedy", "greedy", "memory = \"68 KiB\"\nstack = \"1 KiB\"", "log = {}")
        .run();
    let expected = ExitReason::Refused(locket_kernel::Refusal::NoMemory);
    assert_eq!(running.reason("greedy"), expected, "{}", running.log());
}
