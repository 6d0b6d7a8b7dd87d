//! How much linear memory a module leads to.

use super::{Export, Section, entries::Entries, types::is_value_type};
use crate::{ImageError, Memory, reader::Reader};

/// Bytes of a WebAssembly page.
const PAGE: u64 = 64 * 1024;
/// Form of a memory: 32-bit addresses, not shared, without and with a maximum.
const UNLIMITED: u8 = 0;
const LIMITED: u8 = 1;

/// A module's memory as its sections declare it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Declared {
    /// Pages at the start.
    pub pages: u32,
    /// Pages that it can grow to.
    maximum: Option<u32>,
    /// Bytes that the engine shrinks it to, provided that no code asks for the memory's size or grows it.
    pub shrunk: Option<u32>,
}

impl Declared {
    /// Bytes at the start, unless it is shrunk.
    pub fn initial(&self) -> u64 {
        u64::from(self.pages).saturating_mul(PAGE)
    }

    /// What the engine makes of it. `resized` says whether some code grows the memory or asks for its size.
    #[cfg(feature = "pack")]
    pub fn resolve(&self, resized: bool) -> Memory {
        let initial = saturate(self.initial());
        match self.shrunk {
            Some(shrunk) if !resized => Memory { initial: shrunk, maximum: shrunk },
            _ if !resized => Memory { initial, maximum: initial },
            _ => Memory { initial, maximum: self.limit() },
        }
    }

    /// Whether `memory` is what the engine makes of it, with or without code that resizes it: that question is left to
    /// the engine, because code is not looked at here.
    pub fn allows(&self, memory: Memory) -> bool {
        let initial = saturate(self.initial());
        let fixed = |bytes| memory == Memory { initial: bytes, maximum: bytes };
        self.shrunk.is_some_and(fixed) || fixed(initial) || memory == Memory { initial, maximum: self.limit() }
    }

    fn limit(&self) -> u32 {
        self.maximum.map_or(u32::MAX, |pages| saturate(u64::from(pages).saturating_mul(PAGE)))
    }
}

fn saturate(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Reads the memory section.
pub(super) fn declared(section: &Section<'_>) -> Result<Option<Declared>, ImageError> {
    let mut content = section.content;
    let count = content.u32("the number of memories")?;
    if count == 0 {
        return section.finish(content).map(|()| None);
    }
    let at = content.at();
    let form = content.byte("a memory")?;
    if form != UNLIMITED && form != LIMITED {
        return Err(ImageError::UnknownForm { at, what: "a memory", value: form });
    }
    let pages = content.u32("a memory's size")?;
    let maximum = if form == LIMITED { Some(content.u32("a memory's limit")?) } else { None };
    if count > 1 {
        return Err(ImageError::SecondMemory { at: content.at() });
    }
    section.finish(content)?;
    Ok(Some(Declared { pages, maximum, shrunk: None }))
}

/// One global; its value when it is a constant `i32`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Global {
    constant: Option<u32>,
}

impl Global {
    /// Initial values are one instruction and `end`: the engine has no extended constant expressions.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, ImageError> {
        let at = reader.at();
        let ty = reader.byte("a global's type")?;
        if !is_value_type(ty) {
            return Err(ImageError::UnknownForm { at, what: "a global's type", value: ty });
        }
        let mutable = reader.byte("a global's mutability")? != 0;
        let at = reader.at();
        let mut value = None;
        match reader.byte("a global's value")? {
            0x41 => value = Some(reader.signed(5, "a global's value")?),
            0x42 => drop(reader.signed(10, "a global's value")?),
            0x43 => drop(reader.array::<4>("a global's value")?),
            0x44 => drop(reader.array::<8>("a global's value")?),
            // `global.get`, `ref.func`
            0x23 | 0xd2 => drop(reader.u32("a global's value")?),
            // `ref.null`
            0xd0 => drop(reader.byte("a global's value")?),
            opcode => return Err(ImageError::UnknownForm { at, what: "a global's value", value: opcode }),
        }
        let at = reader.at();
        match reader.byte("a global's value")? {
            0x0b => Ok(Self { constant: value.filter(|_| !mutable) }),
            opcode => Err(ImageError::UnknownForm { at, what: "the end of a global's value", value: opcode }),
        }
    }
}

/// Bytes that WAMR shrinks a memory of `initial` bytes to (`wasm_loader.c`, `load_from_sections`): up to the linker's
/// `__heap_base`, if that and `__data_end` are exported, constant and in order.
pub(super) fn shrunk<'a>(
    initial: u64,
    exports: impl Iterator<Item = Export<'a>>,
    globals: Entries<'a, Global>,
) -> Option<u32> {
    let constant = |export: Export<'_>| {
        let index = usize::try_from(export.global()?).ok()?;
        globals.iter().nth(index)?.constant.map(u64::from)
    };
    let (mut heap_base, mut data_end) = (None, None);
    for export in exports {
        match export.name {
            "__heap_base" => heap_base = constant(export),
            "__data_end" => data_end = constant(export),
            _ => {}
        }
    }
    let (heap_base, data_end) = (heap_base?, data_end?);
    let shrunk = heap_base.next_multiple_of(8);
    let in_order = data_end.next_multiple_of(16) <= heap_base;
    if in_order && shrunk <= initial { u32::try_from(shrunk).ok() } else { None }
}
