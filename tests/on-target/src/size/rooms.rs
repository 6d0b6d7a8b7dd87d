//! Whose a piece of the firmware is.
//!
//! A C object belongs to the library that it comes from. Rust's code is one object, since it is optimised as a whole:
//! there the symbol's name decides, by the first crate of ours that it mentions; without one, by the first other crate
//! that is more than Rust's own. `<core::option::Option<locket_kernel::Id>>::map` is the kernel's: nobody else would
//! have asked for it. What was inlined counts where it went.

use std::fmt;

use crate::map::Piece;

/// A part of the firmware that has a size of its own. In the order of the report.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Room {
    /// `locket-kernel`.
    Kernel,
    /// `locket-abi`.
    Abi,
    /// `locket-policy`.
    Policy,
    /// `locket-image`.
    Image,
    /// `locket-engine`, with its allocator.
    Engine,
    /// SHA-2 and Ed25519.
    Signatures,
    /// A provider, by the end of its crate's name.
    Provider(String),
    /// WAMR.
    Wamr,
    /// The board: the firmware's own crate, start-up and interrupts.
    Board,
    /// `core`, `compiler_builtins`, and small crates such as `heapless`.
    RustLibraries,
    /// `libc`, `libm`, `libgcc`.
    CLibrary,
    /// Texts and tables of Rust code that have no name.
    UnnamedConstants,
    /// What lies between pieces, and what the linker script itself writes.
    Padding,
    /// What no rule covers.
    Other,
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kernel => "kernel",
            Self::Abi => "abi",
            Self::Policy => "policy",
            Self::Image => "image",
            Self::Engine => "engine",
            Self::Signatures => "signatures",
            Self::Provider(name) => return write!(f, "provider {name}"),
            Self::Wamr => "WAMR",
            Self::Board => "board",
            Self::RustLibraries => "Rust libraries",
            Self::CLibrary => "C library",
            Self::UnnamedConstants => "unnamed Rust constants",
            Self::Padding => "padding",
            Self::Other => "other",
        })
    }
}

/// The room of a piece.
pub fn of(piece: &Piece) -> Room {
    if let Some(symbol) = piece.name.find("._R").and_then(|at| piece.name.get(at + 1..)) {
        return of_name(&format!("{:#}", rustc_demangle::demangle(symbol)));
    }
    let object = piece.object.rsplit('/').next().unwrap_or_default();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| object.starts_with(prefix));
    if starts(&["libwamr_sys"]) {
        Room::Wamr
    } else if starts(&["libc_nano.a", "libc.a", "libm.a", "libm_nano.a", "libgcc.a"]) {
        Room::CLibrary
    } else if starts(&["libcompiler_builtins"]) {
        Room::RustLibraries
    } else if !object.starts_with("locket_qemu") {
        Room::Other
    } else if [".rodata..L", ".rodata.cst", ".rodata.str", ".data..L"].iter().any(|p| piece.name.starts_with(p)) {
        Room::UnnamedConstants
    } else {
        // Entries that the machine and C know by their plain names.
        Room::Board
    }
}

/// The room of a demangled name.
fn of_name(name: &str) -> Room {
    // The tables for all containers are the kernel's, although the static is in the board's code.
    if name.split_once("::KERNEL").is_some_and(|(of, _)| of.starts_with("locket_qemu::")) {
        return Room::Kernel;
    }
    let mut rest = None;
    for name in crates(name) {
        let room = of_crate(name);
        if name.starts_with("locket_") {
            return room;
        }
        if rest.is_none() || rest == Some(Room::RustLibraries) {
            rest = Some(room);
        }
    }
    // `<char>::is_alphanumeric` has no crate: only Rust's own can give functions to its own types.
    rest.unwrap_or(if name.starts_with('<') { Room::RustLibraries } else { Room::Other })
}

/// The crates whose paths are in a demangled name, in order: words before `::` and not after one.
fn crates(name: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    name.match_indices("::").filter_map(move |(end, _)| {
        let before = name.get(..end)?;
        let word = before.get(before.rfind(|c| !is_word(c)).map_or(0, |at| at + 1)..)?;
        let is_first = !before.strip_suffix(word)?.ends_with("::");
        (is_first && !word.is_empty()).then_some(word)
    })
}

fn of_crate(name: &str) -> Room {
    match name {
        "locket_kernel" => Room::Kernel,
        "locket_abi" => Room::Abi,
        "locket_policy" => Room::Policy,
        "locket_image" => Room::Image,
        "locket_engine" | "rlsf" => Room::Engine,
        "sha2" | "digest" | "block_buffer" | "crypto_common" | "hybrid_array" | "typenum" | "ed25519"
        | "ed25519_dalek" | "curve25519_dalek" | "signature" | "subtle" | "zeroize" => Room::Signatures,
        "wamr_sys" => Room::Wamr,
        // `__rustc` has the board's panic handler.
        "locket_qemu"
        | "__rustc"
        | "cortex_m"
        | "cortex_m_rt"
        | "cortex_m_semihosting"
        | "critical_section"
        | "static_cell" => Room::Board,
        "core" | "alloc" | "compiler_builtins" | "heapless" | "hash32" | "lock_api" | "scopeguard" | "postcard"
        | "cobs" | "serde" | "serde_core" | "bitflags" | "byteorder" | "rand_core" | "thiserror" => Room::RustLibraries,
        _ => match name.strip_prefix("locket_") {
            Some(provider) => Room::Provider(provider.to_owned()),
            None => Room::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_belong_to_the_first_crate_of_ours() {
        let gpio = Room::Provider("gpio".to_owned());
        for (name, room) in [
            ("<locket_kernel::kernel::Kernel<locket_qemu::board::Qemu>>::begin", Room::Kernel),
            (
                "<core::option::Option<(locket_qemu::memory::Pool, u8)>>::is_some_and::<locket_qemu::f::{closure#1}>",
                Room::Board,
            ),
            ("<heapless::vec::Vec<locket_kernel::lifecycle::Record, 32>>::push", Room::Kernel),
            ("<locket_qemu::board::Qemu as locket_kernel::platform::Platform>::park", Room::Board),
            ("locket_gpio::bindings::digital::set::<locket_qemu::board::Qemu>", gpio),
            ("<&locket_abi::handles::Trap as core::fmt::Display>::fmt", Room::Abi),
            ("locket_qemu::run::KERNEL", Room::Kernel),
            ("locket_qemu::run::SLOT", Room::Board),
            ("core::slice::sort::quicksort::<locket_policy::Grant>", Room::Policy),
        ] {
            assert_eq!(of_name(name), room, "{name}");
        }
    }

    #[test]
    fn names_without_one_of_ours() {
        for (name, room) in [
            ("core::fmt::write", Room::RustLibraries),
            ("<char>::escape_debug_ext", Room::RustLibraries),
            ("<&curve25519_dalek::field::Element as core::ops::arith::Mul>::mul", Room::Signatures),
            ("<core::option::Option<sha2::Sha256>>::map", Room::Signatures),
            ("<rlsf::flex::Tlsf>::allocate", Room::Engine),
            ("<cortex_m_semihosting::hio::HostStream as core::fmt::Write>::write_str", Room::Board),
            ("new_crate::f", Room::Other),
            ("not a path", Room::Other),
        ] {
            assert_eq!(of_name(name), room, "{name}");
        }
    }

    #[test]
    fn pieces_by_symbol_or_object() {
        let rust = "/t/deps/locket_qemu-05.locket_qemu.5f-cgu.0.rcgu.o";
        for (name, object, room) in [
            (".text.unlikely._RNvCsa6i9o4WhfyO_13locket_kernel4deny", rust, Room::Kernel),
            (".rodata..Lswitch.table._RNvCsa6i9o4WhfyO_10locket_abi4lift", rust, Room::Abi),
            (".bss._RNvCs8bAh1Z3wLkq_11locket_qemu6SHARED.0", rust, Room::Board),
            (".rodata..Lanon.fad5.12", rust, Room::UnnamedConstants),
            (".text.PendSV", rust, Room::Board),
            (".text.wasm_load", "/t/libwamr_sys-4e.rlib(2f-wasm_runtime.o)", Room::Wamr),
            (".text", "/usr/lib/gcc/libc_nano.a(lib_a-memcpy.o)", Room::CLibrary),
            (".text.__adddf3", "/l/libcompiler_builtins-6c.rlib(c.o)", Room::RustLibraries),
            (".text.odd", "/odd.o", Room::Other),
        ] {
            let piece = Piece {
                output: ".text".to_owned(),
                name: name.to_owned(),
                address: 0,
                size: 1,
                object: object.to_owned(),
            };
            assert_eq!(of(&piece), room, "{name}");
        }
    }
}
