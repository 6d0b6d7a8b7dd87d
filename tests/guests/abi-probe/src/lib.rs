//! Hands each value that it is given to the import for its type, and returns what the import returned. So a value
//! crosses the boundary four times, twice in each direction, between code that `wit-bindgen` generated and the host
//! under test.
#![no_std]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use bindings::exports::test::probe::round_trip::Guest;
use bindings::test::probe::echo;
use bindings::test::probe::values::{Colour, Everything, Few, Many, Narrow, Person, Point, Several, Shape, Token};

#[allow(clippy::pedantic, clippy::undocumented_unsafe_blocks, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        world: "test:probe/probe",
        path: "wit",
        generate_all,
        disable_run_ctors_once_workaround: true,
    });
}

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

struct Probe;

/// `round_trip_x(value: T) -> T` by way of `echo_x`, for a list of them.
macro_rules! round_trips {
    ($($name:ident($value:ident: $type:ty) => $echo:ident($pass:expr);)*) => {
        $(fn $name($value: $type) -> $type {
            echo::$echo($pass)
        })*
    };
}

type Sixteen = (u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, char, bool, String, Vec<u8>);
type Spilled = (u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, char, bool, String, Vec<u8>, Few, Option<u64>);

#[expect(clippy::many_single_char_names, reason = "the parameters have no other names")]
impl Guest for Probe {
    round_trips! {
        round_trip_bool(value: bool) => echo_bool(value);
        round_trip_u8(value: u8) => echo_u8(value);
        round_trip_s8(value: i8) => echo_s8(value);
        round_trip_u16(value: u16) => echo_u16(value);
        round_trip_s16(value: i16) => echo_s16(value);
        round_trip_u32(value: u32) => echo_u32(value);
        round_trip_s32(value: i32) => echo_s32(value);
        round_trip_u64(value: u64) => echo_u64(value);
        round_trip_s64(value: i64) => echo_s64(value);
        round_trip_f32(value: f32) => echo_f32(value);
        round_trip_f64(value: f64) => echo_f64(value);
        round_trip_char(value: char) => echo_char(value);
        round_trip_string(value: String) => echo_string(&value);
        round_trip_bytes(value: Vec<u8>) => echo_bytes(&value);
        round_trip_words(value: Vec<u32>) => echo_words(&value);
        round_trip_strings(value: Vec<String>) => echo_strings(&value);
        round_trip_points(value: Vec<Point>) => echo_points(&value);
        round_trip_people(value: Vec<Person>) => echo_people(&value);
        round_trip_shapes(value: Vec<Shape>) => echo_shapes(&value);
        round_trip_nested(value: Vec<Vec<u16>>) => echo_nested(&value);
        round_trip_point(value: Point) => echo_point(value);
        round_trip_person(value: Person) => echo_person(&value);
        round_trip_pair(value: (u8, u64)) => echo_pair(value);
        round_trip_narrow(value: Narrow) => echo_narrow(value);
        round_trip_shape(value: Shape) => echo_shape(&value);
        round_trip_colour(value: Colour) => echo_colour(value);
        round_trip_few(value: Few) => echo_few(value);
        round_trip_several(value: Several) => echo_several(value);
        round_trip_many(value: Many) => echo_many(value);
        round_trip_option(value: Option<u64>) => echo_option(value);
        round_trip_option_string(value: Option<String>) => echo_option_string(value.as_deref());
        round_trip_option_option(value: Option<Option<i8>>) => echo_option_option(value);
        round_trip_result(value: Result<u64, Colour>) => echo_result(value);
        round_trip_result_mixed(value: Result<String, (f32, u8)>) =>
            echo_result_mixed(value.as_deref().map_err(|error| *error));
        round_trip_result_empty(value: Result<(), ()>) => echo_result_empty(value);
        round_trip_own(value: Token) => echo_own(value);
        round_trip_tokens(value: Vec<Token>) => echo_tokens(value);
        round_trip_everything(value: Everything) => echo_everything(&value);
    }

    fn round_trip_borrow(value: &Token) -> u32 {
        echo::echo_borrow(value)
    }

    fn round_trip_sixteen(
        a: u8,
        b: i8,
        c: u16,
        d: i16,
        e: u32,
        f: i32,
        g: u64,
        h: i64,
        i: f32,
        j: f64,
        k: char,
        l: bool,
        m: String,
        n: Vec<u8>,
    ) -> Sixteen {
        echo::echo_sixteen(a, b, c, d, e, f, g, h, i, j, k, l, &m, &n)
    }

    fn round_trip_spilled(
        a: u8,
        b: i8,
        c: u16,
        d: i16,
        e: u32,
        f: i32,
        g: u64,
        h: i64,
        i: f32,
        j: f64,
        k: char,
        l: bool,
        m: String,
        n: Vec<u8>,
        o: Few,
        p: Option<u64>,
    ) -> Spilled {
        echo::echo_spilled(a, b, c, d, e, f, g, h, i, j, k, l, &m, &n, o, p)
    }

    fn make_token(number: u32) -> u32 {
        Token::new(number).number()
    }
}

bindings::export!(Probe with_types_in bindings);
