//! What a call, a message, a start and a decision cost, each as a ratio to the bare WAMR native call of the same run.
//!
//! `cargo xtask bench` runs it and prints the table. Guests are small modules that repeat one operation; the time of
//! their run, divided by the repetitions, is the cost of one, with the loop around it.

use std::cell::RefCell;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::time::{Duration, Instant};

use criterion::Criterion;
use locket_engine::{Arena, Container, Runtime};
use locket_kernel::{Call, ExitReason, Import, Interface, Kernel, Stop};
use locket_linux::{Linux, TABLES};
use locket_policy::{Request, Rights};
use locket_tests::bench::{Bench, Running};
use locket_tests::images;

const POLICY: &str = "\
[channels.small]
from = [\"bench\"]
to = [\"bench\"]
message = \"16 B\"
depth = 4
when-full = \"reject\"

[channels.large]
from = [\"bench\"]
to = [\"bench\"]
message = \"64 KiB\"
depth = 1
when-full = \"reject\"
";

static INTERFACE: Interface = Interface { name: "bench:bench/bare", granted_as: None, rights: &[] };

/// Declared to the kernel, so that a module may import it; what WAMR really calls is [`bare`].
static BARE: [Import<Linux>; 1] = [Import {
    interface: &INTERFACE,
    granted_as: None,
    module: c"bench:bench/bare",
    field: c"set",
    signature: c"(iii)",
    call: |_: &mut Call<'_, Linux>, _: &mut [u64]| Err(Stop::Killed),
}];

/// A native that does nothing, bound past the engine.
unsafe extern "C" fn bare(_: *mut wamr_sys::ExecEnv, slots: *mut u64) {
    black_box(slots);
}

/// A module that opens what `open` says and then runs `body` `times` times.
fn module(open: &str, body: &str, times: u64) -> Vec<u8> {
    let text = format!(
        r#"(module
        (import "bench:bench/bare" "set" (func $bare (param i32 i32 i32)))
        (import "locket:gpio/digital@0.1.0" "[static]output.open" (func $output-open (param i32 i32 i32)))
        (import "locket:gpio/digital@0.1.0" "[method]output.set" (func $output-set (param i32 i32 i32)))
        (import "locket:ipc/channel@0.1.0" "[static]sender.open" (func $sender-open (param i32 i32 i32)))
        (import "locket:ipc/channel@0.1.0" "[method]sender.send" (func $send (param i32 i32 i32 i32)))
        (import "locket:ipc/channel@0.1.0" "[static]receiver.open" (func $receiver-open (param i32 i32 i32)))
        (import "locket:ipc/channel@0.1.0" "[method]receiver.receive" (func $receive (param i32 i32)))
        (memory (export "memory") 4)
        (data (i32.const 0) "ledsmalllarge")
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 132096)
        (func (export "locket:system/run@0.1.0#run") (result i32)
            (local $one i32) (local $two i32) (local $times i64)
            {open}
            (local.set $times (i64.const {times}))
            (loop $again
                {body}
                (br_if $again (i64.ne (local.tee $times (i64.sub (local.get $times) (i64.const 1))) (i64.const 0))))
            i32.const 0))"#
    );
    wat::parse_str(text).expect("the module is right")
}

/// The pieces that all benchmarks share.
struct Stage {
    running: Running,
    runtime: Runtime<Linux>,
    memory: RefCell<Vec<MaybeUninit<u8>>>,
    results: RefCell<Vec<(String, Vec<f64>)>>,
}

impl Stage {
    fn new() -> Self {
        // The image only gives the policy a container; the modules that are measured are loaded in its place.
        let image = images::image("bench", &wat::parse_str(SMALLEST).expect("a module"));
        let grants = "led = { digital-out = \"lamp0\", rights = [\"set\"] }";
        let running = Bench::new()
            .image(image)
            .container("bench", "bench", "memory = \"512 KiB\"", grants)
            .policy(POLICY)
            .device();
        let all: &'static [&'static [Import<Linux>]] =
            TABLES.iter().copied().chain([&BARE as &[_]]).collect::<Vec<_>>().leak();
        let needed = Runtime::<Linux>::memory_needed(all);
        let runtime = Runtime::start(all, vec![MaybeUninit::uninit(); needed].leak()).expect("WAMR starts");
        bind_bare();
        Self {
            running,
            runtime,
            memory: RefCell::new(vec![MaybeUninit::uninit(); 512 * 1024]),
            results: RefCell::default(),
        }
    }

    fn kernel(&self) -> &Kernel<Linux> {
        self.running.kernel()
    }

    /// One life of a container with this module: how long its `run` took.
    fn run(&self, module: &[u8]) -> Duration {
        let mut memory = self.memory.borrow_mut();
        let arena = Arena::new(&mut memory);
        let instance = self.kernel().start(self.running.id("bench")).expect("it starts");
        let mut container =
            Container::load(&self.runtime, &arena, &instance, module, 8 * 1024).expect("the module loads");
        let began = Instant::now();
        let reason = container.run();
        let took = began.elapsed();
        assert_eq!(reason, ExitReason::Exited(0));
        drop(container);
        self.kernel().finish(instance, reason);
        took
    }

    /// Measures `body`, repeated by a guest.
    fn guest(&self, criterion: &mut Criterion, name: &str, open: &str, body: &str) {
        self.measure(criterion, name, |times| self.run(&module(open, body, times)));
    }

    fn measure(&self, criterion: &mut Criterion, name: &str, mut run: impl FnMut(u64) -> Duration) {
        let mut samples = Vec::new();
        criterion.bench_function(name, |bencher| {
            bencher.iter_custom(|times| {
                let took = run(times);
                #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
                samples.push(took.as_nanos() as f64 / times as f64);
                took
            });
        });
        self.results.borrow_mut().push((name.to_owned(), samples));
    }

    /// The medians, as ratios to the first.
    fn report(&self) {
        let results = self.results.borrow();
        let medians: Vec<(&str, f64)> =
            results.iter().map(|(name, samples)| (name.as_str(), median(samples))).collect();
        let Some((_, bare)) = medians.first() else { return };
        println!("\n{:<42} {:>12} {:>22}", "operation", "median", "ratio to bare call");
        for (name, nanos) in &medians {
            println!("{name:<42} {nanos:>9.1} ns {:>22.2}", nanos / bare);
        }
    }
}

const SMALLEST: &str = r#"(module (memory (export "memory") 1)
    (func (export "locket:system/run@0.1.0#run") (result i32) i32.const 0))"#;

/// Shadows the kernel's entry for [`BARE`]: WAMR asks the newest registration first.
fn bind_bare() {
    let memory = vec![MaybeUninit::uninit(); 4096].leak();
    let arena: &'static Arena<'static> = Box::leak(Box::new(Arena::new(memory)));
    let symbols: &'static mut [wamr_sys::NativeSymbol] = vec![wamr_sys::NativeSymbol {
        symbol: c"set".as_ptr(),
        function: bare as wamr_sys::RawNative as *mut core::ffi::c_void,
        signature: c"(iii)".as_ptr(),
        attachment: core::ptr::null_mut(),
    }]
    .leak();
    let symbols = symbols.as_mut_ptr();
    // SAFETY: WAMR runs, the array has one entry, and everything stays for ever.
    let bound = arena
        .enter(|| unsafe { wamr_sys::wasm_runtime_register_natives_raw(c"bench:bench/bare".as_ptr(), symbols, 1) });
    assert!(bound, "WAMR takes one more native");
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A channel's two ends, in `$one` and `$two`; the label lies at `at`.
fn ends(at: u32, len: u32) -> String {
    format!(
        "(call $sender-open (i32.const {at}) (i32.const {len}) (i32.const 16))
        (local.set $one (i32.load (i32.const 20)))
        (call $receiver-open (i32.const {at}) (i32.const {len}) (i32.const 16))
        (local.set $two (i32.load (i32.const 20)))"
    )
}

fn message(len: u32) -> String {
    format!(
        "(call $send (local.get $one) (i32.const 1024) (i32.const {len}) (i32.const 32))
        (call $receive (local.get $two) (i32.const 48))"
    )
}

/// Decisions in a policy with so many grants, asked for in turn.
fn decisions(stage: &Stage, criterion: &mut Criterion, grants: usize) {
    use std::fmt::Write as _;
    let mut lines = String::new();
    for number in 0..grants {
        let _ = writeln!(lines, "l{number} = {{ digital-out = \"lamp0\", rights = [\"set\"] }}");
    }
    let image = images::image("bench", &wat::parse_str(SMALLEST).expect("a module"));
    let checked = Bench::new().image(image).container("bench", "bench", "", &lines).check().expect("a policy");
    let policy = locket_kernel::Policy::decode(checked.bytes().to_vec().leak()).expect("it fits");
    let container = policy.find_container("bench").expect("it is there");
    let kind = policy.find_kind("locket:gpio/digital@0.1.0", "output");
    let labels: Vec<String> = (0..grants).map(|number| format!("l{number}")).collect();
    stage.measure(criterion, &format!("policy decision, {grants} grants"), |times| {
        let began = Instant::now();
        for label in labels.iter().cycle().take(usize::try_from(times).unwrap_or(usize::MAX)) {
            let request = Request { kind, label, rights: Rights::NONE };
            let _ = black_box(policy.decide(container, black_box(&request)));
        }
        began.elapsed()
    });
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let criterion = &mut criterion;
    let stage = Stage::new();
    let led = "(call $output-open (i32.const 0) (i32.const 3) (i32.const 16))
        (local.set $one (i32.load (i32.const 20)))";
    let set = |function| format!("(call {function} (local.get $one) (i32.const 1) (i32.const 32))");
    stage.guest(criterion, "bare native call", "", &set("$bare"));
    stage.guest(criterion, "checked call: output.set", led, &set("$output-set"));
    stage.guest(criterion, "message of 16 B, send and receive", &ends(3, 5), &message(16));
    stage.guest(criterion, "message of 64 KiB, send and receive", &ends(8, 5), &message(65_536));
    let smallest = wat::parse_str(SMALLEST.replace("(memory (export \"memory\") 1)", "")).expect("a module");
    stage.measure(criterion, "container: start to exit", |times| {
        let began = Instant::now();
        for _ in 0..times {
            stage.run(&smallest);
        }
        began.elapsed()
    });
    for grants in [10, 100, 1_000] {
        decisions(&stage, criterion, grants);
    }
    stage.report();
    criterion.final_summary();
}
