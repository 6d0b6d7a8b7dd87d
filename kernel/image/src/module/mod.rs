//! A core module's own sections, as far as a manifest speaks of them: imports, exports, memory.
//!
//! Code is not looked at. Whatever this finds well-formed may still be refused by the engine's validation.

mod entries;
mod memory;
mod sections;
mod types;

pub(crate) use memory::Declared;
pub(crate) use sections::{CUSTOM, Section, Sections};
pub(crate) use types::Export;
pub use types::{FuncType, Import};

use crate::ImageError;
use entries::Entries;
use memory::Global;
use types::RawImport;

/// The most functions that a module may import.
pub const MAX_IMPORTS: usize = 512;
/// The most function types that a module may define.
pub const MAX_TYPES: usize = 4096;

/// The functions that `module`, a core module with or without a manifest, imports, with their core types. Its bytes may
/// be anything; code is not looked at.
///
/// WAMR reports a missing or mismatched native only as a log line, so the engine compares these with the kernel's own
/// before WAMR sees the module.
pub fn imports(module: &[u8]) -> Result<impl Iterator<Item = Import<'_>> + Clone, ImageError> {
    Ok(Module::collect(Sections::new(module)?)?.imports())
}

/// The sections of a module that a manifest speaks of, read once and found well-formed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Module<'a> {
    types: Entries<'a, FuncType<'a>>,
    imports: Entries<'a, RawImport<'a>>,
    exports: Entries<'a, Export<'a>>,
    memory: Option<Declared>,
}

impl<'a> Module<'a> {
    /// Takes the sections in the order in which they stand in the file.
    pub fn collect(sections: impl Iterator<Item = Result<Section<'a>, ImageError>>) -> Result<Self, ImageError> {
        let mut module = Self {
            types: Entries::none(FuncType::read),
            imports: Entries::none(RawImport::read),
            exports: Entries::none(Export::read),
            memory: None,
        };
        let mut globals = Entries::none(Global::read);
        for section in sections {
            let section = section?;
            match section.id {
                sections::TYPE => module.types = Entries::new(&section, FuncType::read)?,
                sections::IMPORT => module.imports = Entries::new(&section, RawImport::read)?,
                sections::MEMORY => module.memory = memory::declared(&section)?,
                sections::GLOBAL => globals = Entries::new(&section, Global::read)?,
                sections::EXPORT => module.exports = Entries::new(&section, Export::read)?,
                _ => {}
            }
        }
        if let Some(at) = module.types.offset_of(MAX_TYPES) {
            return Err(ImageError::TooManyTypes { at });
        }
        if let Some(at) = module.imports.offset_of(MAX_IMPORTS) {
            return Err(ImageError::TooManyImports { at });
        }
        // From here on `imports()` leaves nothing out.
        for import in module.imports.iter() {
            if module.func_type(import.ty).is_none() {
                return Err(ImageError::UnknownType { at: import.at, index: import.ty });
            }
        }
        if let Some(memory) = &mut module.memory {
            memory.shrunk = memory::shrunk(memory.initial(), module.exports.iter(), globals);
        }
        Ok(module)
    }

    /// The imports, in the module's order. All are functions.
    pub fn imports(&self) -> impl Iterator<Item = Import<'a>> + Clone + use<'a> {
        let module = *self;
        module.imports.iter().filter_map(move |import| {
            let RawImport { at, module: name, field, ty } = import;
            Some(Import { module: name, field, ty: module.func_type(ty)?, at })
        })
    }

    /// The exports, in the module's order.
    pub fn exports(&self) -> impl Iterator<Item = Export<'a>> + use<'a> {
        self.exports.iter()
    }

    /// The memory, if the module has one.
    pub fn memory(&self) -> Option<Declared> {
        self.memory
    }

    fn func_type(&self, index: u32) -> Option<FuncType<'a>> {
        self.types.iter().nth(usize::try_from(index).ok()?)
    }
}
