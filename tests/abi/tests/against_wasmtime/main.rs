//! Locket's Canonical ABI against an independent one.
//!
//! A guest runs twice: as a core module under `locket_abi`, with callers and types that `locket-bindgen` generated, and
//! as a component under Wasmtime, which has an ABI implementation of its own. Both hosts must see the same, return the
//! same, and refuse the same.

mod event;
mod guest;
mod misuse;
mod ours;
mod probe;
mod theirs;
mod value;

use std::cell::RefCell;

use proptest::prop_assert_eq;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestRunner};

use misuse::MISUSES;
use probe::{FUNCTIONS, MISUSE, RAW, RAW_FUNCTIONS, ROUND_TRIP, Raw};
use wasmtime::component::Val;

/// Random values for each function; the guest lives on from one to the next.
const CASES: u32 = 96;

#[test]
fn every_type_crosses_as_it_does_in_wasmtime() {
    let module = guest::probe();
    let theirs = theirs::Guest::new(&guest::component(&module), ROUND_TRIP);
    let table: Vec<_> = FUNCTIONS.iter().map(|function| (function.name, function.call)).collect();
    assert_same(ours::Guest::new(&module), theirs, &table, |values| values);
}

#[test]
fn core_code_gets_what_it_gets_in_wasmtime() {
    let module = guest::misuse();
    let theirs = theirs::Guest::new(&guest::component(&module), RAW);
    assert_same(ours::Guest::new(&module), theirs, RAW_FUNCTIONS, |values| {
        values.into_iter().map(value::with_one_nan).collect()
    });
}

/// Calls each function that `theirs` exports, with random values, in both.
fn assert_same(ours: ours::Guest, theirs: theirs::Guest, table: &[Raw], prepare: fn(Vec<Val>) -> Vec<Val>) {
    let functions = theirs.functions();
    assert_eq!(functions.len(), table.len());
    let guests = RefCell::new((ours, theirs));
    for (name, params) in &functions {
        let (_, call) = table.iter().find(|(function, _)| function == name).expect("the function is in the table");
        let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
        let values = params.iter().map(value::strategy).collect::<Vec<_>>();
        let same = runner.run(&values.prop_map(prepare).prop_map(value::Printed), |value::Printed(values)| {
            let (ours, theirs) = &mut *guests.borrow_mut();
            let expected = theirs.call(name, &values).expect("the guest behaves well");
            let got = ours.run(|guest| call(guest, &values)).expect("the guest behaves well");
            prop_assert_eq!(got, expected, "what the guest returned");
            prop_assert_eq!(ours.take_events(), theirs.take_events(), "what the host saw");
            Ok(())
        });
        same.unwrap_or_else(|failure| panic!("{name}: {failure}"));
    }
}

#[test]
fn what_wasmtime_refuses_is_refused() {
    let module = guest::misuse();
    let component = guest::component(&module);
    let functions = theirs::Guest::new(&component, MISUSE).functions();
    assert_eq!(functions.len(), MISUSES.len());
    for misuse in MISUSES {
        let name = misuse.name;
        // What stopped is never called again, so each has guests of its own.
        let mut theirs = theirs::Guest::new(&component, MISUSE);
        let mut ours = ours::Guest::new(&module);
        let (_, params) = functions.iter().find(|(function, _)| function == name).expect("the function is exported");
        let token = [Val::U32(7)];
        let params = &token[..params.len()];

        let got = ours.run(|guest| (misuse.call)(guest, params));
        assert_eq!(got, misuse.expected, "{name}");
        let expected = theirs.call(name, params);
        if misuse.wasmtime_allows {
            assert!(expected.is_ok(), "Wasmtime refuses `{name}` too: {expected:?}");
            continue;
        }
        assert_eq!(got.is_ok(), expected.is_ok(), "`{name}` in Wasmtime: {expected:?}");
        if got.is_ok() {
            assert_eq!(ours.take_events(), theirs.take_events(), "what the host saw of `{name}`");
        }
    }
}
