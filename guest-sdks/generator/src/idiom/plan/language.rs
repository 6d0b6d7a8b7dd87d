//! How one language writes the steps of a plan, and the words in which a plan asks for them.

use wit_bindgen_core::{
    abi::WasmType,
    wit_parser::{Enum, Function, Handle, Record, Result_, Tuple, Type, TypeId, Variant},
};

/// Bytes in memory and how they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    I8,
    U8,
    I16,
    U16,
    I32,
    I64,
    F32,
    F64,
    /// An address.
    Pointer,
    /// A number of elements.
    Length,
}

/// A type that one core value holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    F32,
    F64,
    Char,
}

/// A type with cases.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cases<'a> {
    Variant(&'a Variant, TypeId),
    Option(&'a Type),
    Result(&'a Result_),
}

/// What happens for one case: the name of its payload, if the code uses it, and the code.
#[derive(Clone, Debug)]
pub(crate) struct Arm {
    pub(crate) payload: Option<String>,
    pub(crate) code: String,
}

/// A list in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elements<'a> {
    pub(crate) element: &'a Type,
    /// Bytes from one element to the next.
    pub(crate) size: usize,
}

/// Who frees a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The bindings, at the end of the call.
    Call,
    /// Whoever gets the value: the guest's code after a call to the kernel, the kernel (through post-return) after a
    /// call to the guest.
    Receiver,
}

/// Which way the call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the guest to the kernel.
    Import,
    /// From the kernel to the guest.
    Export,
}

/// How one language writes the steps of a plan.
///
/// Methods that return statements return whole lines; the others return one expression.
pub(crate) trait Language {
    // Statements.
    /// A variable with a value of a type that the language finds out itself.
    fn bind(&mut self, name: &str, value: &str) -> String;
    /// A variable for a core value, to be assigned later.
    fn declare_core(&mut self, name: &str, ty: WasmType) -> String;
    /// A variable for a value of this WIT type, to be assigned later.
    fn declare(&mut self, name: &str, ty: &Type) -> String;
    fn assign(&mut self, name: &str, value: &str) -> String;
    fn return_value(&mut self, value: &str) -> String;
    /// Returns from the function by the cases of its result: `arms` are the code and value of both.
    fn return_result(&mut self, result: &Result_, tag: &str, arms: [(&str, Option<&str>); 2]) -> String;
    /// Runs the code of case number `on`.
    fn switch(&mut self, on: &str, arms: &[String]) -> String;
    /// Runs the code of the case that `value` is.
    fn match_cases(&mut self, value: &str, cases: Cases<'_>, arms: &[Arm]) -> String;
    fn store(&mut self, width: Width, address: &str, offset: usize, value: &str) -> String;

    // Core values.
    fn constant(&mut self, value: i32) -> String;
    fn zero(&mut self, ty: WasmType) -> String;
    fn load(&mut self, width: Width, address: &str, offset: usize) -> String;
    /// From one core type to another of the same bits, or with zeros before them.
    fn convert(&mut self, from: WasmType, to: WasmType, value: &str) -> String;
    fn lower_scalar(&mut self, scalar: Scalar, value: &str) -> String;
    fn lift_scalar(&mut self, scalar: Scalar, value: &str) -> String;

    // Values with parts.
    fn field(&mut self, record: &Record, at: usize, value: &str) -> String;
    fn record(&mut self, ty: TypeId, record: &Record, fields: &[String]) -> String;
    fn tuple_field(&mut self, at: usize, value: &str) -> String;
    fn tuple(&mut self, tuple: &Tuple, fields: &[String]) -> String;
    fn case(&mut self, cases: Cases<'_>, at: usize, payload: Option<&str>) -> String;
    fn enum_to_core(&mut self, ty: TypeId, value: &str) -> String;
    fn enum_from_core(&mut self, ty: TypeId, cases: &Enum, value: &str) -> String;
    /// The one core value of flags: WIT has at most 32 of them.
    fn flags_to_core(&mut self, value: &str) -> String;
    fn flags_from_core(&mut self, ty: TypeId, value: &str) -> String;
    /// The number of a handle. `Own` gives the handle away.
    fn handle_to_core(&mut self, handle: Handle, value: &str) -> String;
    fn handle_from_core(&mut self, handle: Handle, value: &str) -> String;

    // Lists.
    /// Whether the language's list of `element` has the bytes of the Canonical ABI's.
    fn is_list_canonical(&self, element: &Type) -> bool;
    /// Address and length of a list or string (no `element`) in place.
    fn list_parts(&mut self, element: Option<&Type>, value: &str) -> [String; 2];
    /// The number of elements of a list in the language, as a core value.
    fn list_length(&mut self, value: &str) -> String;
    /// Binds `name` to a copy that its receiver frees.
    fn copy_list(&mut self, name: &str, element: Option<&Type>, value: &str) -> String;
    /// The list or string (no `element`) at an address.
    fn list_from_parts(&mut self, element: Option<&Type>, pointer: &str, length: &str) -> String;
    /// Binds `buffer` to the address of room for the elements of `list`, then runs `code` for each: with `base` bound to
    /// its address, and `element` (if the code uses it) to its value. `values` says what the elements are.
    fn lower_each(
        &mut self,
        list: &str,
        values: Elements<'_>,
        names: EachNames<'_>,
        owner: Owner,
        code: &str,
    ) -> String;
    /// Binds `names.list` to a list of `length` elements, each of which `code` and `value` make of what stands at
    /// `names.base`.
    fn lift_each(
        &mut self,
        parts: [&str; 2],
        values: Elements<'_>,
        names: EachNames<'_>,
        owner: Owner,
        code: &str,
        value: &str,
    ) -> String;
    /// Runs `code` for each element, with `base` bound to its address.
    fn visit_each(&mut self, parts: [&str; 2], size: usize, names: EachNames<'_>, code: &str) -> String;
    /// Frees what was allocated with `cabi_realloc`.
    fn free(&mut self, pointer: &str, bytes: &str) -> String;
    /// `length` elements of `size` bytes.
    fn bytes(&mut self, length: &str, size: usize) -> String;

    // Calls.
    /// Binds the first name to the address of room for results or many parameters; the second is there to be used on
    /// the way. `lists`: whether the kernel may call `cabi_realloc` before the room is read.
    fn area(&mut self, names: [&str; 2], size: usize, align: usize, direction: Direction, lists: bool) -> String;
    /// Calls the import and binds `result`, if it has one.
    fn call_import(&mut self, function: &str, arguments: &[String], result: Option<&str>) -> String;
    /// Calls the guest's own function and binds `result`, if it has one.
    fn call_guest(&mut self, function: &Function, arguments: &[String], result: Option<&str>) -> String;
    /// Before everything else in a function that has buffers of [`Owner::Call`]: declares [`TEMPORARIES`](super::TEMPORARIES).
    fn prologue(&mut self) -> String;
    /// Runs `code` at the end of the function, whichever way it ends.
    fn defer(&mut self, code: &str) -> String;
}

/// Names of variables of a loop over a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EachNames<'a> {
    /// The list or buffer that the loop fills.
    pub(crate) list: &'a str,
    pub(crate) index: &'a str,
    /// The element's value; `None` if the code does not use it.
    pub(crate) element: Option<&'a str>,
    /// The element's address; `None` if the code does not use it.
    pub(crate) base: Option<&'a str>,
}
