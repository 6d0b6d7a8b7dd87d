//! From whatever file was given to the one core module in it.

use wasmparser::{ExternalKind, Parser, Payload};

use super::PackError;
use crate::{MANIFEST_SECTION, SIGNATURE_SECTION};

/// Name of the table through which the modules of a component are joined (`wit-component`'s own convention).
const JOINT: &str = "$imports";

/// The core module of `input`, which may be one already, or a component that was made of one.
pub(super) fn core_module(input: &[u8]) -> Result<&[u8], PackError> {
    if input.is_empty() {
        return Err(PackError::Empty);
    }
    if Parser::is_core_wasm(input) {
        return not_an_image(input).map(|()| input);
    }
    if Parser::is_component(input) {
        return unbundle(input);
    }
    let text = input.trim_ascii_start();
    Err(if text.starts_with(b"(module") || text.starts_with(b"(component") || text.starts_with(b";;") {
        PackError::Text
    } else {
        PackError::NotWasm
    })
}

fn not_an_image(module: &[u8]) -> Result<(), PackError> {
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::CustomSection(section) = payload.map_err(invalid)? {
            for ours in [MANIFEST_SECTION, SIGNATURE_SECTION] {
                if section.name() == ours {
                    return Err(PackError::Image { section: ours });
                }
            }
        }
    }
    Ok(())
}

/// `wasm-tools component new` puts a module beside two small ones that join it to its imports. On a device the kernel
/// does that, so they are left out.
fn unbundle(component: &[u8]) -> Result<&[u8], PackError> {
    let mut modules = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::ModuleSection { unchecked_range: range, .. } = payload.map_err(invalid)? {
            let range = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
            let module = range.and_then(|(start, end)| component.get(start..end)).unwrap_or_default();
            if !is_joint(module)? {
                modules.push(module);
            }
        }
    }
    match modules.as_slice() {
        [module] => Ok(module),
        [] => Err(PackError::NoModule),
        several => Err(PackError::SeveralModules { count: several.len() }),
    }
}

/// Whether `module` only joins others: it exports the table, or imports it and exports nothing.
fn is_joint(module: &[u8]) -> Result<bool, PackError> {
    let (mut exports_any, mut exports_joint, mut imports_joint) = (false, false, false);
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(invalid)? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imports_joint |= import.map_err(invalid)?.name == JOINT;
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export.map_err(invalid)?;
                    exports_any = true;
                    exports_joint |= export.name == JOINT && export.kind == ExternalKind::Table;
                }
            }
            _ => {}
        }
    }
    Ok(exports_joint || (imports_joint && !exports_any))
}

#[expect(clippy::needless_pass_by_value, reason = "an argument of `map_err`")]
pub(super) fn invalid(error: wasmparser::Error) -> PackError {
    PackError::Invalid { at: error.offset(), reason: error.message().to_string() }
}
