//! Each bad policy in `tests/bad` with what is said about it, in the `.snap` file beside it.
//!
//! `INSTA_UPDATE=always cargo test -p locket-policy-lang` writes all of them anew.

mod support;

use insta::{Settings, assert_snapshot};
use locket_policy_lang::load;
use support::{Shelf, policies, vocabulary};

#[test]
fn bad_policies() {
    let vocabulary = vocabulary();
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path("bad");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for file in policies("tests/bad") {
            let name = file.file_stem().and_then(|name| name.to_str()).expect("the files have plain names");
            let report = load(&file, &vocabulary, &Shelf).expect_err(name);
            assert_snapshot!(name, format!("{report}\n{}", report.plain()));
        }
    });
}
