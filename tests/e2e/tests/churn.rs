//! Starting and stopping again and again leaves everything where it was.

use locket_kernel::{ContainerState, ExitReason};
use locket_tests::bench::Bench;

/// Bytes of this process that are resident.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux tells");
    let pages: usize = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("the second number");
    pages * 4096
}

#[test]
fn a_thousand_starts_of_ten_containers_leave_memory_where_it_was() {
    const CONTAINERS: usize = 10;
    const STARTS: u32 = 1_000;
    let mut bench = Bench::new().guest("smallest");
    let names: Vec<String> = (0..CONTAINERS).map(|number| format!("c{number}")).collect();
    for name in &names {
        let lines = "memory = \"64 KiB\"\nrestart = { when = \"always\", backoff = \"1ms..1ms\" }";
        bench = bench.container(name, "smallest", lines, "log = { rate = \"1/h\" }");
    }
    let all = names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let running = bench
        .policy(&format!(
            "[channels.out]\nfrom = [{all}]\nto = [\"c0\", \"c1\"]\nmessage = \"8 B\"\ndepth = 8\n\
             when-full = \"drop-oldest\""
        ))
        .device();
    running.quiet();
    running.during(|running| {
        let kernel = running.kernel();
        let starts = || kernel.containers().map(|id| kernel.start_count(id)).min().unwrap_or(0);
        // The first rounds fill caches: the allocator's, the threads' stacks.
        running.until("were the first hundred starts done", |_| starts() >= 100);
        let before = resident();
        running.until("were a thousand starts done", |_| starts() >= STARTS);
        let grown = resident().saturating_sub(before);
        assert!(grown < 256 * 1024, "{grown} bytes more are in use than after the first hundred starts");
    });
    let kernel = running.kernel();
    for id in kernel.containers() {
        // Exit code 1: it found the channel closed, because neither receiver was running at that moment.
        assert!(
            matches!(kernel.state(id), ContainerState::Ended(ExitReason::Exited(0 | 1) | ExitReason::Killed)),
            "{}: {:?}",
            kernel.name(id),
            kernel.state(id)
        );
    }
    assert_eq!(kernel.capability_count(), 0, "capabilities of ended containers exist");
    assert_eq!(kernel.channel_len("out"), Some(0), "messages for ended containers are kept");
}
