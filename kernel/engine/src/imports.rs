//! What a module imports, compared with what the kernel has, before WAMR sees the module.
//!
//! WAMR takes an import that nobody provides for a log line at load and a trap at the first call, and does not
//! look at every import's whole type. Here each import must be a function that the kernel has, of exactly the
//! kernel's type.

use locket_image::{ImageError, Import};

/// Why a module's imports are refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refused {
    /// Not a module that can be read as far as its imports.
    Malformed,
    /// More than [`locket_image::MAX_IMPORTS`].
    TooMany,
    /// The kernel has no such function. Memories, tables and globals are never imported.
    Unknown,
    /// The kernel's function has another type.
    Signature,
}

impl From<ImageError> for Refused {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::ImportKind { .. } => Self::Unknown,
            ImageError::TooManyImports { .. } => Self::TooMany,
            _ => Self::Malformed,
        }
    }
}

/// Checks every import of `module`, whose bytes are untrusted; `signature` returns the kernel's, in WAMR's notation
/// such as `(iIf)i`. Returns the imports, each of them a function that the kernel has.
pub(crate) fn check<'m, 's>(
    module: &'m [u8],
    signature: impl Fn(&str, &str) -> Option<&'s [u8]>,
) -> Result<impl Iterator<Item = Import<'m>> + Clone, Refused> {
    let imports = locket_image::imports(module)?;
    for import in imports.clone() {
        let wanted = signature(import.module, import.field).ok_or(Refused::Unknown)?;
        if !import.ty.is(wanted) {
            return Err(Refused::Signature);
        }
    }
    Ok(imports)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernel(module: &str, field: &str) -> Option<&'static [u8]> {
        match (module, field) {
            ("a:b/c@0.1.0", "mix") => Some(b"(iIfF)i"),
            ("a:b/c@0.1.0", "nothing") => Some(b"()"),
            _ => None,
        }
    }

    fn refused(module: &[u8]) -> Option<Refused> {
        check(module, kernel).err()
    }

    fn module(text: &str) -> std::vec::Vec<u8> {
        wat::parse_str(text).unwrap()
    }

    #[test]
    fn takes_what_the_kernel_has_in_its_exact_type() {
        let bytes = module(
            r#"(module (type (func (result i64)))
                (import "a:b/c@0.1.0" "mix" (func (param i32 i64 f32 f64) (result i32)))
                (import "a:b/c@0.1.0" "nothing" (func)) (memory 1))"#,
        );
        assert!(check(&bytes, kernel).is_ok());
        assert!(check(&module("(module)"), kernel).is_ok());
        assert!(check(&module("(module (func))"), kernel).is_ok());
    }

    #[test]
    fn refuses_other_types_of_the_same_name() {
        for function in [
            "(func (param i32 i64 f32 f64))",
            "(func (param i32 i64 f32 f64) (result i64))",
            "(func (param i32 i64 f32 f64) (result i32 i32))",
            "(func (param i64 i64 f32 f64) (result i32))",
            "(func (param i32 i64 f32) (result i32))",
            "(func (param i32 i64 f32 f64 i32) (result i32))",
            "(func (param externref i64 f32 f64) (result i32))",
        ] {
            let bytes = module(&std::format!(r#"(module (import "a:b/c@0.1.0" "mix" {function}))"#));
            assert_eq!(refused(&bytes), Some(Refused::Signature), "{function}");
        }
    }

    #[test]
    fn refuses_what_the_kernel_does_not_have() {
        for import in [
            r#"(import "a:b/c@0.1.0" "_mix" (func (param i32 i64 f32 f64) (result i32)))"#,
            r#"(import "a:b/c@0.2.0" "mix" (func (param i32 i64 f32 f64) (result i32)))"#,
            r#"(import "a:b/c@0.1.0" "mix" (memory 1))"#,
            r#"(import "a:b/c@0.1.0" "mix" (global i32))"#,
            r#"(import "a:b/c@0.1.0" "mix" (table 1 funcref))"#,
            r#"(import "env" "memory" (memory 1))"#,
        ] {
            let bytes = module(&std::format!("(module {import})"));
            assert_eq!(refused(&bytes), Some(Refused::Unknown), "{import}");
        }
    }

    #[test]
    fn survives_every_prefix_and_every_changed_byte() {
        let bytes = module(
            r#"(module (import "a:b/c@0.1.0" "nothing" (func))
                (import "a:b/c@0.1.0" "mix" (func (param i32 i64 f32 f64) (result i32))))"#,
        );
        assert!(check(&bytes, kernel).is_ok());
        for end in 0..bytes.len() {
            let _ = check(&bytes[..end], kernel);
        }
        let mut changed = bytes.clone();
        for at in 0..bytes.len() {
            for value in 0..=u8::MAX {
                changed[at] = value;
                let _ = check(&changed, kernel);
            }
            changed[at] = bytes[at];
        }
        assert_eq!(refused(b""), Some(Refused::Malformed));
        let again = [&bytes[..], &[2, 1, 0]].concat();
        assert_eq!(refused(&again), Some(Refused::Malformed), "a second import section");
        assert_eq!(refused(b"\0asm\x01\0\0\0\x02\xFF\xFF\xFF\xFF\x0F"), Some(Refused::Malformed));
    }

    #[test]
    fn bounds_the_number_of_imports() {
        let mut text = std::string::String::from("(module");
        for _ in 0..=locket_image::MAX_IMPORTS {
            text.push_str(r#"(import "a:b/c@0.1.0" "nothing" (func))"#);
        }
        text.push(')');
        assert_eq!(refused(&module(&text)), Some(Refused::TooMany));
    }
}
