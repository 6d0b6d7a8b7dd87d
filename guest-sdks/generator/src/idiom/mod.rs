//! What the generators of our own share, whatever the language.
//!
//! * [`walk`]: which namespaces the bindings of a world have, and what is in each.
//! * [`names`]: names that the language takes and that do not clash.
//! * [`docs`]: the WIT's documentation as lines.
//! * [`plan`]: how a call lifts and lowers its values, step by step, as `wit-bindgen-core` has it. A language says how
//!   it writes each step ([`plan::Language`]).
//! * [`mod@code`] indents what was generated.
//!
//! A rule that two languages need stands here; what only one of them needs stands in its own room.

pub(crate) mod code;
pub(crate) mod docs;
pub(crate) mod names;
pub(crate) mod plan;
pub(crate) mod walk;

/// The interfaces of `locket:worlds/container`, which the hand-written parts of the SDKs build on.
const CONTAINER: [&str; 9] = [
    "wasi:io/poll",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:random/random",
    "wasi:logging/logging",
    "locket:system/info",
    "locket:gpio/digital",
    "locket:ipc/channel",
    "locket:system/run",
];

/// Whether a world has everything that `locket:worlds/container` has.
pub(crate) fn is_container(units: &[walk::Unit<'_>]) -> bool {
    CONTAINER.iter().all(|name| units.iter().any(|unit| unit.name_without_version() == *name))
}
