//! The module once more, smaller: every number in its shortest form, nothing in it that a device does not need.

use std::convert::Infallible;

use wasm_encoder::{
    ExportSection, ImportSection, Module,
    reencode::{self, Reencode},
};
use wasmparser::{CustomSectionReader, ImportSectionReader, Parser};

use super::{PackError, component::invalid, imports::Names};

/// Encodes `module` anew, with the interfaces under the image's names.
///
/// Compilers leave room in numbers for the linker to fill in; that padding goes. Sections about names and tools go,
/// unless `keep_names`. Debug information goes always: its addresses would no longer be right.
pub(super) fn small(module: &[u8], names: &Names, keep_names: bool) -> Result<Vec<u8>, PackError> {
    let mut encoded = Module::new();
    Small { names, keep_names }.parse_core_module(&mut encoded, Parser::new(0), module).map_err(
        |error| match error {
            reencode::Error::ParseError(error) => invalid(error),
            other => PackError::Invalid { at: 0, reason: other.to_string() },
        },
    )?;
    Ok(encoded.finish())
}

struct Small<'n> {
    names: &'n Names,
    keep_names: bool,
}

type Outcome = Result<(), reencode::Error<Infallible>>;

impl Reencode for Small<'_> {
    type Error = Infallible;

    fn parse_import_section(&mut self, imports: &mut ImportSection, section: ImportSectionReader<'_>) -> Outcome {
        for import in section.into_imports() {
            let import = import?;
            let ty = self.entity_type(import.ty)?;
            imports.import(self.names.canonical(import.module), import.name, ty);
        }
        Ok(())
    }

    fn parse_export(&mut self, exports: &mut ExportSection, export: wasmparser::Export<'_>) -> Outcome {
        let kind = self.export_kind(export.kind)?;
        let index = self.external_index(export.kind, export.index)?;
        exports.export(&self.names.canonical_export(export.name), kind, index);
        Ok(())
    }

    fn parse_custom_section(&mut self, module: &mut Module, section: CustomSectionReader<'_>) -> Outcome {
        if self.keep_names && matches!(section.name(), "name" | "producers") {
            reencode::utils::parse_custom_section(self, module, section)
        } else {
            Ok(())
        }
    }
}
