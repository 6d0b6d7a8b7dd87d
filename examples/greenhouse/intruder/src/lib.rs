//! stub
#![no_std]
locket_guest::main!(run);
fn run()->u8{0}
