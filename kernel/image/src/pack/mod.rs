//! Making images: what `locket build` and the project's own tests call.
//!
//! [`pack`] turns a core module or a single-module component into an unsigned image, [`SigningKey::sign`] signs it:
//!
//! ```
//! use locket_image::{Image, pack};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let module = wat::parse_str(
//! #     r#"(module (func (export "locket:system/run@0.1.0#run") (result i32) i32.const 0))"#,
//! # )?;
//! let packed = pack::pack(&module, &pack::Wit::embedded()?, &pack::PackOptions::new("hello", "0.1.0"))?;
//! let key = pack::SigningKey::generate()?;
//! let image = key.sign(&packed.unsigned)?;
//! Image::parse(&image)?.verify(&key.public())?;
//! # Ok(())
//! # }
//! ```
//!
//! Runs on the build host only. The way of a module through here is: out of its component (`component`), valid for the
//! engine (`features`), imports known (`imports`), exports right (`world`), small (`encode`), measured (`memory`).
//! Whatever is refused is a [`PackError`] that says what to do about it; whatever the author may want to change is a
//! [`Warning`].

mod bundle;
mod component;
mod encode;
mod error;
mod features;
mod imports;
mod key;
mod memory;
mod shape;
mod suggest;
mod wit;
mod world;

use std::collections::BTreeSet;

pub use bundle::bundle;
pub use error::{ImportProblem, PackError, Warning};
pub use key::{KeyTextError, SigningKey};
pub use wit::{EMBEDDED_WIT, Wit, WitError};

use crate::{
    MANIFEST_SECTION, Manifest, Memory, manifest,
    module::{Module, Sections},
};

/// How to make an image.
#[derive(Clone, Debug)]
pub struct PackOptions {
    /// [`Manifest::name`].
    pub name: String,
    /// [`Manifest::version`].
    pub version: String,
    /// The world to check the module against, with or without its package and version; `None` takes the one that the
    /// module carries, else `locket:worlds/container`.
    pub world: Option<String>,
    /// [`Manifest::stack`].
    pub stack: u32,
    /// Keep the names of functions and the list of tools that made the module, for debugging; a device needs neither.
    pub keep_names: bool,
}

impl PackOptions {
    /// The usual options, for an image called `name` of this `version`.
    #[must_use]
    pub fn new(name: &str, version: &str) -> Self {
        Self { name: name.to_owned(), version: version.to_owned(), world: None, stack: 0, keep_names: false }
    }
}

/// An image that still lacks its signature, and what was found while making it.
#[derive(Clone, Debug)]
pub struct Packed {
    /// Module and manifest.
    pub unsigned: Vec<u8>,
    /// Bytes of the module alone, in its small form.
    pub module_len: usize,
    /// The world that the module was checked against.
    pub world: String,
    /// Memory as the manifest states it.
    pub memory: Memory,
    /// Interfaces whose version was changed to the one that the kernel knows: name before, name after.
    pub renamed: Vec<(String, String)>,
    /// What the author should know.
    pub warnings: Vec<Warning>,
}

/// Makes an unsigned image of `input`, the bytes of a core module or of a component, for the interfaces of `wit`.
pub fn pack(input: &[u8], wit: &Wit, options: &PackOptions) -> Result<Packed, PackError> {
    check_options(options)?;
    let module = component::core_module(input)?;
    features::validate(module)?;
    if wasmparser::Parser::is_component(input) {
        world::check_component(input, wit)?;
    }
    let names = imports::check(module, wit)?;
    let world = world::check(module, wit, options.world.as_deref(), &names)?;
    let mut unsigned = encode::small(module, &names, options.keep_names)?;
    let module_len = unsigned.len();

    let read = Sections::new(&unsigned).and_then(Module::collect).map_err(PackError::Device)?;
    let (memory, mut warnings) = memory::measure(module, read.memory());
    let imports: BTreeSet<&str> = read.imports().map(|import| import.module).collect();
    let exports: BTreeSet<&str> = read.exports().filter_map(|export| export.interface()).collect();
    if !exports.iter().any(|interface| wit::without_version(interface) == "locket:system/run") {
        warnings.push(Warning::NothingToRun);
    }
    let manifest = manifest::encode(&Manifest {
        name: &options.name,
        version: &options.version,
        world: &world,
        imports: bounded("imports", &imports)?,
        exports: bounded("exports", &exports)?,
        memory,
        stack: options.stack,
    });
    unsigned.extend_from_slice(&section(MANIFEST_SECTION, &manifest));
    Ok(Packed { unsigned, module_len, world, memory, renamed: names.changed(), warnings })
}

fn check_options(options: &PackOptions) -> Result<(), PackError> {
    if !manifest::is_name(&options.name) {
        return Err(PackError::Name { name: options.name.clone() });
    }
    if let Err(error) = semver::Version::parse(&options.version) {
        return Err(PackError::Version { version: options.version.clone(), reason: error.to_string() });
    }
    if !manifest::is_version(&options.version) {
        let reason = format!("longer than {} bytes", crate::MAX_NAME);
        return Err(PackError::Version { version: options.version.clone(), reason });
    }
    Ok(())
}

fn bounded<'a>(
    list: &'static str,
    interfaces: &BTreeSet<&'a str>,
) -> Result<heapless::Vec<&'a str, { crate::MAX_INTERFACES }>, PackError> {
    let mut bounded = heapless::Vec::new();
    let all = bounded.extend_from_slice(&interfaces.iter().copied().collect::<Vec<_>>());
    all.map(|()| bounded).map_err(|_| PackError::TooManyInterfaces { list, count: interfaces.len() })
}

/// A custom section, ready to be put at the end of a module.
fn section(name: &str, data: &[u8]) -> Vec<u8> {
    use wasm_encoder::{CustomSection, Encode as _, Section as _};
    let section = CustomSection { name: name.into(), data: data.into() };
    let mut bytes = vec![section.id()];
    section.encode(&mut bytes);
    bytes
}
