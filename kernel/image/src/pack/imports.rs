//! Whether the kernel has what the module imports, and under which name.
//!
//! The kernel compares names and core types once more when it loads the image. Here an author gets to know it, and a
//! compatible version becomes the one that the kernel has.

use std::collections::BTreeMap;

use locket_bindgen::model::{Authority, Interface};
use wasmparser::{FuncType, Parser, Payload, TypeRef, ValType};
use wit_parser::{
    TypeDefKind,
    abi::{AbiVariant, WasmType},
};

use super::{ImportProblem, PackError, Wit, component::invalid, suggest::closest};

/// How interfaces are called in the module → how they are called in the image.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// The image's name for what the module calls `name`.
    pub fn canonical<'n>(&'n self, name: &'n str) -> &'n str {
        self.0.get(name).map_or(name, |known| known)
    }

    /// The image's name for an export such as `locket:system/run@0.1.0#run`.
    pub fn canonical_export(&self, name: &str) -> String {
        let (prefix, plain) = match name.strip_prefix("cabi_post_") {
            Some(plain) => ("cabi_post_", plain),
            None => ("", name),
        };
        match plain.split_once('#') {
            Some((interface, function)) => format!("{prefix}{}#{function}", self.canonical(interface)),
            None => name.to_owned(),
        }
    }

    /// Those whose name changes.
    pub fn changed(&self) -> Vec<(String, String)> {
        self.0.iter().filter(|(from, to)| from != to).map(|(from, to)| (from.clone(), to.clone())).collect()
    }
}

/// Checks the imports of `module` and collects the names of all interfaces that it imports or exports.
pub(super) fn check(module: &[u8], wit: &Wit) -> Result<Names, PackError> {
    let mut names = Names::default();
    let mut types: Vec<Option<FuncType>> = Vec::new();
    let mut problems = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(invalid)? {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group.map_err(invalid)?.into_types() {
                        types.push(match ty.composite_type.inner {
                            wasmparser::CompositeInnerType::Func(ty) => Some(ty),
                            _ => None,
                        });
                    }
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.map_err(invalid)?;
                    match one(&import, &types, wit) {
                        Ok(known) => drop(names.0.insert(import.module.to_owned(), known)),
                        Err(problem) if is_news(&problems, &problem) => problems.push(problem),
                        Err(_) => {}
                    }
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let name = export.map_err(invalid)?.name;
                    let plain = name.strip_prefix("cabi_post_").unwrap_or(name);
                    if let Some((interface, _)) = plain.split_once('#')
                        && let Some(known) = wit.compatible(interface)
                    {
                        names.0.insert(interface.to_owned(), known.name.clone());
                    }
                }
            }
            _ => {}
        }
    }
    if problems.is_empty() { Ok(names) } else { Err(PackError::Imports { problems, known: wit.importable() }) }
}

/// One line for each interface that is missing as a whole is enough.
fn is_news(problems: &[ImportProblem], problem: &ImportProblem) -> bool {
    let whole = |problem: &ImportProblem| match problem {
        ImportProblem::UnknownInterface { interface, .. }
        | ImportProblem::Version { interface, .. }
        | ImportProblem::NotOffered { interface } => Some(interface.clone()),
        _ => None,
    };
    whole(problem).is_none_or(|interface| !problems.iter().any(|other| whole(other).as_ref() == Some(&interface)))
}

/// The image's name for the interface of one import.
fn one(import: &wasmparser::Import<'_>, types: &[Option<FuncType>], wit: &Wit) -> Result<String, ImportProblem> {
    let (module, function) = (import.module.to_owned(), import.name.to_owned());
    let index = match import.ty {
        TypeRef::Func(index) => index,
        other => return Err(ImportProblem::NotAFunction { module, field: function, kind: kind(other) }),
    };
    let Some(interface) = wit.compatible(&module) else {
        return Err(missing(module, function, wit));
    };
    if interface.authority == Authority::Unstated {
        return Err(ImportProblem::NotOffered { interface: module });
    }
    let signatures = signatures(interface, wit);
    let Some(expected) = signatures.get(&function) else {
        let suggestion = closest(&function, signatures.keys().map(String::as_str)).map(ToOwned::to_owned);
        let known = signatures.into_keys().collect();
        return Err(ImportProblem::UnknownFunction { interface: interface.name.clone(), function, suggestion, known });
    };
    let ty = usize::try_from(index).ok().and_then(|index| types.get(index)?.as_ref());
    let found = ty.map(core_type).unwrap_or_default();
    if found != *expected {
        let (interface, expected) = (interface.name.clone(), expected.clone());
        return Err(ImportProblem::Signature { interface, function, expected, found });
    }
    Ok(interface.name.clone())
}

/// Why there is no interface that can stand for `interface`.
fn missing(interface: String, function: String, wit: &Wit) -> ImportProblem {
    if let Some(known) = wit.any_version(&interface) {
        return ImportProblem::Version { interface, known: known.name.clone() };
    }
    let suggestion = closest(&interface, wit.offered().map(|interface| interface.name.as_str()));
    let suggestion = suggestion.map(ToOwned::to_owned);
    ImportProblem::UnknownInterface { interface, function, suggestion }
}

/// The core functions of an interface, by the Canonical ABI: name → core type, as the kernel's table writes it.
fn signatures(interface: &Interface, wit: &Wit) -> BTreeMap<String, String> {
    let mut signatures = BTreeMap::new();
    let resolve = wit.resolve();
    let Some(definition) = wit.id(interface).and_then(|id| resolve.interfaces.get(id)) else { return signatures };
    for function in definition.functions.values() {
        let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
        let letters = |types: &[WasmType]| types.iter().copied().map(letter).collect::<String>();
        let text = format!("({}){}", letters(&signature.params), letters(&signature.results));
        signatures.insert(function.name.clone(), text);
    }
    for (name, ty) in &definition.types {
        if resolve.types.get(*ty).is_some_and(|ty| matches!(ty.kind, TypeDefKind::Resource)) {
            signatures.insert(format!("[resource-drop]{name}"), "(i)".to_string());
        }
    }
    signatures
}

fn letter(ty: WasmType) -> char {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => 'i',
        WasmType::I64 | WasmType::PointerOrI64 => 'I',
        WasmType::F32 => 'f',
        WasmType::F64 => 'F',
    }
}

fn core_type(ty: &FuncType) -> String {
    let letters = |types: &[ValType]| {
        let letter = |ty: &ValType| match ty {
            ValType::I32 => 'i',
            ValType::I64 => 'I',
            ValType::F32 => 'f',
            ValType::F64 => 'F',
            ValType::V128 | ValType::Ref(_) => 'r',
        };
        types.iter().map(letter).collect::<String>()
    };
    format!("({}){}", letters(ty.params()), letters(ty.results()))
}

fn kind(ty: TypeRef) -> &'static str {
    match ty {
        TypeRef::Func(_) | TypeRef::FuncExact(_) => "function",
        TypeRef::Table(_) => "table",
        TypeRef::Memory(_) => "memory",
        TypeRef::Global(_) => "global",
        TypeRef::Tag(_) => "tag",
    }
}
