//! The snapshots of `generated.rs`, compiled. What they do when they run is shown by the provider crates.
#![allow(dead_code, unused_imports, reason = "compiled, not called")]

macro_rules! compile {
    ($($name:ident)*) => {
        $(mod $name {
            include!(concat!("snapshots/generated__", stringify!($name), ".snap.rs"));
        })*
    };
}

compile!(exports flags gpio keywords rates record reply resources spilled variant vendor waits);
