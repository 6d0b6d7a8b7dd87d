//! The generated code, as text: one small WIT per feature, and Locket's own pins.
//!
//! `INSTA_UPDATE=always cargo test -p locket-bindgen --test generated` writes the snapshots anew. `compiles.rs` compiles
//! them.

use std::path::{Path, PathBuf};

use locket_bindgen::Generator;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn snapshot(name: &str, generator: &Generator) {
    let code = generator.generate().unwrap_or_else(|error| panic!("{name}: {error}"));
    insta::assert_binary_snapshot!(&format!("{name}.rs"), code.into_bytes());
}

fn fixture(name: &str) -> Generator {
    let text = std::fs::read_to_string(here("tests/fixtures").join(name).with_extension("wit")).unwrap();
    Generator::new().wit_text(format!("fixture/{name}.wit"), text)
}

#[test]
fn pins() {
    snapshot("gpio", &Generator::new().wit_dir(here("../../wit")).interface("locket:gpio/digital"));
}

#[test]
fn records_are_loaded_field_by_field() {
    snapshot("record", &fixture("record").interface("test:fixture/readings"));
}

#[test]
fn variants_carry_their_payload() {
    snapshot("variant", &fixture("variant").interface("test:fixture/spans"));
}

#[test]
fn flags_drop_unknown_bits() {
    snapshot("flags", &fixture("flags").interface("test:fixture/flags-of"));
}

#[test]
fn many_parameters_pass_in_memory() {
    snapshot("spilled", &fixture("spilled").interface("test:fixture/spilled"));
}

#[test]
fn results_with_lists_are_replies() {
    snapshot("reply", &fixture("reply").interface("test:fixture/reply"));
}

#[test]
fn denials_follow_the_result() {
    snapshot("rates", &fixture("rates").interface("test:fixture/rates"));
}

#[test]
fn waits_are_loops_and_pollables_are_wait_sources() {
    let generator = fixture("waits").wit_dir(here("../../wit")).interface("test:fixture/waits");
    snapshot("waits", &generator);
}

#[test]
fn handles_pass_as_they_are() {
    snapshot("resources", &fixture("resources").interface("test:fixture/resources"));
}

#[test]
fn exports_have_callers() {
    snapshot("exports", &fixture("exports").export("test:fixture/exports"));
}

#[test]
fn a_vendors_interface_uses_those_of_locket() {
    let vendor = fixture("vendor").wit_dir(here("../../wit"));
    snapshot("vendor", &vendor.interface("acme:display/screen"));
}

#[test]
fn types_that_stand_elsewhere_are_named_there() {
    let generator = fixture("waits").wit_dir(here("../../wit")).interface("test:fixture/waits");
    let code = generator.with("wasi:io/poll", "::locket_system::poll").generate().unwrap();
    assert!(code.contains("pub use ::locket_system::poll::Pollable;"), "{code}");
    assert!(!code.contains("pub mod poll"), "{code}");
}

#[test]
fn interfaces_of_one_name_are_told_apart_by_their_packages() {
    let one = "package test:one@1.0.0; /// Needs no grant.\ninterface clock { now: func() -> u64; }";
    let other = "package test:other@1.0.0; /// Needs no grant.\ninterface clock { now: func() -> u64; }";
    let generator = Generator::new().wit_text("one/clock.wit", one).wit_text("other/clock.wit", other);
    let code = generator.interface("test:one/clock").interface("test:other/clock").generate().unwrap();
    assert!(code.contains("pub mod test_one_clock") && code.contains("pub mod test_other_clock"), "{code}");
}

#[test]
fn keywords_become_legal_names() {
    snapshot("keywords", &fixture("keywords").interface("test:fixture/keywords"));
}
