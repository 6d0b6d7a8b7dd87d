//! Lets the module ask for memory that the other guests do not ask for.

fn main() {
    // The linker takes the last of several limits.
    println!("cargo::rustc-link-arg-cdylib=--max-memory=16777216");
    println!("cargo::rerun-if-changed=build.rs");
}
