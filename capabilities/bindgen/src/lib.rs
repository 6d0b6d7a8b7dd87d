//! WIT in, Rust out: the one place that turns the interfaces of `wit/` into what the rest of Locket uses.
//!
//! * [`model`] reads WIT packages and the doc-comment lines that are also rules (`wit/README.md`). The policy
//!   compiler takes its vocabulary from it: grant words, kinds, rights.
//! * [`Generator`] writes, for chosen interfaces, the trait that a provider implements, the types, the glue between the
//!   kernel and the provider, the table of imports, and callers of what guests export. Each capability crate runs it in
//!   its build script, and so may the crate of any other vendor, with WIT of its own.
//!
//! This crate runs on the build host only. It never decides whether a call is allowed: the code that it generates
//! asks the kernel, and the words that it yields are checked by the policy compiler.
#![forbid(unsafe_code)]

mod generate;
pub mod model;

pub use generate::{Error, Generator, Reason};
pub use model::Model;
