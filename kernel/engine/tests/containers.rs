//! What becomes of a container, for each way in which a module can end it.

mod support;

use std::mem::MaybeUninit;
#[cfg(feature = "std")]
use std::panic::{AssertUnwindSafe, catch_unwind};

use locket_abi::Trap;
use locket_engine::{Arena, Container};
use locket_kernel::ExitReason::{Exited, Killed, OutOfFuel, OutOfMemory, Refused, Revoked, Trapped};
use locket_kernel::{Refusal, TrapKind};
use support::{kernel, run, run_in, run_module, run_under, runtime, with_run};

#[test]
fn exit_codes() {
    assert_eq!(run(&with_run("", "i32.const 0")), Exited(0));
    assert_eq!(run(&with_run("", "i32.const 7")), Exited(7));
    assert_eq!(run(&with_run("", "i32.const 0x1ff")), Exited(255), "a u8 is the low 8 bits");
}

#[test]
fn each_trap_has_its_kind() {
    let memory = "(memory 1)";
    let table = "(table 2 funcref) (func $wrong (param i64)) (elem (i32.const 0) $wrong) (type $void (func))";
    for (rest, body, kind) in [
        ("", "unreachable", TrapKind::Unreachable),
        (memory, "i32.const 65533 i32.const 0 i32.store i32.const 0", TrapKind::MemoryOutOfBounds),
        (memory, "i32.const -1 i32.load", TrapKind::MemoryOutOfBounds),
        (memory, "i32.const 8 i32.load offset=0xffffffff", TrapKind::MemoryOutOfBounds),
        (memory, "i32.const 1 i32.const 0 i32.const 65536 memory.fill i32.const 0", TrapKind::MemoryOutOfBounds),
        (table, "i32.const 2 call_indirect (type $void) i32.const 0", TrapKind::TableOutOfBounds),
        (table, "i32.const 5 table.get 0 drop i32.const 0", TrapKind::TableOutOfBounds),
        (table, "i32.const 1 call_indirect (type $void) i32.const 0", TrapKind::IndirectCall),
        (table, "i32.const 0 call_indirect (type $void) i32.const 0", TrapKind::IndirectCall),
        ("", "i32.const 1 i32.const 0 i32.div_u", TrapKind::DivideByZero),
        ("", "i32.const 0x80000000 i32.const -1 i32.div_s", TrapKind::IntegerOverflow),
        ("", "f32.const nan i32.trunc_f32_s", TrapKind::BadConversion),
        ("(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))", "call $deep", TrapKind::StackOverflow),
    ] {
        assert_eq!(run(&with_run(rest, body)), Trapped(kind), "{body}");
    }
}

#[test]
fn a_busy_loop_ends_when_the_kernel_grants_no_more_slices() {
    let outcome = run_in(64 << 10, 50_000, &with_run("", "(loop br 0) i32.const 0"));
    assert_eq!(outcome.reason, OutOfFuel);
    assert_eq!(outcome.operations, 5 * 10_000);
}

#[test]
fn a_busy_loop_is_killed_from_outside() {
    let kernel = kernel(0);
    let id = kernel.containers().next().unwrap();
    let module = wat::parse_str(with_run("", "(loop br 0) i32.const 0")).unwrap();
    let outcome = std::thread::scope(|scope| {
        let running = scope.spawn(|| run_under(&kernel, 64 << 10, 4096, &module));
        while kernel.account(id).fuel < 100_000 {
            std::thread::yield_now();
        }
        assert!(kernel.kill(id));
        running.join().unwrap()
    });
    assert_eq!(outcome.reason, Killed);
}

#[test]
fn a_busy_loop_of_bulk_operations_is_charged_for_its_bytes() {
    let body = "(loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br 0)) i32.const 0";
    let outcome = run_in(256 << 10, 50_000, &with_run("(memory 1)", body));
    assert_eq!(outcome.reason, OutOfFuel);
    // Each fill counts more than 1024 operations: a slice has ten at most.
    assert!((5 * 10_000..6 * 11_100).contains(&outcome.operations), "{outcome:?}");
}

#[test]
fn loops_cost_by_how_often_they_turn() {
    let turns = |count: u32| {
        let body = format!(
            "(local i32) (local.set 0 (i32.const {count}))
             (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) i32.const 0"
        );
        let outcome = run_in(64 << 10, 10_000_000, &with_run("", &body));
        assert_eq!(outcome.reason, Exited(0));
        outcome.operations
    };
    let (few, many) = (turns(1000), turns(100_000));
    let per_turn = (many - few) / 99_000;
    assert!((2..=5).contains(&per_turn), "{per_turn} operations a turn");
    assert_eq!(many - few, per_turn * 99_000, "every turn counts");
    assert!(few < 1000 * per_turn + 20, "what runs around the loop is little: {few}");
}

#[test]
fn calls_back_into_the_guest_share_the_slice() {
    // `cabi_realloc` turns 100 times, and is called 1000 times: all of it counts, and no call gets a slice of its own.
    let rest = r#"
        (import "test:host/calls@0.1.0" "realloc" (func $realloc (param i32) (result i32))) (memory 1)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (local.set 0 (i32.const 100))
            (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            i32.const 8)"#;
    let body = "(local i32) (local.set 0 (i32.const 1000))
        (loop (drop (call $realloc (i32.const 4)))
              (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) i32.const 0";
    let outcome = run_in(256 << 10, 10_000_000, &with_run(rest, body));
    assert_eq!(outcome.reason, Exited(0));
    assert!((200_000..600_000).contains(&outcome.operations), "{outcome:?}");
    assert_eq!(
        run_in(256 << 10, 100_000, &with_run(rest, body)).reason,
        OutOfFuel,
        "also in the middle of a call back"
    );
}

#[test]
fn deep_recursion_overflows_the_stack_that_it_was_given() {
    let text = with_run(
        "(func $down (param i32) (result i32)
            (if (result i32) (local.get 0)
                (then (i32.add (call $down (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
                (else (i32.const 0))))",
        "(i32.sub (call $down (i32.const 200)) (i32.const 200))",
    );
    let module = wat::parse_str(text).unwrap();
    assert_eq!(run_module(256 << 10, 1_000_000, 64 << 10, &module).reason, Exited(0));
    assert_eq!(run_module(256 << 10, 1_000_000, 4096, &module).reason, Trapped(TrapKind::StackOverflow));
}

#[test]
fn a_guest_that_cannot_grow_its_memory_and_gives_up_is_out_of_memory() {
    let grow_or =
        |end: &str| format!("(if (i32.eq (memory.grow (i32.const 4)) (i32.const -1)) (then {end})) i32.const 0");
    assert_eq!(run(&with_run("(memory 1)", &grow_or("unreachable"))), OutOfMemory);
    assert_eq!(run(&with_run("(memory 1 2)", &grow_or("unreachable"))), OutOfMemory, "its own maximum");
    assert_eq!(run(&with_run("(memory 1)", &grow_or(""))), Exited(0), "it may do without");
    let later = format!("(drop (memory.grow (i32.const 60))) (drop (memory.grow (i32.const 0))) {}", "unreachable");
    assert_eq!(run(&with_run("(memory 1)", &later)), OutOfMemory);
    let divide = grow_or("(drop (i32.div_u (i32.const 1) (i32.const 0)))");
    assert_eq!(run(&with_run("(memory 1)", &divide)), Trapped(TrapKind::DivideByZero), "not how allocators fail");
    let whole = "(drop (memory.grow (i32.const 65535))) unreachable";
    assert_eq!(run(&with_run("(memory 1)", whole)), OutOfMemory, "4 GiB, whose size in bytes is 0 in 32 bits");
}

#[test]
fn memory_grows_inside_the_arena_and_is_zero() {
    let text = with_run(
        "(memory 1)",
        "(i32.store (i32.const 65532) (i32.const -1))
         (drop (memory.grow (i32.const 1)))
         (i32.or (i32.load (i32.const 65536)) (i32.ne (i32.load (i32.const 65532)) (i32.const -1)))",
    );
    let outcome = run_in(512 << 10, 1_000_000, &text);
    assert_eq!(outcome.reason, Exited(0));
    assert!(outcome.peak > 128 << 10);
}

#[test]
fn linear_memory_shrinks_to_what_a_guest_without_growth_uses() {
    let text = with_run(
        r#"(memory 1) (global $stack (mut i32) (i32.const 512))
           (global (export "__data_end") i32 (i32.const 560))
           (global (export "__heap_base") i32 (i32.const 576))"#,
        "(i32.store (i32.const 572) (i32.const 1)) i32.const 0",
    );
    let outcome = run_in(16 << 10, 10_000, &text);
    assert_eq!(outcome.reason, Exited(0));
    assert_eq!(outcome.memory, 576);
    assert_eq!(run_in(16 << 10, 10_000, &text.replace("572", "573")).reason, Trapped(TrapKind::MemoryOutOfBounds));
}

#[test]
fn what_does_not_fit_is_refused_and_leaves_nothing() {
    let text = with_run("(memory 16)", "i32.const 0");
    assert_eq!(run_in(256 << 10, 10_000, &text).reason, Refused(Refusal::NoMemory));
    let small = with_run("", "i32.const 0");
    for bytes in (0..16 << 10).step_by(64) {
        let outcome = run_in(bytes, 10_000, &small);
        assert!(matches!(outcome.reason, Refused(Refusal::NoMemory) | Exited(0)), "{bytes}: {outcome:?}");
    }
    assert_eq!(run_in(16 << 10, 10_000, &small).reason, Exited(0));
    assert_eq!(run_in(1 << 20, 10_000, &with_run("(memory 65536)", "i32.const 0")).reason, Refused(Refusal::NoMemory));
}

#[test]
fn bad_modules_are_refused_and_leave_nothing() {
    let bad = |reason| matches!(reason, Refused(Refusal::BadImage(_)));
    assert!(bad(run("(module)")), "no run");
    assert!(bad(run(r#"(module (func (export "locket:system/run@0.1.0#run")))"#)), "run of another type");
    assert!(bad(run(&with_run(r#"(func (export "cabi_realloc"))"#, "i32.const 0"))), "realloc of another type");
    let module = wat::parse_str(with_run("(memory 1) (global i32 (i32.const 5))", "i32.const 0")).unwrap();
    for end in 0..module.len() {
        assert!(bad(run_module(256 << 10, 10_000, 4096, &module[..end]).reason), "cut at {end}");
    }
    assert_eq!(run_module(256 << 10, 10_000, 4096, &module).reason, Exited(0));
}

#[test]
fn start_functions_run_and_their_trap_is_the_reason() {
    let start = |body: &str| {
        with_run(
            &format!("(memory 1) (global $g (mut i32) (i32.const 0)) (func $s {body}) (start $s)"),
            "global.get $g",
        )
    };
    assert_eq!(run(&start("(global.set $g (i32.const 3))")), Exited(3));
    assert_eq!(run(&start("unreachable")), Refused(Refusal::StartTrapped(TrapKind::Unreachable)));
    assert_eq!(run(&start("(loop br 0)")), OutOfFuel, "metered too");
    let segment = with_run(r#"(memory 1) (data (i32.const 65535) "ab")"#, "i32.const 0");
    assert_eq!(run(&segment), Refused(Refusal::StartTrapped(TrapKind::MemoryOutOfBounds)));
}

#[test]
fn imports_are_called_with_the_running_instance_also_from_a_start_function() {
    let text = with_run(
        r#"(import "test:host/calls@0.1.0" "poke" (func $poke (param i32 i32)))
           (memory 1) (func $s (call $poke (i32.const 16) (i32.const 42))) (start $s)"#,
        "i32.const 16 i32.load",
    );
    assert_eq!(run(&text), Exited(42));
}

#[test]
fn values_of_every_type_cross_the_boundary() {
    let text = with_run(
        r#"(import "test:host/calls@0.1.0" "add" (func $add (param i32 i32) (result i32)))
           (import "test:host/calls@0.1.0" "mix" (func $mix (param i32 i64 f32 f64) (result f64)))
           (import "test:host/calls@0.1.0" "many"
               (func $many (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))"#,
        "(call $add (i32.const -1) (i32.const 11))
         (i32.trunc_f64_u (call $mix (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)))
         (call $many (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1)
             (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1)
             (i32.const 1) (i32.const 1) (i32.const 4))
         i32.add i32.add",
    );
    assert_eq!(run(&text), Exited(10 + 10 + 20));
}

#[test]
fn what_the_kernel_says_ends_a_container_with_just_that_reason() {
    let stop = |code: u32| {
        run(&with_run(
            r#"(import "test:host/calls@0.1.0" "stop" (func $stop (param i32)))"#,
            &format!("(call $stop (i32.const {code})) i32.const 0"),
        ))
    };
    assert_eq!(stop(0), Killed);
    assert_eq!(stop(1), Revoked);
    assert_eq!(stop(2), OutOfFuel);
    assert_eq!(stop(3), Trapped(TrapKind::Abi(Trap::UnknownHandle)));
}

#[test]
fn a_guest_that_traps_in_its_allocator_traps_for_its_own_reason() {
    let realloc = |body: &str| {
        with_run(
            &format!(
                r#"(import "test:host/calls@0.1.0" "realloc" (func $realloc (param i32) (result i32))) (memory 1)
                   (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) {body})"#
            ),
            "(call $realloc (i32.const 16))",
        )
    };
    assert_eq!(run(&realloc("i32.const 64")), Exited(64));
    assert_eq!(run(&realloc("unreachable")), Trapped(TrapKind::Unreachable));
    assert_eq!(run(&realloc("i32.const 1 i32.const 0 i32.div_u")), Trapped(TrapKind::DivideByZero));
    assert_eq!(run(&realloc("i32.const 3")), Trapped(TrapKind::Abi(Trap::BadRealloc)), "not aligned");
    assert_eq!(run(&realloc("i32.const 65528")), Trapped(TrapKind::Abi(Trap::BadRealloc)), "does not exist");
    assert_eq!(run(&realloc("(drop (memory.grow (i32.const 9))) i32.const 0")), OutOfMemory);
    let none = realloc("i32.const 8").replace("cabi_realloc", "other");
    assert_eq!(run(&none), Trapped(TrapKind::Abi(Trap::BadRealloc)));
}

#[test]
fn views_of_memory_are_those_of_now() {
    // The allocator grows, and so moves, the memory; the host then sees the larger one.
    let text = with_run(
        r#"(import "test:host/calls@0.1.0" "realloc" (func $realloc (param i32) (result i32)))
           (import "test:host/calls@0.1.0" "poke" (func $poke (param i32 i32)))
           (import "test:host/calls@0.1.0" "size" (func $size (result i32))) (memory 1)
           (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
               (drop (memory.grow (i32.const 1))) i32.const 70000)"#,
        "(if (i32.ne (call $size) (i32.const 65536)) (then unreachable))
         (call $poke (call $realloc (i32.const 64)) (i32.const 9))
         (if (i32.ne (call $size) (i32.const 131072)) (then unreachable))
         (i32.load (i32.const 70000))",
    );
    assert_eq!(run_in(512 << 10, 100_000, &text).reason, Exited(9));
}

#[test]
fn imports_that_the_kernel_lacks_are_refused() {
    let import = |text: &str| run(&with_run(&format!("(import {text})"), "i32.const 0"));
    assert_eq!(import(r#""test:host/calls@0.1.0" "nothing" (func)"#), Refused(Refusal::UnknownImport));
    assert_eq!(import(r#""test:host/calls@0.2.0" "nop" (func)"#), Refused(Refusal::UnknownImport));
    assert_eq!(import(r#""test:host/calls@0.1.0" "_nop" (func)"#), Refused(Refusal::UnknownImport));
    assert_eq!(import(r#""test:host/calls@0.1.0" "nop" (func (param i32))"#), Refused(Refusal::SignatureMismatch));
    assert_eq!(import(r#""env" "memory" (memory 1)"#), Refused(Refusal::UnknownImport));
    assert_eq!(import(r#""test:host/calls@0.1.0" "nop" (func)"#), Exited(0));
    let granted = import(r#""test:host/granted@0.1.0" "nop" (func)"#);
    assert!(matches!(granted, Refused(Refusal::MissingGrant { granted_as: "granted", .. })), "{granted}");
}

#[test]
fn containers_of_one_thread_keep_to_their_own_arenas() {
    let module = wat::parse_str(with_run("(memory 1)", "(drop (memory.grow (i32.const 1))) i32.const 0")).unwrap();
    let (one, two) = (kernel(0), kernel(0));
    let mut blocks = [vec![MaybeUninit::uninit(); 512 << 10], vec![MaybeUninit::uninit(); 512 << 10]];
    let arenas = blocks.each_mut().map(|block| Arena::new(block));
    let instances = [&one, &two].map(|kernel| kernel.start(kernel.containers().next().unwrap()).unwrap());
    let load = |at: usize| Container::load(runtime(), &arenas[at], &instances[at], &module, 4096).unwrap();
    let mut first = load(0);
    let before = arenas[0].used();
    let mut second = load(1);
    assert_eq!(arenas[0].used(), before);
    assert_eq!(second.run(), Exited(0));
    assert_eq!((arenas[0].used(), second.memory_size()), (before, 128 << 10));
    drop(second);
    assert_eq!(arenas[1].used(), 0);
    assert_eq!(first.run(), Exited(0));
    drop(first);
    assert_eq!(arenas[0].used(), 0);
}

/// A panic here is a mistake of the kernel or of a provider; it takes its own container down and nothing else.
#[cfg(feature = "std")]
#[test]
fn a_panic_in_a_host_call_passes_and_leaves_nothing() {
    let text =
        with_run(r#"(import "test:host/calls@0.1.0" "panic" (func $panic)) (memory 1)"#, "call $panic i32.const 0");
    let start = text.replace("(memory 1)", "(start $panic_first) (func $panic_first call $panic)");
    for text in [text, start] {
        let module = wat::parse_str(text).unwrap();
        let kernel = kernel(0);
        let mut block = vec![MaybeUninit::uninit(); 256 << 10];
        let arena = Arena::new(&mut block);
        let instance = kernel.start(kernel.containers().next().unwrap()).unwrap();
        let panic = catch_unwind(AssertUnwindSafe(|| {
            Container::load(runtime(), &arena, &instance, &module, 4096).map(|mut container| container.run())
        }));
        assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"a provider's mistake"));
        assert_eq!(arena.used(), 0);
    }
    assert_eq!(run(&with_run("", "i32.const 0")), Exited(0));
}

#[test]
fn no_changed_byte_of_a_module_does_harm() {
    let text = with_run(
        r#"(import "test:host/calls@0.1.0" "add" (func $add (param i32 i32) (result i32)))
           (import "test:host/calls@0.1.0" "realloc" (func $realloc (param i32) (result i32)))
           (memory 1 2) (table 2 funcref) (elem (i32.const 0) $twice) (data (i32.const 8) "abcd") (type $t (func (param i32) (result i32)))
           (global $g (mut i32) (i32.const 0)) (start $first) (func $first (global.set $g (i32.const 1)))
           (func $twice (param i32) (result i32) (call $add (local.get 0) (local.get 0)))
           (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.and (global.get $g) (i32.const 16)))"#,
        "(local i32) (local.set 0 (call $realloc (i32.const 0)))
         (block (loop (br_if 1 (i32.ge_u (local.get 0) (i32.const 9)))
             (local.set 0 (i32.add (local.get 0) (i32.load8_u offset=4 (local.get 0)))) (br_if 0 (i32.const 0))))
         (memory.copy (i32.const 0) (i32.const 8) (i32.const 2)) (i64.store (i32.const 16) (i64.const 3))
         (drop (memory.grow (i32.const 1)))
         (call_indirect (type $t) (i32.const 21) (i32.const 0))",
    );
    let module = wat::parse_str(text).unwrap();
    assert_eq!(run_module(192 << 10, 10_000, 2048, &module).reason, Exited(42));
    let mut changed = module.clone();
    for at in 8..module.len() {
        for value in [0, 1, 0x0b, 0x40, 0x7f, 0x80, 0xff, module[at] ^ 1, module[at].wrapping_add(1)] {
            changed[at] = value;
            // What it does is its own affair, as long as it ends and its arena is empty then.
            run_module(192 << 10, 10_000, 2048, &changed);
        }
        changed[at] = module[at];
    }
}
