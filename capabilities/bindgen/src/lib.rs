//! WIT in, Rust out: the one place that turns the interfaces of `wit/` into what the rest of Locket uses.
//!
//! * [`model`] reads WIT packages and the doc-comment lines that are also rules (`wit/README.md`). The policy
//!   compiler takes its vocabulary from it: grant words, kinds, rights.
//!
//! This crate runs on the build host only. It never decides whether a call is allowed: the code that it generates
//! asks the kernel, and the words that it yields are checked by the policy compiler.
#![forbid(unsafe_code)]

pub mod model;

pub use model::Model;
