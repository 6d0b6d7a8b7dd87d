//! What the packer makes of modules and components, and what it refuses.

use std::path::Path;

use locket_image::{
    Image, Manifest, Memory, PublicKey,
    pack::{KeyTextError, PackOptions, Packed, SigningKey, Warning, Wit, pack},
};
use proptest::prelude::*;
use wit_component::{ComponentEncoder, StringEncoding};

const BLINKER: &str = include_str!("guests/blinker.wat");
/// What every container exports.
const RUN: &str = r#"(func (export "locket:system/run@0.1.0#run") (result i32) i32.const 0)"#;

fn wit() -> Wit {
    Wit::embedded().expect("the embedded WIT is right")
}

fn try_pack(text: &str) -> Result<Packed, String> {
    let module = wat::parse_str(text).expect("it assembles");
    pack(&module, &wit(), &PackOptions::new("guest", "0.1.0"))
        .map_err(|error| format!("{error}\n{}", error.help().unwrap_or_default()))
}

#[track_caller]
fn packed(text: &str) -> Packed {
    try_pack(text).expect("it packs")
}

#[track_caller]
fn refusal(text: &str) -> String {
    try_pack(text).map(drop).expect_err("it must be refused")
}

#[track_caller]
fn refused(text: &str, parts: &[&str]) {
    let refusal = refusal(text);
    for part in parts {
        assert!(refusal.contains(part), "`{part}` is missing in: {refusal}");
    }
}

fn sign(packed: &Packed) -> Vec<u8> {
    SigningKey::from_seed(&[1; 32]).sign(&packed.unsigned).expect("an unsigned image can be signed")
}

/// `module` with the type section that `wit-bindgen` would give it, for the world in `wit`.
fn with_type(module: &[u8], wit: &Path, world: &str) -> Vec<u8> {
    let model = locket_bindgen::model::load(wit).expect("the WIT is right");
    let resolve = model.resolve();
    let world = resolve.worlds.iter().find(|(_, w)| w.name == world).expect("there is such a world").0;
    let mut module = module.to_vec();
    wit_component::embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8, false)
        .expect("it embeds");
    module
}

/// What `wasm-tools component new` makes of a typed module.
fn component(typed: &[u8]) -> Vec<u8> {
    ComponentEncoder::default()
        .validate(true)
        .module(typed)
        .and_then(ComponentEncoder::encode)
        .expect("it becomes a component")
}

fn locket_wit() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit"))
}

#[test]
fn a_module_becomes_smaller_and_loses_what_a_device_does_not_need() {
    let input = wat::parse_str(BLINKER).expect("it assembles");
    let packed = packed(BLINKER);
    assert!(packed.module_len < input.len());
    assert_eq!(packed.warnings, []);
    let custom = |module: &[u8]| {
        wasmparser::Parser::new(0)
            .parse_all(module)
            .filter(|payload| matches!(payload, Ok(wasmparser::Payload::CustomSection(_))))
            .count()
    };
    assert_eq!(custom(&packed.unsigned[..packed.module_len]), 0);
    let options = PackOptions { keep_names: true, ..PackOptions::new("guest", "0.1.0") };
    let kept = pack(&input, &wit(), &options).expect("it packs");
    assert_eq!(custom(&kept.unsigned[..kept.module_len]), 2);
    Image::parse(&sign(&kept)).expect("an image with names is an image");
}

#[test]
fn padded_numbers_become_short() {
    // `i32.const 0` in five bytes, as a relocatable linker leaves it.
    let text = |constant| format!(r#"(module {RUN} (func (export "f") (result i32) {constant}))"#);
    let module = wat::parse_str(text("i32.const 0")).expect("it assembles");
    let at = module.windows(3).rposition(|code| code == [0x41, 0, 0x0b]).expect("there is the constant");
    let mut padded = module.clone();
    padded.splice(at + 1..=at + 1, [0x80, 0x80, 0x80, 0x80, 0]);
    // The body and its section grow by four.
    let section = padded.windows(2).position(|header| header == [10, 11]).expect("there is the code");
    padded[section + 1] += 4;
    padded[at - 2] += 4;
    wasmparser::validate(&padded).expect("the padded module is valid");
    let options = PackOptions::new("guest", "0.1.0");
    let long = pack(&padded, &wit(), &options).expect("it packs");
    let short = pack(&module, &wit(), &options).expect("it packs");
    assert_eq!(long.unsigned, short.unsigned);
}

#[test]
fn a_component_packs_to_the_same_image_as_its_module() {
    let module = wat::parse_str(BLINKER).expect("it assembles");
    let typed = with_type(&module, locket_wit(), "container");
    let component = component(&typed);
    let options = PackOptions::new("guest", "0.1.0");
    let images: Vec<_> = [&module, &typed, &component]
        .into_iter()
        .map(|input| pack(input, &wit(), &options).expect("it packs").unsigned)
        .collect();
    assert_eq!(images[0], images[1]);
    assert_eq!(images[0], images[2]);
}

#[test]
fn components_of_several_modules_are_refused() {
    refused("(component (core module) (core module))", &["consists of 2 core modules", "WASI preview 1"]);
    refused("(component)", &["holds no core module"]);
}

#[test]
fn compatible_versions_become_the_kernels() {
    let text = r#"(module
        (import "wasi:io/poll@0.2.3" "[method]pollable.block" (func (param i32)))
        (import "wasi:clocks/monotonic-clock@0.2.8" "now" (func (result i64)))
        (func (export "locket:system/run@0.1.7#run") (result i32) i32.const 0))"#;
    let packed = packed(text);
    let renamed: Vec<_> = packed.renamed.iter().map(|(from, to)| format!("{from} {to}")).collect();
    assert_eq!(
        renamed,
        [
            "locket:system/run@0.1.7 locket:system/run@0.1.0",
            "wasi:clocks/monotonic-clock@0.2.8 wasi:clocks/monotonic-clock@0.2.0",
            "wasi:io/poll@0.2.3 wasi:io/poll@0.2.0",
        ]
    );
    let image = sign(&packed);
    let image = Image::parse(&image).expect("it is an image");
    let Manifest { imports, exports, .. } = image.manifest();
    assert_eq!(imports, &["wasi:clocks/monotonic-clock@0.2.0", "wasi:io/poll@0.2.0"]);
    assert_eq!(exports, &["locket:system/run@0.1.0"]);
}

#[test]
fn imports_that_the_kernel_lacks_are_named() {
    let import = |module: &str, field: &str, ty: &str| format!(r#"(module (import "{module}" "{field}" {ty}) {RUN})"#);
    let digital = "locket:gpio/digital@0.1.0";
    refused(
        &import("locket:gpio/digitl@0.1.0", "f", "(func)"),
        &["no interface", "did you mean `locket:gpio/digital@0.1.0`"],
    );
    refused(
        &import("acme:rocket/launch@1.0.0", "f", "(func)"),
        &["no interface `acme:rocket/launch@1.0.0`", "\n  locket:gpio/digital@0.1.0\n"],
    );
    refused(&import("locket:gpio/digital@0.2.0", "f", "(func)"), &["not compatible with `locket:gpio/digital@0.1.0`"]);
    refused(&import("locket:gpio/digital", "f", "(func)"), &["not compatible"]);
    refused(&import("wasi:logging/logging@0.1.0", "log", "(func)"), &["not compatible"]);
    refused(&import("locket:system/run@0.1.0", "run", "(func (result i32))"), &["for containers to export"]);
    refused(
        &import(digital, "[method]output.tggle", "(func)"),
        &["has no `[method]output.tggle`", "did you mean `[method]output.toggle`"],
    );
    refused(&import(digital, "[resource-drop]pin", "(func)"), &["has no `[resource-drop]pin`"]);
    refused(&import(digital, "blink", "(func)"), &["has no `blink`", "it has [method]input.read, "]);
    refused(&import(digital, "[method]output.set", "(func (param i32))"), &["core type (iii), not (i)"]);
    refused(&import(digital, "[method]output.set", "(memory 1)"), &["the memory `[method]output.set`"]);
    refused(&import("wasi_snapshot_preview1", "fd_write", "(func)"), &["built for WASI preview 1"]);
    refused(&import("env", "malloc", "(func)"), &["did not find"]);
    refused(&import("$root", "f", "(func)"), &["world imports directly"]);
    refused(&import("[export]a:b/c@1.0.0", "[resource-new]r", "(func)"), &["resources that a container exports"]);
    refused(&import("cm32p2|wasi:io/poll@0.2", "poll", "(func)"), &["reserved"]);
}

#[test]
fn a_missing_interface_is_reported_once_and_all_are() {
    let text = format!(
        r#"(module (import "a:b/c@1.0.0" "f" (func)) (import "a:b/c@1.0.0" "g" (func)) (import "env" "h" (func)) {RUN})"#
    );
    let refusal = refusal(&text);
    assert_eq!(refusal.matches("no interface `a:b/c@1.0.0`").count(), 1, "{refusal}");
    assert!(refusal.contains("no interface `env`"), "{refusal}");
}

#[test]
fn what_the_engine_lacks_is_named() {
    let with = |code: &str| format!("(module {RUN} {code})");
    refused(&with("(func (drop (v128.const i64x2 0 0)))"), &["SIMD", "simd128"]);
    refused(&with("(memory 1 1 shared)"), &["threads", "atomics"]);
    refused(&with("(func $f (return_call $f))"), &["tail calls"]);
    refused(&with("(memory i64 1)"), &["64-bit memory", "wasm32"]);
    refused(&with("(memory 1) (memory 1)"), &["several memories"]);
    refused(&with("(tag)"), &["exceptions", "panic=abort"]);
    refused(&with("(type (struct))"), &["garbage collection"]);
    refused(&with("(global i32 (i32.add (i32.const 1) (i32.const 2)))"), &["extended constant expressions"]);
    packed(&with("(memory 1) (table 1 externref) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))"));
    packed(&with("(func (drop (i32.trunc_sat_f32_s (f32.const 1))) (drop (i32.extend8_s (i32.const 1))))"));
}

#[test]
fn files_that_are_no_modules_are_told_apart() {
    let refusal = |input: &[u8]| {
        let options = PackOptions::new("guest", "0.1.0");
        pack(input, &wit(), &options).map(drop).expect_err("it must be refused").to_string()
    };
    assert_eq!(refusal(b""), "the file is empty");
    assert!(refusal(b"  (module)").contains("text"));
    assert!(refusal(b"#!/bin/sh").contains("not a WebAssembly file"));
    let module = wat::parse_str(BLINKER).expect("it assembles");
    for len in [9, 30, module.len() - 1] {
        let refusal = refusal(&module[..len]);
        assert!(refusal.contains("not valid at byte"), "{refusal}");
    }
    assert!(refusal(&sign(&packed(BLINKER))).contains("an image already"));
    let type_error = wat::parse_str(format!("(module {RUN} (func (i32.add)))")).expect("it assembles");
    assert!(refusal(&type_error).contains("not valid at byte"));
}

#[test]
fn the_world_asks_for_exports() {
    refused("(module)", &["does not fit the world `locket:worlds/container@0.1.0`", "locket:system/run@0.1.0"]);
    refused(
        r#"(module (func (export "locket:system/run@0.1.0#run") (param i32)))"#,
        &["does not fit the world", "type mismatch"],
    );
}

#[test]
fn unknown_worlds_are_refused() {
    let module = wat::parse_str(format!("(module {RUN})")).expect("it assembles");
    let try_world = |world: &str| {
        let options = PackOptions { world: Some(world.to_owned()), ..PackOptions::new("guest", "0.1.0") };
        pack(&module, &wit(), &options).map(|packed| packed.world).map_err(|error| error.help().unwrap_or_default())
    };
    for name in ["locket:worlds/container@0.1.0", "locket:worlds/container", "container"] {
        assert_eq!(try_world(name).as_deref(), Ok("locket:worlds/container@0.1.0"));
    }
    assert_eq!(try_world("contianer").expect_err("misspelt"), "did you mean `container`?");
    assert_eq!(try_world("rocket").expect_err("unknown"), "there are locket:worlds/container@0.1.0");
}

#[test]
fn memory_shrinks_as_the_engine_shrinks_it_or_the_reason_is_said() {
    let with = |parts: &str| format!(r#"(module (memory (export "memory") 2 4) {RUN} {parts})"#);
    let marks =
        r#"(global (export "__data_end") i32 (i32.const 1000)) (global (export "__heap_base") i32 (i32.const 3001))"#;
    let memory = |text: &str| {
        let Packed { memory: Memory { initial, maximum }, warnings, .. } = packed(text);
        (initial, maximum, warnings)
    };
    assert_eq!(memory(&with(marks)), (3008, 3008, vec![]));
    let missing = |missing| vec![Warning::MemoryUnmarked { bytes: 131_072, missing }];
    assert_eq!(memory(&with("")), (131_072, 131_072, missing(vec!["__heap_base", "__data_end"])));
    let (heap_base, data_end) = marks.split_at(marks.find(" (global (export \"__heap").expect("two globals"));
    assert_eq!(memory(&with(heap_base)).2, missing(vec!["__heap_base"]));
    assert_eq!(memory(&with(data_end)).2, missing(vec!["__data_end"]));
    let grows = format!("{marks} (func $allocate (drop (memory.grow (i32.const 1))))");
    let resized = |instruction, function: &str| {
        vec![Warning::MemoryResized { bytes: 131_072, instruction, function: function.to_owned() }]
    };
    assert_eq!(memory(&with(&grows)), (131_072, 262_144, resized("memory.grow", "`allocate`")));
    let asks = format!("{marks} (func (drop (memory.size)))");
    assert_eq!(memory(&with(&asks)).2, resized("memory.size", "function number 1"));
    let beyond = marks.replace("3001", "140000");
    assert_eq!(memory(&with(&beyond)).2, vec![Warning::MemoryMarksUnusable { bytes: 131_072 }]);
    let reversed = marks.replace("3001", "900");
    assert_eq!(memory(&with(&reversed)).2, vec![Warning::MemoryMarksUnusable { bytes: 131_072 }]);
    let large = marks.replace("1000", "66000").replace("3001", "66000");
    let large = format!("(global (mut i32) (i32.const 65536)) {large}");
    assert_eq!(memory(&with(&large)).2, vec![Warning::LargeStack { bytes: 66_000, stack: 65_536 }]);
    assert_eq!(memory(&format!("(module {RUN})")), (0, 0, vec![]));
}

/// Two folders: a vendor's package with a world of its own, and one that changes Locket's.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

const VENDOR: &str = "package acme:rocket@1.0.0;
/// Launching.
///
/// Granted as `launcher`.
interface launch { lift-off: func(seconds: u32) -> bool; }
world rocket { import launch; export status; }
interface status { height: func() -> f32; }
";
const ROCKET: &str = r#"(module
    (import "acme:rocket/launch@1.0.0" "lift-off" (func (param i32) (result i32)))
    (func (export "acme:rocket/status@1.0.0#height") (result f32) f32.const 0))"#;

#[test]
fn a_vendors_wit_extends_lockets() {
    let folder = Folder::new(&[("rocket/rocket.wit", VENDOR)]);
    let wit = Wit::with_folder(folder.path()).expect("the WIT is right");
    let module = wat::parse_str(ROCKET).expect("it assembles");
    let options = PackOptions { world: Some("acme:rocket/rocket".to_owned()), ..PackOptions::new("rocket", "1.0.0") };
    let packed = pack(&module, &wit, &options).expect("it packs");
    assert_eq!(packed.world, "acme:rocket/rocket@1.0.0");
    assert_eq!(packed.warnings, [Warning::NothingToRun]);
    // The module's own type section says the same; no option is needed then.
    let typed = with_type(&module, folder.path(), "rocket");
    let own = pack(&typed, &wit, &PackOptions::new("rocket", "1.0.0")).expect("it packs");
    assert_eq!(own.unsigned, packed.unsigned);
    // Without the folder, the import is unknown, whatever the module's type section says.
    let refusal = pack(&typed, &self::wit(), &PackOptions::new("rocket", "1.0.0")).expect_err("unknown").to_string();
    assert!(refusal.contains("no interface `acme:rocket/launch@1.0.0`"), "{refusal}");
}

#[test]
fn a_module_with_a_world_of_its_own_is_held_against_it() {
    let world = "package acme:soil@0.1.0;
world soil { import locket:gpio/digital@0.1.0; export locket:system/run@0.1.0; export status; }
interface status { height: func() -> f32; }";
    let copied = ["gpio/gpio.wit", "system/system.wit"]
        .map(|path| (path, std::fs::read_to_string(locket_wit().join(path)).expect("Locket's own WIT")));
    let [(gpio_path, gpio), (system_path, system)] = &copied;
    let folder = Folder::new(&[("soil/soil.wit", world), (gpio_path, gpio), (system_path, system)]);
    let module = |parts: &str| {
        let module = wat::parse_str(format!("(module {RUN} {parts})")).expect("it assembles");
        with_type(&module, folder.path(), "soil")
    };
    let options = PackOptions::new("soil", "0.1.0");
    let exported = r#"(func (export "acme:soil/status@0.1.0#height") (result f32) f32.const 0)"#;
    let packed = pack(&module(exported), &wit(), &options).expect("it packs");
    assert_eq!(packed.world, "acme:soil/soil@0.1.0");
    let refusal = pack(&module(""), &wit(), &options).expect_err("an export is missing").to_string();
    assert!(refusal.contains("does not fit the world `acme:soil/soil@0.1.0`"), "{refusal}");
    // The same names with another meaning.
    let changed = gpio.replace(
        "        /// Active.\n        high,\n",
        "        /// Active.\n        high,\n        /// Neither.\n        floating,\n",
    );
    assert_ne!(*gpio, changed);
    let other = Folder::new(&[("soil/soil.wit", world), (gpio_path, &changed), (system_path, system)]);
    let importing = format!(
        r#"(module (import "locket:gpio/digital@0.1.0" "[method]output.set" (func (param i32 i32 i32)))
        (memory (export "memory") 1) {RUN} {exported})"#
    );
    let module = wat::parse_str(importing).expect("it assembles");
    let typed = with_type(&module, other.path(), "soil");
    for input in [component(&typed), typed] {
        let refusal = pack(&input, &wit(), &options).expect_err("other WIT").to_string();
        assert!(refusal.contains("built with another `locket:gpio/digital@0.1.0`"), "{refusal}");
        assert!(refusal.contains("enum { low, high, floating }"), "{refusal}");
    }
}

#[test]
fn names_and_versions_are_checked_before_anything_else() {
    let try_options = |name: &str, version: &str| {
        pack(b"", &wit(), &PackOptions::new(name, version)).map(drop).expect_err("refused").to_string()
    };
    assert!(try_options("Soil Sensor", "0.1.0").contains("`Soil Sensor` cannot be the name"));
    assert!(try_options("soil", "1.2").contains("`1.2` cannot be the version"));
    assert!(try_options("soil", &format!("1.2.3-{}", "a".repeat(80))).contains("longer than 64 bytes"));
}

#[test]
fn too_many_interfaces_do_not_fit_a_manifest() {
    let each = |text: fn(u32) -> String| (0..33).map(text).collect::<Vec<_>>().join("\n");
    let interfaces = each(|i| format!("interface i{i} {{ f: func(); }}"));
    let exports = each(|i| format!("export i{i};"));
    let wit = format!("package a:b@1.0.0;\n{interfaces} world w {{ {exports} }}");
    let folder = Folder::new(&[("b.wit", &wit)]);
    let functions = each(|i| format!(r#"(func (export "a:b/i{i}@1.0.0#f"))"#));
    let module = wat::parse_str(format!("(module {functions})")).expect("it assembles");
    let module = with_type(&module, folder.path(), "w");
    let refusal = pack(&module, &self::wit(), &PackOptions::new("many", "1.0.0")).map(drop).expect_err("too many");
    assert!(refusal.to_string().contains("exports 33 interfaces"), "{refusal}");
}

#[test]
fn keys_survive_their_text_form_and_bad_texts_are_told_apart() {
    let key = SigningKey::generate().expect("the system has a random source");
    let text = key.to_text();
    let again = SigningKey::from_text(&text).expect("its own text");
    assert_eq!(again.public(), key.public());
    let public = key.public().to_string();
    assert_eq!(public.parse(), Ok(key.public()));
    assert!(text.contains(&public), "the key file names its public key");
    assert!(!format!("{key:?}").contains(text.lines().last().expect("the key").trim_start_matches("ed25519-private:")));
    let parse = |text: &str| text.parse::<PublicKey>().expect_err("not a key");
    assert_eq!(parse("rsa:AAAA"), KeyTextError::NotPublic);
    assert_eq!(parse("ed25519:*"), KeyTextError::NotBase64);
    assert_eq!(parse("ed25519:AAAA"), KeyTextError::Length(3));
    assert_eq!(parse(text.lines().last().expect("the key")), KeyTextError::Private);
    assert!(matches!(parse(&format!("ed25519:{}", "A".repeat(43) + "=")), KeyTextError::Key(_)));
    assert_eq!(SigningKey::from_text(&public).map(drop), Err(KeyTextError::NotPrivate));
    assert_eq!(SigningKey::from_text("ed25519-private:AAAA").map(drop), Err(KeyTextError::Length(3)));
}

proptest! {
    #[test]
    fn damaged_input_is_refused_without_a_panic(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        typed in any::<bool>(),
    ) {
        let module = wat::parse_str(BLINKER).expect("it assembles");
        let mut input = if typed { with_type(&module, locket_wit(), "container") } else { module };
        for (at, value) in damage {
            let at = at.index(input.len());
            input[at] = value;
        }
        let options = PackOptions::new("guest", "0.1.0");
        // Damage can hit what does not matter, such as a constant; then what comes out must still be an image.
        if let Ok(packed) = pack(&input, &wit(), &options) {
            let image = sign(&packed);
            prop_assert!(Image::parse(&image).is_ok());
        }
        let _ = pack(&input[..cut.index(input.len())], &wit(), &options);
    }
}
