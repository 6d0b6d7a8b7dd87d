//! What a module imports, compared with what the kernel has, before WAMR sees the module.
//!
//! WAMR takes an import that nobody provides for a log line at load and a trap at the first call, and does not
//! look at every import's whole type. Here each import must be a function that the kernel has, of exactly the
//! kernel's type.
//!
//! The module's bytes are untrusted: the reader checks every length, allocates nothing, and reads only the
//! type and the import section. WAMR validates all else.

use core::str;

/// Imports of a module at most: a bound on the work of comparing them. The kernel has fewer functions.
pub(crate) const MAX_IMPORTS: u32 = 256;

/// Why a module's imports are refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refused {
    /// Not a module that can be read as far as its imports.
    Malformed,
    /// More than [`MAX_IMPORTS`].
    TooMany,
    /// The kernel has no such function. Memories, tables and globals are never imported.
    Unknown,
    /// The kernel's function has another type.
    Signature,
}

/// Checks every import of `module`; `signature` returns the kernel's, in WAMR's notation such as `(iIf)i`. Returns
/// the imports: for them, each item is `Ok` and a function that the kernel has.
pub(crate) fn check<'m, 's>(
    module: &'m [u8],
    signature: impl Fn(&str, &str) -> Option<&'s [u8]>,
) -> Result<Imports<'m>, Refused> {
    let imports = Imports::of(module)?;
    for import in imports.clone() {
        let import = import?;
        let (parameters, results) = import.function.ok_or(Refused::Unknown)?;
        let wanted = signature(import.module, import.field).ok_or(Refused::Unknown)?;
        if !is_written(parameters, results, wanted) {
            return Err(Refused::Signature);
        }
    }
    Ok(imports)
}

/// What a module imports, one by one.
#[derive(Clone)]
pub(crate) struct Imports<'m> {
    types: Reader<'m>,
    section: Reader<'m>,
    left: u32,
}

/// One import.
pub(crate) struct Import<'m> {
    pub(crate) module: &'m str,
    pub(crate) field: &'m str,
    /// The value types of its parameters and results; `None` if it is no function.
    function: Option<(&'m [u8], &'m [u8])>,
}

impl<'m> Imports<'m> {
    fn of(module: &'m [u8]) -> Result<Self, Refused> {
        let mut rest = Reader(module.strip_prefix(b"\0asm\x01\0\0\0").ok_or(Refused::Malformed)?);
        let mut types = None;
        let mut imports = None;
        while !rest.0.is_empty() {
            let id = rest.byte().ok_or(Refused::Malformed)?;
            let section = rest.counted().map(Reader).ok_or(Refused::Malformed)?;
            match id {
                // Once each, and types first: all imports are checked, against the types that WAMR will read.
                SECTION_TYPE if types.is_none() && imports.is_none() => types = Some(section),
                SECTION_IMPORT if imports.is_none() => imports = Some(section),
                SECTION_TYPE | SECTION_IMPORT => return Err(Refused::Malformed),
                _ => {}
            }
        }
        let types = types.unwrap_or(Reader(&[]));
        let Some(mut section) = imports else { return Ok(Self { types, section: Reader(&[]), left: 0 }) };
        let left = section.u32().ok_or(Refused::Malformed)?;
        if left > MAX_IMPORTS { Err(Refused::TooMany) } else { Ok(Self { types, section, left }) }
    }

    fn read(&mut self) -> Option<Import<'m>> {
        let module = self.section.name()?;
        let field = self.section.name()?;
        if self.section.byte()? != KIND_FUNCTION {
            return Some(Import { module, field, function: None });
        }
        let index = self.section.u32()?;
        // The last one ends the section.
        if self.left == 0 && !self.section.0.is_empty() {
            return None;
        }
        Some(Import { module, field, function: Some(self.types.function(index)?) })
    }
}

impl<'m> Iterator for Imports<'m> {
    type Item = Result<Import<'m>, Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(self.read().ok_or(Refused::Malformed))
    }
}

const SECTION_TYPE: u8 = 1;
const SECTION_IMPORT: u8 = 2;
const KIND_FUNCTION: u8 = 0;
const FORM_FUNCTION: u8 = 0x60;

/// Whether a function type, given as its value types' bytes, is written `wanted`.
fn is_written(parameters: &[u8], results: &[u8], wanted: &[u8]) -> bool {
    let letter = |value_type: &u8| match value_type {
        0x7F => Some(b'i'),
        0x7E => Some(b'I'),
        0x7D => Some(b'f'),
        0x7C => Some(b'F'),
        // References and vectors do not cross the boundary.
        _ => None,
    };
    let written = [Some(b'(')]
        .into_iter()
        .chain(parameters.iter().map(letter))
        .chain([Some(b')')])
        .chain(results.iter().map(letter));
    written.eq(wanted.iter().copied().map(Some))
}

/// Reads from the front of some bytes; `None` where they end too early or say something impossible.
#[derive(Clone, Copy)]
struct Reader<'m>(&'m [u8]);

impl<'m> Reader<'m> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn bytes(&mut self, count: u32) -> Option<&'m [u8]> {
        let (bytes, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }

    /// An unsigned LEB128 number of at most 32 bits.
    fn u32(&mut self) -> Option<u32> {
        let mut value = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            let part = u32::from(byte & 0x7F);
            if shift == 28 && part > 0xF {
                return None;
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// Bytes with their count before them.
    fn counted(&mut self) -> Option<&'m [u8]> {
        let count = self.u32()?;
        self.bytes(count)
    }

    fn name(&mut self) -> Option<&'m str> {
        str::from_utf8(self.counted()?).ok()
    }

    /// The parameters and results of a type section's function type at `index`.
    fn function(mut self, index: u32) -> Option<(&'m [u8], &'m [u8])> {
        if index >= self.u32()? {
            return None;
        }
        for _ in 0..index {
            self.function_type()?;
        }
        self.function_type()
    }

    fn function_type(&mut self) -> Option<(&'m [u8], &'m [u8])> {
        if self.byte()? != FORM_FUNCTION {
            return None;
        }
        Some((self.counted()?, self.counted()?))
    }
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
        let again = [&bytes[..], &[SECTION_IMPORT, 1, 0]].concat();
        assert_eq!(refused(&again), Some(Refused::Malformed), "a second import section");
        assert_eq!(refused(b"\0asm\x01\0\0\0\x02\xFF\xFF\xFF\xFF\x0F"), Some(Refused::Malformed));
    }

    #[test]
    fn bounds_the_number_of_imports() {
        let mut text = std::string::String::from("(module");
        for _ in 0..=MAX_IMPORTS {
            text.push_str(r#"(import "a:b/c@0.1.0" "nothing" (func))"#);
        }
        text.push(')');
        assert_eq!(refused(&module(&text)), Some(Refused::TooMany));
    }
}
