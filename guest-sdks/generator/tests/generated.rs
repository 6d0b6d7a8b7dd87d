//! The generated code, as text: one small WIT per form of type, in Zig and Go, and Locket's own interfaces.
//!
//! `INSTA_UPDATE=always cargo test -p locket-sdk-generator --test generated` writes the snapshots anew. `tests/e2e`
//! compiles what is generated here, and runs guests that use it.

use std::path::Path;

use locket_image::pack::EMBEDDED_WIT;
use locket_sdk_generator::{DEFAULT_WORLD, Language, Package, generate};

fn fixture(folder: &str, name: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder).join(name).with_extension("wit");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    vec![(format!("{name}/{name}.wit"), text)]
}

fn own() -> Vec<(String, String)> {
    EMBEDDED_WIT.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// The files that are not hand-written, one after the other.
fn text(package: &Package, hand_written: &[&str]) -> String {
    let generated = package.files().filter(|(path, _)| !hand_written.contains(path));
    generated.fold(String::new(), |all, (path, text)| all + "=== " + path + "\n" + text + "\n")
}

const ZIG: &[&str] = &[
    "build.zig",
    "src/abi.zig",
    "src/arena.zig",
    "src/clock.zig",
    "src/entry.zig",
    "src/log.zig",
    "src/memory.zig",
    "src/realloc.zig",
];
const GO: &[&str] =
    &["internal/abi/abi.go", "internal/abi/realloc.go", "guest/guest.go", "channel/wait.go", "wit/wit.go"];

fn snapshots(name: &str) {
    let files = fixture("fixtures", name);
    for (language, extension, hand_written) in [(Language::Zig, "zig", ZIG), (Language::Go, "go", GO)] {
        let package = generate(language, &files, "fixture", name).unwrap_or_else(|error| panic!("{name}: {error}"));
        insta::assert_snapshot!(format!("{name}.{extension}"), text(&package, hand_written));
    }
}

macro_rules! snapshots {
    ($($(#[$about:meta])* $name:ident)*) => {
        $($(#[$about])* #[test] fn $name() { snapshots(stringify!($name)); })*
    };
}

snapshots! { cases flags lists names records resources results scalars spilled world }

#[test]
fn own_interfaces() {
    for (language, extension, hand_written) in [(Language::Zig, "zig", ZIG), (Language::Go, "go", GO)] {
        let package = generate(language, &own(), DEFAULT_WORLD, "locket").expect("our own WIT can be generated");
        insta::assert_snapshot!(format!("locket.{extension}"), text(&package, hand_written));
    }
}

#[test]
fn equal_inputs_make_equal_packages() {
    for language in [Language::Rust, Language::C, Language::Go, Language::Zig] {
        let package = || generate(language, &own(), DEFAULT_WORLD, "locket").expect("our own WIT can be generated");
        assert_eq!(package(), package(), "{language:?}");
    }
}

#[test]
fn a_world_that_the_kernel_cannot_pass_is_refused_in_every_language() {
    for name in ["async-function", "exported-resource", "fixed-length", "map", "stream", "unknown-type"] {
        let files = fixture("refused", name);
        let errors = [Language::Rust, Language::C, Language::Go, Language::Zig].map(|language| {
            generate(language, &files, "refused", "refused").expect_err("the world is refused").to_string()
        });
        assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
        insta::assert_snapshot!(format!("refused.{name}"), errors[0]);
    }
}

#[test]
fn interfaces_of_one_name_get_longer_names() {
    let twin = |package: &str| {
        (format!("{package}/a.wit"), format!("package {package}:same@1.0.0; interface twin {{ f: func(); }}"))
    };
    let world = "package test:both; world both { import left:same/twin@1.0.0; import right:same/twin@1.0.0; }";
    let files = vec![twin("left"), twin("right"), ("both/both.wit".to_owned(), world.to_owned())];
    let zig = generate(Language::Zig, &files, "both", "both").expect("the names differ in their packages");
    assert!(zig.file("src/left_same_twin.zig").is_some() && zig.file("src/right_same_twin.zig").is_some());
    let go = generate(Language::Go, &files, "both", "both").expect("the names differ in their packages");
    assert!(go.file("leftsametwin/leftsametwin.go").is_some());
}

#[test]
fn a_c_package_needs_no_object_file() {
    let c = generate(Language::C, &own(), DEFAULT_WORLD, "locket").expect("our own WIT can be generated");
    assert!(c.files().all(|(_, text)| !text.contains("component_type_object")));
    assert!(c.file("locket.h").is_some_and(|header| header.contains("locket_gpio_digital_static_output_open")));
}

/// A file that each language's package has only for worlds with Locket's own interfaces.
const IDIOMS: [(Language, &str); 4] = [
    (Language::Rust, "src/entry.rs"),
    (Language::C, "guest.h"),
    (Language::Go, "guest/guest.go"),
    (Language::Zig, "src/entry.zig"),
];

#[test]
fn a_vendors_world_has_the_hand_written_parts_if_it_includes_lockets() {
    let package = "package acme:rocket@1.0.0;\n\
                   interface launch { lift-off: func(seconds: u32) -> bool; }\n\
                   world whole { include locket:worlds/container@0.1.0; import launch; }\n\
                   world bare { import launch; export locket:system/run@0.1.0; }";
    let mut files = own();
    files.push(("acme/rocket/rocket.wit".to_owned(), package.to_owned()));
    for (language, path) in IDIOMS {
        let has = |world: &str| {
            let package = generate(language, &files, world, "rocket").unwrap_or_else(|error| panic!("{error}"));
            assert!(package.files().any(|(_, text)| text.contains("lift-off")), "{language:?} lacks the vendor's own");
            package.file(path).is_some()
        };
        assert!(has("acme:rocket/whole"), "{language:?}");
        assert!(!has("acme:rocket/bare"), "{language:?}");
    }
}
