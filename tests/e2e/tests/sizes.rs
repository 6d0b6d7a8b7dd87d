//! The table of sizes in `guest-sdks/README.md` is what `locket build` makes of the same guest in each language.
//!
//! `LOCKET_UPDATE=1 cargo test -p locket-tests --test sizes` writes it anew.

use std::fmt::Write as _;
use std::fs;

use locket_image::pack::{self, PackOptions, Wit};
use locket_sdk_generator::Language;
use locket_tests::{guests, languages};

const BEGIN: &str = "<!-- sizes: written by tests/e2e/tests/sizes.rs -->\n";
const END: &str = "<!-- end of sizes -->\n";

/// Compilers differ by some bytes from one release to the next.
const TOLERANCE: u64 = 64;

/// What one language needs for the same guest.
struct Size {
    language: &'static str,
    module: u64,
    memory: u64,
}

fn packed(name: &'static str, language: Language) -> Size {
    let wit = Wit::embedded().expect("our own WIT is right");
    let packed = pack::pack(&languages::module(language), &wit, &PackOptions::new("caller", "1.0.0"))
        .unwrap_or_else(|error| panic!("{name} cannot be packed: {error}"));
    Size { language: name, module: packed.module_len as u64, memory: u64::from(packed.memory.initial) }
}

/// As the compiler makes it: `locket build` does not take it.
fn go() -> Size {
    let module = languages::module(Language::Go);
    let payloads = wasmparser::Parser::new(0).parse_all(&module);
    let pages = payloads.filter_map(|payload| match payload.expect("the Go compiler makes modules") {
        wasmparser::Payload::MemorySection(section) => section.into_iter().next()?.ok(),
        _ => None,
    });
    let pages = pages.map(|memory| memory.initial).sum::<u64>();
    Size { language: "Go, as compiled", module: module.len() as u64, memory: pages * 65536 }
}

#[test]
fn the_table_is_true() {
    let measured = [packed("Rust", Language::Rust), packed("C", Language::C), packed("Zig", Language::Zig), go()];
    let path = guests::root().join("guest-sdks/README.md");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (before, rest) = text.split_once(BEGIN).expect("the README has the table");
    let (table, after) = rest.split_once(END).expect("the table has an end");
    if std::env::var_os("LOCKET_UPDATE").is_some() {
        let mut table = String::from("| language | module | linear memory |\n|---|---|---|\n");
        for Size { language, module, memory } in &measured {
            writeln!(table, "| {language} | {module} B | {memory} B |").expect("a string takes everything");
        }
        fs::write(&path, [before, BEGIN, &table, END, after].concat()).expect("the README can be written");
        return;
    }
    for Size { language, module, memory } in &measured {
        let row = table.lines().find(|line| line.starts_with(&format!("| {language} |")));
        let row = row.unwrap_or_else(|| panic!("no row for {language}"));
        let numbers: Vec<u64> = row.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
        let near = |written: u64, measured: u64| written.abs_diff(measured) <= TOLERANCE.max(measured / 50);
        assert!(
            numbers.len() == 2 && near(numbers[0], *module) && near(numbers[1], *memory),
            "{language} has {module} B and {memory} B, but the table says: {row}"
        );
    }
}
