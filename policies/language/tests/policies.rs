//! Good policies: what they compile to, which line decides, what is warned about.

mod support;

use std::{fmt::Write, path::Path};

use insta::{Settings, assert_snapshot};
use locket_policy::Policy;
use locket_policy_lang::{Checked, check, explain, load};
use proptest::prelude::*;
use support::{Shelf, policies, vocabulary};

fn everything() -> Checked {
    load_good("tests/good/everything.toml")
}

#[track_caller]
fn load_good(file: &str) -> Checked {
    load(Path::new(file), &vocabulary(), &Shelf).unwrap_or_else(|report| panic!("{}", report.plain()))
}

/// Every fact of a compiled policy, one a line, with the policy line that it is from.
fn listing(checked: &Checked, policy: &Policy<'_>) -> String {
    let line = |rule| checked.source_map().locate(rule).map_or_else(|| "?".to_owned(), |line| line.to_string());
    let mut text = String::new();
    let mut put = |entry: String| writeln!(text, "{entry}").expect("a string takes everything");
    put(format!("{} epoch {}", policy.device(), policy.epoch()));
    for signer in policy.signers() {
        put(format!("signer {} {:02x}…", policy.text(signer.name), signer.key[0]));
    }
    for (index, container) in (0..).zip(policy.containers()) {
        put(format!(
            "{}: container {}\n  image {} {:?}\n  signer {:?} memory {} stack {} cpu {} fuel {:?}\n  restart {:?}\n  otherwise denied by {}",
            line(container.rule),
            policy.text(container.name),
            policy.text(container.image),
            container.versions,
            container.signer,
            container.memory,
            container.stack,
            container.cpu.permille(),
            container.fuel,
            container.restart,
            line(container.default_deny),
        ));
        for grant in policy.grants_of(locket_policy::ContainerIndex(index)) {
            let kind = policy.kind(grant.kind).expect("a policy's indices lead somewhere");
            put(format!(
                "  {}: {} {:?} {:?} rights {:#b} rate {:?}{}",
                line(grant.rule),
                policy.text(kind.word),
                policy.text(grant.label),
                grant.object,
                grant.rights.bits(),
                grant.rate,
                grant.quota.map(|quota| format!(" quota {quota}")).unwrap_or_default(),
            ));
        }
    }
    for channel in policy.channels() {
        put(format!(
            "{}: channel {} message {} depth {} rate {:?} {:?}",
            line(channel.rule),
            policy.text(channel.name),
            channel.message,
            channel.depth,
            channel.rate,
            channel.when_full
        ));
    }
    text
}

#[test]
fn the_compiled_form() {
    let checked = everything();
    assert!(checked.warnings().is_empty());
    let mut hex = String::new();
    for (position, byte) in checked.bytes().iter().enumerate() {
        let separator = if position > 0 && position.is_multiple_of(32) { "\n" } else { "" };
        write!(hex, "{separator}{byte:02x}").expect("a string takes everything");
    }
    golden("everything", &listing(&checked, &checked.policy()));
    // Whoever changes these bytes raises `locket_policy::VERSION`, if devices with older policies exist.
    golden("bytes", &hex);
}

/// Compares with the file of this name beside the policies.
fn golden(name: &str, text: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path("good");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, text));
}

#[test]
fn the_command_learns_what_it_needs_to_start() {
    let checked = everything();
    let images: Vec<_> = checked
        .containers()
        .iter()
        .map(|container| format!("{} {} {}", container.name, container.image.path.display(), container.image.version))
        .collect();
    assert_eq!(
        images,
        [
            "soil tests/good/soil-sensor.wasm 1.2.0",
            "valve tests/good/images/blinker.wasm 1.0.0",
            "uplink tests/good/node.wasm 2.0.0",
            "second tests/good/node.wasm 2.0.0",
            "larder tests/good/larder.wasm 1.0.0",
        ]
    );
    assert_eq!(checked.board(), Some(Path::new("tests/good/../boards/bench.toml")));
}

#[test]
fn compiling_twice_gives_the_same_bytes() {
    assert_eq!(everything().bytes(), everything().bytes());
}

#[test]
fn explanations_name_the_deciding_line() {
    let checked = everything();
    let vocabulary = vocabulary();
    let ask = |container, function, label| match explain(&checked, &vocabulary, container, function, label) {
        Ok(explanation) => explanation.to_string(),
        Err(error) => format!("error: {error}"),
    };
    let answers = [
        ask("soil", "locket:gpio/digital/input.read", Some("probe")),
        ask("soil", "locket:gpio/digital@0.1.0/output.set", Some("status")),
        ask("larder", "locket:storage/kv/bucket.increment", Some("state")),
        ask("soil", "locket:gpio/digital/output.open", Some("status")),
        ask("valve", "locket:gpio/digital/output.read", Some("led")),
        ask("valve", "locket:gpio/digital/output.set", Some("pump")),
        ask("soil", "wasi:logging/logging/log", None),
        ask("valve", "wasi:logging/logging/log", None),
        ask("valve", "wasi:io/poll/poll", None),
        ask("uplink", "locket:ipc/channel/sender.send", Some("commands")),
        ask("uplink", "locket:ipc/channel/sender.send", Some("moisture")),
        ask("pump", "wasi:io/poll/poll", None),
        ask("soil", "locket:gpio/digitl/input.read", Some("probe")),
        ask("soil", "locket:gpio/digital/input.raed", Some("probe")),
        ask("soil", "locket:gpio/digital/input.read", None),
        ask("uplink", "locket:gpio/digital/input.read", None),
        ask("soil", "wasi:logging/logging/log", Some("probe")),
        ask("soil", "log", None),
        ask("soil", "locket:system/run/run", None),
    ];
    golden("explanations", &answers.join("\n"));
}

#[test]
fn what_is_of_no_use_is_a_warning() {
    let text = std::fs::read_to_string("tests/good/everything.toml").expect("the file is there");
    let text = text.replace("grants.led = {", "grants.info = {}\ngrants.led = {");
    let checked = check(Path::new("tests/good/warned.toml"), &text, &vocabulary(), &Shelf).expect("warnings only");
    let messages: Vec<&str> = checked.warnings().iter().map(locket_policy_lang::Problem::message).collect();
    assert_eq!(messages, ["the grant `info` is of no use: the image does not import `locket:system/info@0.1.0`"]);
}

#[test]
fn a_missing_file_is_a_report() {
    let report = load(Path::new("tests/good/absent.toml"), &vocabulary(), &Shelf).expect_err("there is no such file");
    assert_eq!(report.to_string(), "tests/good/absent.toml: 1 error");
    assert!(report.problems()[0].message().starts_with("tests/good/absent.toml cannot be read"));
}

#[test]
fn the_examples_are_sound() {
    for file in policies("../examples").into_iter().filter(|file| !file.ends_with("board.toml")) {
        let checked = load(&file, &vocabulary(), &Shelf).unwrap_or_else(|report| panic!("{}", report.plain()));
        assert!(checked.warnings().is_empty(), "{}: {:?}", file.display(), checked.warnings());
    }
}

#[test]
fn damaged_text_never_panics() {
    let vocabulary = vocabulary();
    let good = std::fs::read_to_string("tests/good/everything.toml").expect("the file is there");
    let file = Path::new("tests/good/damaged.toml");
    let edit = (any::<prop::sample::Index>(), 0_usize..12, "[\\PC\n\"\\[\\]={}.]{0,6}");
    proptest!(|(edits in prop::collection::vec(edit, 1..5))| {
        let mut text: Vec<char> = good.chars().collect();
        for (place, length, replacement) in edits {
            let start = place.index(text.len());
            let end = (start + length).min(text.len());
            text.splice(start..end, replacement.chars());
        }
        let text: String = text.into_iter().collect();
        match check(file, &text, &vocabulary, &Shelf) {
            Ok(checked) => drop(checked.policy()),
            Err(report) => prop_assert!(!report.problems().is_empty() && !report.plain().is_empty()),
        }
    });
}
