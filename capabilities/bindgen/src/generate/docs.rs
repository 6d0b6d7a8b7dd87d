//! WIT documentation as Rust documentation.

use proc_macro2::TokenStream;
use quote::quote;

/// Paragraphs as one text; empty ones leave no gap.
pub(super) fn paragraphs(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

/// `///` lines for `text`. Types and functions without documentation get an explicit allowance, since the interfaces
/// of other vendors need not document everything.
pub(super) fn attributes(text: Option<&str>) -> TokenStream {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let Some(text) = text else {
        return quote!(#[allow(missing_docs, reason = "the WIT has no documentation here")]);
    };
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}
