//! WIT's kebab-case names as Rust identifiers.

use proc_macro2::{Ident, Span};

/// Names that the generated code itself uses where types live; a WIT type of that name gets a trailing `_`.
const TAKEN_TYPES: [&str; 5] = ["B", "H", "Host", "Imports", "Replied"];

/// Names that the generated functions use where parameters live; a WIT parameter of that name gets a trailing `_`.
const TAKEN_PARAMETERS: [&str; 17] = [
    "access", "area", "args", "call", "caller", "cx", "denial", "flat", "guest", "instance", "lends", "ptr", "reply",
    "result", "send", "then", "this",
];

/// `device-failed` as a type or a variant: `DeviceFailed`.
pub(super) fn camel(name: &str) -> Ident {
    let mut text = String::new();
    for word in name.split('-') {
        let (first, rest) = word.split_at(word.len().min(1));
        // WIT allows words in all capitals.
        text.push_str(&first.to_uppercase());
        text.push_str(&rest.to_lowercase());
    }
    if TAKEN_TYPES.contains(&text.as_str()) || text == "Self" {
        text.push('_');
    }
    Ident::new(&text, Span::call_site())
}

/// `take-lost` as a function, field or parameter: `take_lost`; keywords become raw identifiers.
pub(super) fn snake(name: &str) -> Ident {
    let text = name.replace('-', "_").to_lowercase();
    if matches!(text.as_str(), "self" | "super" | "crate") {
        return Ident::new(&format!("{text}_"), Span::call_site());
    }
    syn::parse_str(&text).unwrap_or_else(|_| Ident::new_raw(&text, Span::call_site()))
}

/// A parameter: like [`snake`], clear of the names that the generated functions use.
pub(super) fn parameter(name: &str) -> Ident {
    let ident = snake(name);
    if TAKEN_PARAMETERS.iter().any(|taken| ident == taken) {
        Ident::new(&format!("{ident}_"), Span::call_site())
    } else {
        ident
    }
}

/// `digital-out` as a constant: `DIGITAL_OUT`.
pub(super) fn shouting(name: &str) -> Ident {
    Ident::new(&name.replace('-', "_").to_uppercase(), Span::call_site())
}

/// Several names joined: `sender`, `take-lost` becomes `sender_take_lost`.
pub(super) fn joined(names: &[&str]) -> Ident {
    snake(&names.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kebab_becomes_each_rust_case() {
        assert_eq!(camel("device-failed"), "DeviceFailed");
        assert_eq!(camel("get-URL"), "GetUrl");
        assert_eq!(snake("take-lost"), "take_lost");
        assert_eq!(shouting("digital-out"), "DIGITAL_OUT");
        assert_eq!(joined(&["sender", "take-lost"]), "sender_take_lost");
    }

    #[test]
    fn keywords_and_taken_names_stay_legal() {
        assert_eq!(snake("type"), "r#type");
        assert_eq!(snake("self"), "self_");
        assert_eq!(camel("self"), "Self_");
        assert_eq!(camel("host"), "Host_");
        assert_eq!(parameter("args"), "args_");
        assert_eq!(parameter("level"), "level");
    }
}
