//! Guest SDKs out of WIT: bindings in Rust, C, Go and Zig, each as a package that the language's own tools build.
//!
//! [`generate`] takes WIT texts and the name of a world and returns the files of a [`Package`]; the `locket sdk
//! generate` command writes them.
//!
//! What this room guarantees:
//! * The WIT is the only source: equal texts and options make equal files.
//! * A package that it returns is complete. Its parts are the bindings (generated), and a small runtime and idioms
//!   (hand-written, marked as such, from `guest-sdks/LANGUAGE`): memory, entry point, log, waiting for a message.
//! * A world with something that the kernel does not pass (`check`) is refused for every language alike, with the
//!   function or type named.
//!
//! How the work is divided: Rust and C are `wit-bindgen`'s generators, with the options of a small guest. Zig and Go are
//! ours, on `wit-bindgen-core`: `idiom` has what they share (names, documentation, the plan of a call), `zig` and
//! `go` only say how their language writes it.
//!
//! What it never does: read or write files, build anything, or touch the network.
#![forbid(unsafe_code)]
#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "a generator puts texts together, and how fast does not matter"
)]

mod check;
mod error;
mod go;
mod idiom;
mod package;
mod project;
mod wit;
mod wit_bindgen;
mod zig;

pub use error::Error;
pub use package::Package;
pub use project::project;
pub use wit::DEFAULT_WORLD;

/// A language of guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Rust without the standard library.
    Rust,
    /// C without a C library.
    C,
    /// Go for `wasip1`, within what `TinyGo` understands too.
    Go,
    /// Zig.
    Zig,
}

/// Generates the package called `name` (lower-case letters, digits and hyphens) for the world called `world`.
///
/// `files` are WIT texts with their paths: a folder is a package. The world goes by its full name, or without its version
/// or package.
pub fn generate(language: Language, files: &[(String, String)], world: &str, name: &str) -> Result<Package, Error> {
    let resolve = wit::resolve(files)?;
    let world = wit::world(&resolve, world)?;
    check::world(&resolve, world)?;
    match language {
        Language::Zig => zig::generate(&resolve, world, name),
        Language::Rust => wit_bindgen::rust(&resolve, world, name),
        Language::C => wit_bindgen::c(&resolve, world, name),
        Language::Go => go::generate(&resolve, world, name),
    }
}
