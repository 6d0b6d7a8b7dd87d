//! The Canonical ABI checked against an independent implementation: everything is in `tests/against_wasmtime`.
//!
//! A crate of its own, because it is the only one that builds Wasmtime.
