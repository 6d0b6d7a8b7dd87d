//! What the tests' policies name: images, signers, words.

use std::path::{Path, PathBuf};

use locket_bindgen::model;
use locket_policy_lang::{ImageFacts, Images, Vocabulary};

const GPIO: &str = "locket:gpio/digital@0.1.0";
const CONFIG: &str = "wasi:config/store@0.2.0-rc.1";
const KV: &str = "locket:storage/kv@0.1.0";
const RECORDS: &str = "locket:storage/log@0.1.0";
const CHANNEL: &str = "locket:ipc/channel@0.1.0";
const LOG: &str = "wasi:logging/logging@0.1.0-draft";
const CLOCK: &str = "wasi:clocks/monotonic-clock@0.2.0";
const POLL: &str = "wasi:io/poll@0.2.0";

pub fn vocabulary() -> Vocabulary {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    Vocabulary::new(model::load(wit).expect("the WIT packages are sound"))
}

/// Images that exist only as facts. The first byte of a public key says whose they are.
pub struct Shelf;

/// The first bytes of the keys of `acme` and `umbrella`.
const ACME: u8 = 0xd7;
const UMBRELLA: u8 = 0x3d;

const SHELF: [(&str, &str, u8, u32, &[&str]); 9] = [
    ("soil-sensor", "1.1.0", ACME, 4096, &[GPIO]),
    ("soil-sensor", "1.2.0", ACME, 8192, &[GPIO, CHANNEL, CLOCK, POLL, LOG]),
    ("soil-sensor", "1.3.0-rc.1", ACME, 8192, &[]),
    ("blinker", "1.0.0", ACME, 4096, &[GPIO]),
    ("node", "1.0.0", ACME, 4096, &[CHANNEL]),
    ("node", "2.0.0", UMBRELLA, 4096, &[CHANNEL]),
    ("larder", "1.0.0", ACME, 4096, &[KV, RECORDS, CONFIG]),
    ("big", "1.0.0", ACME, 65_536, &[POLL]),
    (
        "odd",
        "1.0.0",
        ACME,
        4096,
        &[GPIO, "locket:gpio/digital@0.2.0", "locket:system/run@0.1.0", "acme:laser/beam@1.0.0"],
    ),
];

impl Images for Shelf {
    fn open(&self, path: &Path) -> Result<ImageFacts, String> {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let found = self.known(Path::new("")).into_iter().find(|image| image.name == name);
        found.map(|image| ImageFacts { path: path.to_owned(), ..image }).ok_or_else(|| "no such file".to_owned())
    }

    fn known(&self, folder: &Path) -> Vec<ImageFacts> {
        let facts = |&(name, version, _, memory, imports): &(&str, &str, u8, u32, &[&str])| ImageFacts {
            path: folder.join(format!("{name}.wasm")),
            name: name.to_owned(),
            version: version.to_owned(),
            imports: imports.iter().map(|&import| import.to_owned()).collect(),
            memory,
            stack: 0,
        };
        SHELF.iter().map(facts).collect()
    }

    fn verify(&self, image: &ImageFacts, key: &[u8; 32]) -> Result<(), String> {
        let signed = SHELF
            .iter()
            .any(|(name, version, signer, ..)| *name == image.name && *version == image.version && *signer == key[0]);
        if signed { Ok(()) } else { Err("it bears another signature".to_owned()) }
    }
}

/// The `.toml` files of a folder of this crate, in alphabetical order, by relative path.
pub fn policies(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}
