//! An eighth of the workspace's stack is enough for this guest, and the rest would be a device's RAM.

fn main() {
    println!("cargo::rustc-link-arg=-zstack-size=256");
}
