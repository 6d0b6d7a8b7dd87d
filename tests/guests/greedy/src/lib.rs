//! Grows its memory, page by page, until it is refused; logs how many pages it got; panics.
//!
//! A crate of its own, because one `memory.grow` keeps the engine from shrinking a module's memory.
//!
//! Needs the grant `log`.
#![no_std]

use locket_guest::log::{self, Level, Line};

locket_guest::main!(run, arena = 16);

fn run() -> u8 {
    let mut pages: u32 = 0;
    while core::arch::wasm32::memory_grow(0, 1) != usize::MAX {
        pages += 1;
    }
    log::write(Level::Info, "", Line::<32>::new().number(pages).text(" pages more").as_str());
    panic!("no more memory");
}
