//! What `locket-bindgen` made of the probe's WIT, and a table of its functions.

use locket_abi::{Borrow, List, Own, Trap, heapless};
use locket_kernel::Rep;
use wasmtime::component::Val;

use crate::ours::Running;
use crate::value::{self, Value};
use generated::round_trip as callers;
use values::{Colour, Everything, Few, Many, Narrow, Person, Point, Several, Shape, Token};

#[allow(dead_code, unused_imports, reason = "generated; the tests do not need all of it")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/probe.rs"));
}
pub use generated::{misuse, values};

/// The interface that the guest exports.
pub const ROUND_TRIP: &str = "test:probe/round-trip@0.1.0";
/// The interface of the guest that breaks the rules.
pub const MISUSE: &str = "test:probe/misuse@0.1.0";
/// The interface of what core code gets to see.
pub const RAW: &str = "test:probe/raw@0.1.0";
/// The interface that it hands values to.
pub const ECHO: &str = "test:probe/echo@0.1.0";
/// The interface of the resources.
pub const VALUES: &str = "test:probe/values@0.1.0";

/// A function that the guest exports, and what it imports for it.
pub struct Function {
    /// `round-trip-…`.
    pub name: &'static str,
    /// Calls it.
    pub call: fn(&mut Running<'_>, &[Val]) -> Result<Option<Val>, Trap>,
    /// Its import, `echo-…`, and what the host does when that is called, with its core values.
    pub import: Option<(&'static str, Import)>,
}

/// An import: core values in, core result in the first of them.
pub type Import = fn(&mut Running<'_>, &mut [u64]) -> Result<(), Trap>;

/// `type name => caller(parameters) result answer`. The caller returns its result as a `value`, or shows it to a
/// closure because it holds a `list` or string. What the import returns is made from the tuple of its parameters.
macro_rules! functions {
    ($($name:literal => $caller:ident($($param:ty),*) $result:ident, $answer:expr;)*) => {
        /// All of them.
        pub const FUNCTIONS: &[Function] = &[
            $(Function {
                name: concat!("round-trip-", $name),
                call: |guest, params| {
                    let mut params = params.iter();
                    functions!(@call $result, callers::$caller(guest, $(next::<$param>(&mut params)),*))
                },
                import: Some((concat!("echo-", $name), |guest, slots| {
                    let memory = guest.snapshot();
                    guest.echo::<($($param,)*), _>(concat!("echo-", $name), &memory, slots, $answer)
                })),
            },)*
            Function {
                name: "make-token",
                call: |guest, params| {
                    callers::call_make_token(guest, next(&mut params.iter())).map(|number| Some(number.to_val()))
                },
                import: None,
            },
        ];
    };
    (@call value, $module:ident :: $caller:ident($($args:tt)*)) => {
        $module::$caller($($args)*).map(|result| Some(result.to_val()))
    };
    (@call list, $module:ident :: $caller:ident($($args:tt)*)) => {
        $module::$caller($($args)*, |result| Some(result.to_val()))
    };
}

fn next<'a, T: Value<'a>>(params: &mut core::slice::Iter<'a, Val>) -> T {
    T::from_val(params.next().expect("as many values as parameters"))
}

functions! {
    "bool" => call_round_trip_bool(bool) value, |(value,)| value;
    "u8" => call_round_trip_u8(u8) value, |(value,)| value;
    "s8" => call_round_trip_s8(i8) value, |(value,)| value;
    "u16" => call_round_trip_u16(u16) value, |(value,)| value;
    "s16" => call_round_trip_s16(i16) value, |(value,)| value;
    "u32" => call_round_trip_u32(u32) value, |(value,)| value;
    "s32" => call_round_trip_s32(i32) value, |(value,)| value;
    "u64" => call_round_trip_u64(u64) value, |(value,)| value;
    "s64" => call_round_trip_s64(i64) value, |(value,)| value;
    "f32" => call_round_trip_f32(f32) value, |(value,)| value;
    "f64" => call_round_trip_f64(f64) value, |(value,)| value;
    "char" => call_round_trip_char(char) value, |(value,)| value;
    "string" => call_round_trip_string(&str) list, |(value,)| value;
    "bytes" => call_round_trip_bytes(List<'_, u8>) list, |(value,)| value;
    "words" => call_round_trip_words(List<'_, u32>) list, |(value,)| value;
    "strings" => call_round_trip_strings(List<'_, &str>) list, |(value,)| value;
    "points" => call_round_trip_points(List<'_, Point>) list, |(value,)| value;
    "people" => call_round_trip_people(List<'_, Person<'_>>) list, |(value,)| value;
    "shapes" => call_round_trip_shapes(List<'_, Shape<'_>>) list, |(value,)| value;
    "nested" => call_round_trip_nested(List<'_, List<'_, u16>>) list, |(value,)| value;
    "point" => call_round_trip_point(Point) value, |(value,)| value;
    "person" => call_round_trip_person(Person<'_>) list, |(value,)| value;
    "pair" => call_round_trip_pair((u8, u64)) value, |(value,)| value;
    "narrow" => call_round_trip_narrow(Narrow) value, |(value,)| value;
    "shape" => call_round_trip_shape(Shape<'_>) list, |(value,)| value;
    "colour" => call_round_trip_colour(Colour) value, |(value,)| value;
    "few" => call_round_trip_few(Few) value, |(value,)| value;
    "several" => call_round_trip_several(Several) value, |(value,)| value;
    "many" => call_round_trip_many(Many) value, |(value,)| value;
    "option" => call_round_trip_option(Option<u64>) value, |(value,)| value;
    "option-string" => call_round_trip_option_string(Option<&str>) list, |(value,)| value;
    "option-option" => call_round_trip_option_option(Option<Option<i8>>) value, |(value,)| value;
    "result" => call_round_trip_result(Result<u64, Colour>) value, |(value,)| value;
    "result-mixed" => call_round_trip_result_mixed(Result<&str, (f32, u8)>) list, |(value,)| value;
    "result-empty" => call_round_trip_result_empty(Result<(), ()>) value, |(value,)| value;
    "own" => call_round_trip_own(Own<Token, Rep>) value, |(value,)| value;
    "borrow" => call_round_trip_borrow(Borrow<Token, Rep>) value, |(value,)| value::number(value.rep);
    "tokens" => call_round_trip_tokens(heapless::Vec<Own<Token, Rep>, 16>) list, |(value,)| value;
    "sixteen" => call_round_trip_sixteen(
        u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, char, bool, &str, List<'_, u8>
    ) list, |values| values;
    "spilled" => call_round_trip_spilled(
        u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, char, bool, &str, List<'_, u8>, Few, Option<u64>
    ) list, |values| values;
    "everything" => call_round_trip_everything(Everything<'_>) list, |(value,)| value;
}

/// What core code gets to see of a value, by name.
pub type Raw = (&'static str, fn(&mut Running<'_>, &[Val]) -> Result<Option<Val>, Trap>);

macro_rules! raw {
    ($($name:literal $caller:ident($param:ty);)*) => {
        /// All of them.
        pub const RAW_FUNCTIONS: &[Raw] = &[$(($name, |guest, params| {
            generated::raw::$caller(guest, next::<$param>(&mut params.iter())).map(|result| Some(result.to_val()))
        }),)*];
    };
}

raw! {
    "raw-bool" call_raw_bool(bool);
    "raw-u8" call_raw_u8(u8);
    "raw-s8" call_raw_s8(i8);
    "raw-s16" call_raw_s16(i16);
    "raw-char" call_raw_char(char);
    "raw-colour" call_raw_colour(Colour);
    "raw-few" call_raw_few(Few);
    "raw-option" call_raw_option(Option<i8>);
    "raw-narrow" call_raw_narrow(Narrow);
    "raw-shape" call_raw_shape(Shape<'_>);
}
