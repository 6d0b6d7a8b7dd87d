//! One file per bad input, with the diagnostic that it gives beside it: in `bad/`, WIT that breaks a rule; in
//! `unsupported/`, WIT that is right but has no place in Locket's ABI.
//!
//! `INSTA_UPDATE=always cargo test -p locket-bindgen --test bad` writes the diagnostics anew.

use std::{fs, path::Path};

use locket_bindgen::{Generator, model};

fn each_file(folder: &str, refuse: impl Fn(&str, &str) -> Option<String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<_> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "wit"));
    files.sort();
    assert!(!files.is_empty());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&path);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.file_stem().unwrap().to_str().unwrap();
        let message = refuse(&format!("{folder}/{name}.wit"), &text).unwrap_or_else(|| panic!("{name} was accepted"));
        settings.bind(|| insta::assert_snapshot!(name, message));
    }
}

#[test]
fn wit_that_breaks_a_rule_is_refused_with_the_rule() {
    each_file("bad", |path, text| Some(model::load_embedded(&[(path, text)]).err()?.to_string()));
}

#[test]
fn wit_without_a_place_in_the_abi_is_refused_with_the_reason() {
    each_file("unsupported", |path, text| {
        let generator = Generator::new().wit_text(path, text).interface("test:bad/bad");
        Some(generator.generate().err()?.to_string())
    });
}

#[test]
fn a_name_that_is_not_there_is_answered_with_those_that_are() {
    let text = "package test:good@1.0.0; interface clock {} world device {}";
    let generator = Generator::new().wit_text("good/good.wit", text);
    let error = generator.clone().interface("test:good/clocks").generate().unwrap_err();
    assert_eq!(error.to_string(), "no interface `test:good/clocks`; there is test:good/clock@1.0.0");
    let error = generator.world("test:good/divice").generate().unwrap_err();
    assert_eq!(error.to_string(), "no world `test:good/divice`; there is test:good/device@1.0.0");
}
