//! Names as Zig has them: `TypeName`, `functionName`, `field_name`, with what is a word of Zig's own in `@"…"`.

use heck::{ToLowerCamelCase, ToSnakeCase, ToUpperCamelCase};

/// Keywords, which are quoted everywhere.
const KEYWORDS: &[&str] = &[
    "addrspace",
    "align",
    "allowzero",
    "and",
    "anyframe",
    "anytype",
    "asm",
    "break",
    "callconv",
    "catch",
    "comptime",
    "const",
    "continue",
    "defer",
    "else",
    "enum",
    "errdefer",
    "error",
    "export",
    "extern",
    "fn",
    "for",
    "if",
    "inline",
    "linksection",
    "noalias",
    "noinline",
    "nosuspend",
    "opaque",
    "or",
    "orelse",
    "packed",
    "pub",
    "resume",
    "return",
    "struct",
    "suspend",
    "switch",
    "test",
    "threadlocal",
    "try",
    "union",
    "unreachable",
    "var",
    "volatile",
    "while",
];

/// Names of Zig's own values and types, which are quoted where they could be meant. So are `i32` and the like.
const PRIMITIVES: &[&str] = &[
    "_",
    "anyerror",
    "anyopaque",
    "bool",
    "comptime_float",
    "comptime_int",
    "f128",
    "f16",
    "f32",
    "f64",
    "f80",
    "false",
    "isize",
    "noreturn",
    "null",
    "true",
    "type",
    "undefined",
    "usize",
    "void",
];

fn quoted(name: &str) -> String {
    format!("@\"{name}\"")
}

/// `name` where only keywords mean something else: behind a dot, or as a field.
fn member(name: &str) -> String {
    if KEYWORDS.contains(&name) { quoted(name) } else { name.to_owned() }
}

/// `name` where it could be one of Zig's own.
fn identifier(name: &str) -> String {
    let integer = name.strip_prefix(['i', 'u']).is_some_and(|bits| bits.parse::<u16>().is_ok());
    if integer || PRIMITIVES.contains(&name) { quoted(name) } else { member(name) }
}

/// A type, or a case of an error set.
pub(super) fn type_(name: &str) -> String {
    identifier(&name.to_upper_camel_case())
}

pub(super) fn function(name: &str) -> String {
    identifier(&name.to_lower_camel_case())
}

/// A field or a case.
pub(super) fn field(name: &str) -> String {
    member(&name.to_snake_case())
}

/// A parameter.
pub(super) fn parameter(name: &str) -> String {
    identifier(&name.to_snake_case())
}

/// A name as WIT has it, such as that of a core function.
pub(super) fn raw(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.chars().all(plain) { identifier(name) } else { format!("@\"{name}\"") }
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_of_zig_are_quoted() {
        assert_eq!(super::field("error"), "@\"error\"");
        assert_eq!(super::field("type"), "type");
        assert_eq!(super::parameter("u8"), "@\"u8\"");
        assert_eq!(super::parameter("u8-array"), "u8_array");
        assert_eq!(super::raw("[method]pin.set"), "@\"[method]pin.set\"");
        assert_eq!(super::raw("name"), "name");
        assert_eq!(super::function("take-lost"), "takeLost");
        assert_eq!(super::type_("type"), "Type");
    }
}
