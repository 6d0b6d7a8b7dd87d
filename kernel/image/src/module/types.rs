//! Function types, imports and exports.

use core::fmt::{self, Write as _};

use crate::{ImageError, reader::Reader};

const FUNCTION_TYPE: u8 = 0x60;
/// Kind of an import or export: a function.
const FUNCTION: u8 = 0;
/// Kind of an export: a global.
const GLOBAL: u8 = 3;

/// A core function type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FuncType<'a> {
    params: &'a [u8],
    results: &'a [u8],
}

impl<'a> FuncType<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, ImageError> {
        let at = reader.at();
        let form = reader.byte("a function type")?;
        if form != FUNCTION_TYPE {
            return Err(ImageError::UnknownForm { at, what: "a type", value: form });
        }
        Ok(Self { params: value_types(reader)?, results: value_types(reader)? })
    }

    /// Whether this is the type that `signature` writes as [`Display`](fmt::Display) does: `(iI)f`.
    #[must_use]
    pub fn is(&self, signature: &[u8]) -> bool {
        struct Rest<'s>(Option<&'s [u8]>);
        impl fmt::Write for Rest<'_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0 = self.0.and_then(|rest| rest.strip_prefix(text.as_bytes()));
                self.0.map(|_| ()).ok_or(fmt::Error)
            }
        }
        let mut rest = Rest(Some(signature));
        write!(rest, "{self}").is_ok() && rest.0 == Some(&[])
    }
}

impl fmt::Display for FuncType<'_> {
    /// As WAMR writes signatures: `(iIfF)i`, where `i` and `I` are 32- and 64-bit integers, `f` and `F` floats, `r`
    /// references; nothing after the parenthesis when there is no result.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |code: &u8| match code {
            0x7f => 'i',
            0x7e => 'I',
            0x7d => 'f',
            0x7c => 'F',
            _ => 'r',
        };
        f.write_char('(')?;
        self.params.iter().map(letter).try_for_each(|c| f.write_char(c))?;
        f.write_char(')')?;
        self.results.iter().map(letter).try_for_each(|c| f.write_char(c))
    }
}

impl fmt::Debug for FuncType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A list of value types that the engine knows, one byte each.
fn value_types<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], ImageError> {
    let len = reader.u32("a list of value types")?;
    let at = reader.at();
    let types = reader.take(usize::try_from(len).unwrap_or(usize::MAX), "a list of value types")?;
    match types.iter().enumerate().find(|(_, code)| !is_value_type(**code)) {
        None => Ok(types),
        Some((index, code)) => {
            Err(ImageError::UnknownForm { at: at.saturating_add(index), what: "a value type", value: *code })
        }
    }
}

/// `i32`, `i64`, `f32`, `f64`, `funcref`, `externref`.
pub(super) fn is_value_type(code: u8) -> bool {
    matches!(code, 0x7c..=0x7f | 0x70 | 0x6f)
}

/// A function that a module imports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Import<'a> {
    /// The interface: `locket:gpio/digital@0.1.0`.
    pub module: &'a str,
    /// The function in it: `[method]output.set`.
    pub field: &'a str,
    /// Its core type.
    pub ty: FuncType<'a>,
    /// Where in the file the import starts.
    pub at: usize,
}

/// An import with its type still an index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawImport<'a> {
    pub at: usize,
    pub module: &'a str,
    pub field: &'a str,
    pub ty: u32,
}

impl<'a> RawImport<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, ImageError> {
        let at = reader.at();
        let module = reader.name("an import's module name")?;
        let field = reader.name("an import's name")?;
        if reader.byte("an import's kind")? != FUNCTION {
            return Err(ImageError::ImportKind { at });
        }
        Ok(Self { at, module, field, ty: reader.u32("an import's type")? })
    }
}

/// Something that a module exports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Export<'a> {
    pub at: usize,
    pub name: &'a str,
    kind: u8,
    index: u32,
}

impl<'a> Export<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, ImageError> {
        let at = reader.at();
        let name = reader.name("an export's name")?;
        let kind = reader.byte("an export's kind")?;
        Ok(Self { at, name, kind, index: reader.u32("an export's index")? })
    }

    /// The interface whose function this is, in a name such as `locket:system/run@0.1.0#run`.
    pub fn interface(&self) -> Option<&'a str> {
        let name = self.name.strip_prefix("cabi_post_").unwrap_or(self.name);
        name.split_once('#').map(|(interface, _)| interface).filter(|_| self.kind == FUNCTION)
    }

    /// The index of the global that is exported, if it is one.
    pub fn global(&self) -> Option<u32> {
        (self.kind == GLOBAL).then_some(self.index)
    }
}
