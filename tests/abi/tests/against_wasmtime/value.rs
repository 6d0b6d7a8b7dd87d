//! One representation of values for both hosts, Wasmtime's `Val`, and random values of it.

use core::fmt;

use locket_abi::{Borrow, Lift, List, NoHandles, Own, heapless};
use locket_kernel::{Instant, Rep, WaitSource};
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use wasmtime::component::Val;
use wasmtime::component::types::Type;

use crate::probe::values::{Colour, Few, Many, Narrow, Person, Point, Several, Shape};

/// Values that print on one line each.
#[derive(Clone)]
pub struct Printed(pub Vec<Val>);

impl fmt::Debug for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|val| format!("{val:?}"))).finish()
    }
}

/// Random values of a component's type. Integers and floats lean towards their limits; lists are short.
pub fn strategy(ty: &Type) -> BoxedStrategy<Val> {
    match ty {
        Type::Bool => any::<bool>().prop_map(Val::Bool).boxed(),
        Type::S8 => integer(&[i8::MIN, -1, 0, i8::MAX]).prop_map(Val::S8).boxed(),
        Type::U8 => integer(&[0, 1, 0x80, u8::MAX]).prop_map(Val::U8).boxed(),
        Type::S16 => integer(&[i16::MIN, -1, 0, i16::MAX]).prop_map(Val::S16).boxed(),
        Type::U16 => integer(&[0, 1, 0x8000, u16::MAX]).prop_map(Val::U16).boxed(),
        Type::S32 => integer(&[i32::MIN, -1, 0, i32::MAX]).prop_map(Val::S32).boxed(),
        Type::U32 => integer(&[0, 1, 0x8000_0000, u32::MAX]).prop_map(Val::U32).boxed(),
        Type::S64 => integer(&[i64::MIN, -1, 0, i64::MAX]).prop_map(Val::S64).boxed(),
        Type::U64 => integer(&[0, 1, 1 << 63, u64::MAX]).prop_map(Val::U64).boxed(),
        // All bit patterns, so also NaNs of every kind.
        Type::Float32 => any::<u32>().prop_map(|bits| Val::Float32(f32::from_bits(bits))).boxed(),
        Type::Float64 => any::<u64>().prop_map(|bits| Val::Float64(f64::from_bits(bits))).boxed(),
        Type::Char => any::<char>().prop_map(Val::Char).boxed(),
        Type::String => ".{0,12}".prop_map(Val::String).boxed(),
        Type::List(list) => proptest::collection::vec(strategy(&list.ty()), 0..6).prop_map(Val::List).boxed(),
        Type::Record(record) => {
            let (names, values): (Vec<_>, Vec<_>) =
                record.fields().map(|field| (field.name.to_owned(), strategy(&field.ty))).unzip();
            values.prop_map(move |values| Val::Record(names.iter().cloned().zip(values).collect())).boxed()
        }
        Type::Tuple(tuple) => tuple.types().map(|ty| strategy(&ty)).collect::<Vec<_>>().prop_map(Val::Tuple).boxed(),
        Type::Variant(variant) => {
            let cases = variant.cases().map(|case| (case.name.to_owned(), payload(case.ty)));
            let cases =
                cases.map(|(name, value)| value.prop_map(move |value| Val::Variant(name.clone(), value)).boxed());
            proptest::strategy::Union::new(cases).boxed()
        }
        Type::Enum(cases) => {
            let names: Vec<String> = cases.names().map(str::to_owned).collect();
            proptest::sample::select(names).prop_map(Val::Enum).boxed()
        }
        Type::Option(option) => {
            prop_oneof![Just(Val::Option(None)), payload(Some(option.ty())).prop_map(Val::Option)].boxed()
        }
        Type::Result(result) => prop_oneof![
            payload(result.ok()).prop_map(|ok| Val::Result(Ok(ok))),
            payload(result.err()).prop_map(|err| Val::Result(Err(err))),
        ]
        .boxed(),
        Type::Flags(flags) => {
            let names: Vec<String> = flags.names().map(str::to_owned).collect();
            let count = names.len();
            proptest::sample::subsequence(names, 0..=count).prop_map(Val::Flags).boxed()
        }
        // A token goes by its number.
        Type::Own(_) | Type::Borrow(_) => any::<u32>().prop_map(Val::U32).boxed(),
        other => panic!("the probe has no {other:?}"),
    }
}

fn integer<T: Arbitrary + Clone + fmt::Debug + 'static, const N: usize>(limits: &[T; N]) -> impl Strategy<Value = T> {
    prop_oneof![proptest::sample::select(limits.to_vec()), any::<T>()]
}

fn payload(ty: Option<Type>) -> BoxedStrategy<Option<Box<Val>>> {
    match ty {
        Some(ty) => strategy(&ty).prop_map(|val| Some(Box::new(val))).boxed(),
        None => Just(None).boxed(),
    }
}

/// `val` with one NaN for all. Which one a guest gets is a host's own choice.
pub fn with_one_nan(val: Val) -> Val {
    match val {
        Val::Float32(value) if value.is_nan() => Val::Float32(f32::from_bits(0x7fc0_0000)),
        Val::Float64(value) if value.is_nan() => Val::Float64(f64::from_bits(0x7ff8_0000_0000_0000)),
        Val::Variant(name, payload) => Val::Variant(name, payload.map(|payload| Box::new(with_one_nan(*payload)))),
        other => other,
    }
}

/// A type of the generated code, from and to the common representation.
pub trait Value<'a>: Sized {
    /// Panics if `val` is of another type: the test's mistake.
    fn from_val(val: &'a Val) -> Self;
    fn to_val(&self) -> Val;
}

fn mismatch<T>(val: &Val) -> T {
    panic!("{val:?} where the generated code has a {}", core::any::type_name::<T>())
}

macro_rules! scalars {
    ($($type:ty: $case:ident,)*) => {
        $(impl Value<'_> for $type {
            fn from_val(val: &Val) -> Self {
                match val {
                    Val::$case(value) => *value,
                    other => mismatch(other),
                }
            }

            fn to_val(&self) -> Val {
                Val::$case(*self)
            }
        })*
    };
}

scalars! {
    bool: Bool, u8: U8, i8: S8, u16: U16, i16: S16, u32: U32, i32: S32, u64: U64, i64: S64,
    f32: Float32, f64: Float64, char: Char,
}

impl<'a> Value<'a> for &'a str {
    fn from_val(val: &'a Val) -> Self {
        match val {
            Val::String(value) => value,
            other => mismatch(other),
        }
    }

    fn to_val(&self) -> Val {
        Val::String((*self).to_owned())
    }
}

impl<'a, T: Value<'a> + Lift<'a, NoHandles> + Clone> Value<'a> for List<'a, T> {
    fn from_val(val: &'a Val) -> Self {
        match val {
            // The list borrows its elements; these few live as long as the test.
            Val::List(items) => List::Host(items.iter().map(T::from_val).collect::<Vec<_>>().leak()),
            other => mismatch(other),
        }
    }

    fn to_val(&self) -> Val {
        Val::List(self.iter().map(|item| item.to_val()).collect())
    }
}

impl<'a, T: Value<'a>, const N: usize> Value<'a> for heapless::Vec<T, N> {
    fn from_val(val: &'a Val) -> Self {
        match val {
            Val::List(items) => items.iter().map(T::from_val).collect(),
            other => mismatch(other),
        }
    }

    fn to_val(&self) -> Val {
        Val::List(self.iter().map(T::to_val).collect())
    }
}

impl<'a, T: Value<'a>> Value<'a> for Option<T> {
    fn from_val(val: &'a Val) -> Self {
        match val {
            Val::Option(value) => value.as_deref().map(T::from_val),
            other => mismatch(other),
        }
    }

    fn to_val(&self) -> Val {
        Val::Option(self.as_ref().map(|value| Box::new(value.to_val())))
    }
}

/// A side of a `result`, which may have no payload.
pub trait Side<'a>: Sized {
    fn from_side(val: Option<&'a Val>) -> Self;
    fn to_side(&self) -> Option<Box<Val>>;
}

impl Side<'_> for () {
    fn from_side(_: Option<&Val>) -> Self {}

    fn to_side(&self) -> Option<Box<Val>> {
        None
    }
}

impl<'a, T: Value<'a>> Side<'a> for T {
    fn from_side(val: Option<&'a Val>) -> Self {
        T::from_val(val.expect("this side has a payload"))
    }

    fn to_side(&self) -> Option<Box<Val>> {
        Some(Box::new(self.to_val()))
    }
}

impl<'a, T: Side<'a>, E: Side<'a>> Value<'a> for Result<T, E> {
    fn from_val(val: &'a Val) -> Self {
        match val {
            Val::Result(Ok(value)) => Ok(T::from_side(value.as_deref())),
            Val::Result(Err(error)) => Err(E::from_side(error.as_deref())),
            other => mismatch(other),
        }
    }

    fn to_val(&self) -> Val {
        Val::Result(match self {
            Ok(value) => Ok(value.to_side()),
            Err(error) => Err(error.to_side()),
        })
    }
}

macro_rules! tuples {
    ($(($($name:ident)*);)*) => {
        $(impl<'a, $($name: Value<'a>),*> Value<'a> for ($($name,)*) {
            fn from_val(val: &'a Val) -> Self {
                let Val::Tuple(items) = val else { return mismatch(val) };
                let mut items = items.iter();
                ($($name::from_val(items.next().expect("the tuple is long enough")),)*)
            }

            #[allow(non_snake_case, reason = "the type parameters' names are at hand for the fields")]
            fn to_val(&self) -> Val {
                let ($($name,)*) = self;
                Val::Tuple(vec![$($name.to_val()),*])
            }
        })*
    };
}

tuples! {
    (A);
    (A B);
    (A B C D);
    (A B C D E F G H I J K L M N);
    (A B C D E F G H I J K L M N O P);
    (A B C D E F G H I J K L M N O P Q);
}

macro_rules! handles {
    ($($handle:ident)*) => {
        $(impl<R> Value<'_> for $handle<R, Rep> {
            fn from_val(val: &Val) -> Self {
                Self::new(token(u32::from_val(val)))
            }

            fn to_val(&self) -> Val {
                Val::U32(number(self.rep))
            }
        })*
    };
}

handles!(Own Borrow);

/// What a handle of a token stands for: generated code has the kernel's representations, and this one has a number.
pub fn token(number: u32) -> Rep {
    Rep::Pollable(WaitSource::Instant(Instant::at(number.into())))
}

/// The number of a token.
pub fn number(rep: Rep) -> u32 {
    match rep {
        Rep::Pollable(WaitSource::Instant(number)) => {
            u32::try_from(number.nanoseconds()).expect("a token's number was a u32")
        }
        other => panic!("{other:?} is no token"),
    }
}

macro_rules! records {
    ($($type:ident $(<$life:lifetime>)? { $($field:ident)* })*) => {
        $(impl<'a> Value<'a> for $type $(<$life>)? {
            fn from_val(val: &'a Val) -> Self {
                let Val::Record(fields) = val else { return mismatch(val) };
                let field = |name: &str| &fields.iter().find(|(field, _)| field == name).expect("the field is there").1;
                Self { $($field: Value::from_val(field(stringify!($field)))),* }
            }

            fn to_val(&self) -> Val {
                Val::Record(vec![$((stringify!($field).to_owned(), self.$field.to_val())),*])
            }
        })*
    };
}

records! {
    Point { x y z }
    Person<'a> { id name scores boss }
}

macro_rules! variants {
    ($($type:ident $(<$life:lifetime>)? { $($case:ident = $name:literal)* | $($empty:ident = $empty_name:literal)* })*) => {
        $(impl<'a> Value<'a> for $type $(<$life>)? {
            fn from_val(val: &'a Val) -> Self {
                let Val::Variant(name, payload) = val else { return mismatch(val) };
                match (name.as_str(), payload.as_deref()) {
                    $(($name, Some(value)) => Self::$case(Value::from_val(value)),)*
                    $(($empty_name, None) => Self::$empty,)*
                    _ => mismatch(val),
                }
            }

            fn to_val(&self) -> Val {
                match self {
                    $(Self::$case(value) => Val::Variant($name.to_owned(), Some(Box::new(value.to_val()))),)*
                    $(Self::$empty => Val::Variant($empty_name.to_owned(), None),)*
                }
            }
        })*
    };
}

variants! {
    Narrow { Number = "number" Ratio = "ratio" Small = "small" | Nothing = "nothing" }
    Shape<'a> {
        Circle = "circle" Square = "square" Label = "label" Corner = "corner" Ratio = "ratio" Small = "small"
        | Nothing = "nothing"
    }
}

impl Value<'_> for Colour {
    fn from_val(val: &Val) -> Self {
        match val {
            Val::Enum(name) if name == "red" => Self::Red,
            Val::Enum(name) if name == "green" => Self::Green,
            Val::Enum(name) if name == "blue" => Self::Blue,
            other => mismatch(other),
        }
    }

    fn to_val(&self) -> Val {
        Val::Enum(format!("{self:?}").to_lowercase())
    }
}

/// Flags whose names tell their bits, in order.
macro_rules! flags {
    ($($type:ident($bits:ty): $names:expr;)*) => {
        $(impl Value<'_> for $type {
            fn from_val(val: &Val) -> Self {
                let Val::Flags(set) = val else { return mismatch(val) };
                let names: Vec<String> = $names;
                Self::from_bits(set.iter().fold(0, |bits, flag| {
                    bits | 1 << names.iter().position(|name| name == flag).expect("the flag is known")
                }))
            }

            fn to_val(&self) -> Val {
                let names: Vec<String> = $names;
                Val::Flags(names.into_iter().enumerate().filter(|(bit, _)| self.bits() >> bit & 1 == 1).map(|(_, name)| name).collect())
            }
        })*
    };
}

flags! {
    Few(u8): ('a'..='c').map(String::from).collect();
    Several(u16): ('a'..='i').map(String::from).collect();
    Many(u32): (0..32).map(|number| format!("a{number:02}")).collect();
}
