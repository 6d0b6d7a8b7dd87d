//! The vocabulary that Locket's own WIT yields.

use std::path::Path;

use locket_bindgen::model::{self, Authority, FunctionKind, Model};

fn locket() -> Model {
    model::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn grant_words_are_those_of_the_documentation() {
    let model = locket();
    let mut words: Vec<_> = model.grantables().map(|grantable| grantable.word()).collect();
    words.sort_unstable();
    assert_eq!(
        words,
        [
            "config",
            "digital-in",
            "digital-out",
            "info",
            "kv",
            "log",
            "monotonic-clock",
            "random",
            "receiver",
            "record-log",
            "sender",
            "wall-clock"
        ]
    );
    for word in words {
        assert_eq!(model.grantable(word).map(|grantable| grantable.word()), Some(word));
    }
}

#[test]
fn rights_stand_in_bit_order() {
    let model = locket();
    let digital = model.interface("locket:gpio/digital@0.1.0").unwrap();
    let rights: Vec<_> = digital.rights.iter().map(|right| right.name.as_str()).collect();
    assert_eq!(rights, ["read", "set"]);
    assert_eq!(digital.authority, Authority::Resources);
}

#[test]
fn a_function_knows_its_right_its_limits_and_whether_it_waits() {
    let model = locket();
    let channel = model.interface("locket:ipc/channel").unwrap();
    let send = channel.function("sender.send").unwrap();
    assert_eq!(send.name, "[method]sender.send");
    assert_eq!(send.rights, ["send"]);
    assert_eq!(send.limit("message"), Some(65_536));
    assert!(send.waits);
    let open = channel.function("receiver.open").unwrap();
    assert_eq!(open.kind, FunctionKind::Open);
    assert_eq!(open.limit("label"), Some(32));
    assert!(!open.waits);
}

#[test]
fn a_call_may_need_several_rights_and_an_object_may_have_a_quota() {
    let model = locket();
    let kv = model.interface("locket:storage/kv").unwrap();
    assert_eq!(kv.function("bucket.increment").unwrap().rights, ["read", "write"]);
    assert!(kv.resources[0].has_quota);
    assert!(!model.interface("locket:gpio/digital").unwrap().resources[0].has_quota);
}

#[test]
fn rule_lines_do_not_appear_in_documentation() {
    let model = locket();
    let log = model.interface("wasi:logging/logging@0.1.0-draft").unwrap();
    assert_eq!(log.docs, "Lines for the device's log, each marked with the container that wrote it.");
    let docs = &log.function("log").unwrap().docs;
    assert!(docs.ends_with("recorded as a denial."), "{docs}");
}

#[test]
fn embedded_files_give_the_same_model() {
    let on_disk = locket();
    let texts: Vec<(String, String)> = on_disk
        .files()
        .iter()
        .map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap()))
        .collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let embedded = model::load_embedded(&files).unwrap();
    let names = |model: &Model| model.interfaces().iter().map(|interface| interface.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&embedded), names(&on_disk));
    assert_eq!(names(&on_disk).len(), 12);
}
