//! Names as Go has them: `Exported`, `parameter`, with what is a word of Go's own behind an underscore.

use heck::{ToLowerCamelCase, ToUpperCamelCase};

/// Go's keywords, and what its predeclared names would hide: those that the bindings themselves use.
const WORDS: &[&str] = &[
    "any",
    "append",
    "bool",
    "break",
    "byte",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "error",
    "fallthrough",
    "false",
    "float32",
    "float64",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "interface",
    "len",
    "make",
    "map",
    "new",
    "nil",
    "package",
    "panic",
    "range",
    "return",
    "rune",
    "select",
    "string",
    "struct",
    "switch",
    "true",
    "type",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uintptr",
    "var",
];

/// A type, a function, a field or a method.
pub(super) fn exported(name: &str) -> String {
    name.to_upper_camel_case()
}

pub(super) fn parameter(name: &str) -> String {
    let name = name.to_lower_camel_case();
    if WORDS.contains(&name.as_str()) { name + "_" } else { name }
}

/// A package: lower-case letters and digits only.
pub(super) fn package(name: &str) -> String {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    if WORDS.contains(&name.as_str()) { name + "x" } else { name }
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_of_go_are_marked() {
        assert_eq!(super::parameter("type"), "type_");
        assert_eq!(super::parameter("len"), "len_");
        assert_eq!(super::exported("take-lost"), "TakeLost");
        assert_eq!(super::package("monotonic-clock"), "monotonicclock");
    }
}
