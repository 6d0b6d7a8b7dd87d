//! Misbehaves in the way that its container's name says. One image serves all tests; a policy calls the container
//! `forged-handle` and the test knows what to expect.
//!
//! Needs the grants:
//! - `led`, a pin to drive, and `button`, a pin to read;
//! - `out`, a channel to send on, and `in`, one to receive from;
//! - `monotonic-clock`, `random`, `info` and `log`.
//!
//! Each behaviour's documentation says how the container must end. One that the kernel fails to stop exits with 99, a
//! request that the kernel answered otherwise than it should with 98, and a name that is no behaviour with 97; a test
//! expects none of them.
#![no_std]
#![expect(clippy::unnecessary_wraps, reason = "behaviours have one shape, whether or not they can be refused")]

extern crate alloc;

mod channels;
mod code;
mod handles;
mod heap;
mod raw;
mod values;
mod waits;

use locket_guest::{Result, Termination, bindings, error, info};

/// The attack had no consequence for this container.
const SURVIVED: u8 = 99;
/// The kernel gave another answer than it should.
const UNEXPECTED: u8 = 98;
/// No behaviour is called as this container is.
const UNKNOWN: u8 = 97;

struct Hostile;

impl bindings::exports::locket::system::run::Guest for Hostile {
    fn run() -> u8 {
        behave(&info::name()).exit_code()
    }
}

bindings::export!(Hostile with_types_in bindings);

fn behave(name: &str) -> Result<u8> {
    match name {
        "exit-0" => Ok(0),
        "exit-1" => Ok(1),
        "exit-255" => Ok(255),
        "start-count" => code::start_count(),
        "trap" => code::trap(),
        "panic" => code::panic(),
        "load-outside" => code::load_outside(),
        "store-outside" => code::store_outside(),
        "loop" => code::spin(),
        "recursion" => code::recursion(),
        "deep-stack" => code::deep_stack(),

        "exhaust-heap" => heap::exhaust(),
        "realloc-fails" => heap::during_realloc(heap::Mood::Fail),
        "realloc-traps" => heap::during_realloc(heap::Mood::Trap),
        "realloc-loops" => heap::during_realloc(heap::Mood::Loop),
        "realloc-calls" => heap::during_realloc(heap::Mood::Call),

        "pointer-outside" => values::pointer_outside(),
        "pointer-wraps" => values::pointer_wraps(),
        "result-outside" => values::result_outside(),
        "result-misaligned" => values::result_misaligned(),
        "list-misaligned" => values::list_misaligned(),
        "bad-utf-8" => values::bad_utf8(),
        "bad-enum" => values::bad_enum(),
        "long-label" => values::long_label(),
        "long-line" => values::long_line(),
        "huge-list" => values::huge_list(),
        "much-random" => values::much_random(),

        "forged-0" => handles::forged(0),
        "forged-2-28" => handles::forged(1 << 28),
        "forged-max" => handles::forged(u32::MAX),
        "wrong-type" => handles::wrong_type(),
        "wrong-drop" => handles::wrong_drop(),
        "stale" => handles::stale(),
        "stale-reused" => handles::stale_reused(),
        "double-drop" => handles::double_drop(),
        "many-handles" => handles::many(),
        "many-pollables" => handles::many_pollables(),
        "left-open" => handles::left_open(),

        "flood" => channels::flood(),
        "long-message" => channels::long_message(),
        "longest-message" => channels::longest_message(),
        "deaf" => channels::deaf(),
        "dies-with-mail" => channels::dies_with_mail(),

        "sleeps" => waits::sleeps(),
        "poll-nothing" => waits::poll_nothing(),
        "poll-many" => waits::poll_many(),
        "poll-twice" => waits::poll_twice(),
        "poll-dropped" => waits::poll_dropped(),
        "poll-orphan" => waits::poll_orphan(),
        "never-waits" => waits::never_waits(),

        _ => {
            error!("no behaviour of this name");
            Ok(UNKNOWN)
        }
    }
}
