//! What a host saw of its guest.

use wasmtime::component::Val;

/// One thing that a guest did. Handles of tokens are shown as the tokens' numbers.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// It called `echo-…` with these values.
    Echo(String, Vec<Val>),
    /// It made a token.
    Made(u32),
    /// It asked for a token's number.
    Asked(u32),
    /// It dropped a token that it owned.
    Dropped(u32),
}
