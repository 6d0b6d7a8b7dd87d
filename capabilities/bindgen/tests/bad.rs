//! One file per bad input, with the diagnostic that it gives beside it.
//!
//! `INSTA_UPDATE=always cargo test -p locket-bindgen --test bad` writes the diagnostics anew.

use std::{fs, path::Path};

use locket_bindgen::model;

#[test]
fn each_bad_file_is_refused_with_its_own_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "wit"));
    files.sort();
    assert!(!files.is_empty());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let error = model::load_embedded(&[(&format!("bad/{name}.wit"), &text)])
            .map(|_| ())
            .expect_err(&format!("{name} was accepted"));
        settings.bind(|| insta::assert_snapshot!(name, error.to_string()));
    }
}
