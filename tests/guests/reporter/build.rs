//! So little stack is enough for this guest; the workspace's usual one would be a device's RAM.

fn main() {
    println!("cargo::rustc-link-arg=-zstack-size=192");
}
