//! Gives the module memory for values of any size: it is not run on a device.

fn main() {
    // The linker takes the last of several limits.
    println!("cargo::rustc-link-arg-cdylib=-zstack-size=65536");
    println!("cargo::rustc-link-arg-cdylib=--initial-memory=1048576");
    println!("cargo::rustc-link-arg-cdylib=--max-memory=16777216");
    println!("cargo::rerun-if-changed=build.rs");
}
