//! The namespaces of a world's bindings: one per interface, and one for what stands in the world itself.

use std::collections::{BTreeMap, BTreeSet};

use wit_bindgen_core::{
    dealias,
    wit_parser::{
        Docs, Function, FunctionKind, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner, WorldId, WorldItem,
        WorldKey,
    },
};

/// Which namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum UnitId {
    /// An interface's.
    Interface(InterfaceId),
    /// The world's own.
    World,
}

/// One namespace of the bindings.
#[derive(Debug)]
pub(crate) struct Unit<'a> {
    pub(crate) id: UnitId,
    /// Its name in WIT, such as `digital`.
    pub(crate) name: String,
    /// Its full name in WIT, such as `locket:gpio/digital@0.1.0`.
    pub(crate) full_name: String,
    pub(crate) docs: &'a Docs,
    pub(crate) types: Vec<(&'a str, TypeId)>,
    /// What the container may call.
    pub(crate) imports: Vec<&'a Function>,
    /// The core module of the imports.
    pub(crate) import_module: String,
    /// What the container offers.
    pub(crate) exports: Vec<&'a Function>,
    /// The interface that stands in the names of the exports; the world's own have none.
    pub(crate) export_interface: Option<String>,
}

impl Unit<'_> {
    /// The full name without its version.
    pub(crate) fn name_without_version(&self) -> &str {
        self.full_name.split_once('@').map_or(&self.full_name, |(name, _)| name)
    }
}

/// The namespaces of `world`, in the order in which it names them.
pub(crate) fn units(resolve: &Resolve, world: WorldId) -> Vec<Unit<'_>> {
    let items = &resolve.worlds[world];
    let mut own = Unit {
        id: UnitId::World,
        name: items.name.clone(),
        full_name: crate::wit::world_name(resolve, world),
        docs: &items.docs,
        types: Vec::new(),
        imports: Vec::new(),
        import_module: "$root".to_owned(),
        exports: Vec::new(),
        export_interface: None,
    };
    let mut units: Vec<Unit<'_>> = Vec::new();
    for (key, item) in &items.imports {
        match item {
            WorldItem::Interface { id, .. } => {
                let unit = interface(&mut units, resolve, key, *id);
                unit.import_module = resolve.name_world_key(key);
                unit.imports = resolve.interfaces[*id].functions.values().collect();
            }
            WorldItem::Function(function) => own.imports.push(function),
            WorldItem::Type { id, .. } => {
                if let WorldKey::Name(name) = key {
                    own.types.push((name, *id));
                }
            }
        }
    }
    for (key, item) in &items.exports {
        match item {
            WorldItem::Interface { id, .. } => {
                let unit = interface(&mut units, resolve, key, *id);
                unit.export_interface = Some(resolve.name_world_key(key));
                unit.exports = resolve.interfaces[*id].functions.values().collect();
            }
            WorldItem::Function(function) => own.exports.push(function),
            WorldItem::Type { .. } => {}
        }
    }
    if !(own.types.is_empty() && own.imports.is_empty() && own.exports.is_empty()) {
        units.push(own);
    }
    units
}

fn interface<'u, 'a>(
    units: &'u mut Vec<Unit<'a>>,
    resolve: &'a Resolve,
    key: &WorldKey,
    id: InterfaceId,
) -> &'u mut Unit<'a> {
    if let Some(at) = units.iter().position(|unit| unit.id == UnitId::Interface(id)) {
        return &mut units[at];
    }
    let interface = &resolve.interfaces[id];
    let full_name = resolve.name_world_key(key);
    units.push(Unit {
        id: UnitId::Interface(id),
        name: interface.name.clone().unwrap_or_else(|| full_name.clone()),
        full_name,
        docs: &interface.docs,
        types: interface.types.iter().map(|(name, id)| (name.as_str(), *id)).collect(),
        imports: Vec::new(),
        import_module: String::new(),
        exports: Vec::new(),
        export_interface: None,
    });
    let last = units.len() - 1;
    &mut units[last]
}

/// A name for each unit that no other has, made of as many parts of its full name as that takes: `digital`, else
/// `gpio-digital`, `locket-gpio-digital`, `locket-gpio-digital-0-1-0`.
pub(crate) fn unique_names(units: &[Unit<'_>]) -> BTreeMap<UnitId, String> {
    let candidates = |unit: &Unit<'_>| -> Vec<String> {
        let (path, version) = unit.full_name.split_once('@').unwrap_or((&unit.full_name, ""));
        let package = path.split_once('/').map_or("", |(package, _)| package);
        let (namespace, package) = package.split_once(':').unwrap_or(("", package));
        let version: String = version.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let name = unit.name.as_str();
        [vec![name], vec![package, name], vec![namespace, package, name], vec![namespace, package, name, &version]]
            .map(|parts| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-"))
            .to_vec()
    };
    let all: Vec<Vec<String>> = units.iter().map(candidates).collect();
    units
        .iter()
        .zip(&all)
        .map(|(unit, own)| {
            let others = all.iter().zip(units).filter(|(_, other)| other.id != unit.id);
            let alone = |level: &usize| others.clone().all(|(other, _)| other[*level] != own[*level]);
            let level = (0..own.len()).find(alone).unwrap_or(own.len() - 1);
            (unit.id, own[level].clone())
        })
        .collect()
}

/// The unit in which a named type is defined.
pub(crate) fn owner(resolve: &Resolve, id: TypeId) -> Option<UnitId> {
    match resolve.types[id].owner {
        TypeOwner::Interface(interface) => Some(UnitId::Interface(interface)),
        TypeOwner::World(_) => Some(UnitId::World),
        TypeOwner::None => None,
    }
}

/// The enum that `ty` is, by whatever name.
pub(crate) fn as_enum(resolve: &Resolve, ty: &Type) -> Option<TypeId> {
    let Type::Id(id) = ty else { return None };
    let id = dealias(resolve, *id);
    matches!(resolve.types[id].kind, TypeDefKind::Enum(_)).then_some(id)
}

/// The enums that some result has as its error. Languages make their own kind of errors of them.
pub(crate) fn error_enums(resolve: &Resolve) -> BTreeSet<TypeId> {
    let results = resolve.types.iter().filter_map(|(_, def)| match &def.kind {
        TypeDefKind::Result(result) => result.err.as_ref(),
        _ => None,
    });
    results.filter_map(|error| as_enum(resolve, error)).collect()
}

/// The resource that a function belongs to.
pub(crate) fn resource(function: &Function) -> Option<TypeId> {
    match function.kind {
        FunctionKind::Method(id) | FunctionKind::Static(id) | FunctionKind::Constructor(id) => Some(id),
        _ => None,
    }
}

/// Whether a value of this type has a list or string anywhere in it, which the kernel hands over through
/// `cabi_realloc`.
pub(crate) fn has_list(resolve: &Resolve, ty: &Type) -> bool {
    let Type::Id(id) = ty else { return matches!(ty, Type::String) };
    match &resolve.types[*id].kind {
        TypeDefKind::List(_) => true,
        TypeDefKind::Record(record) => record.fields.iter().any(|field| has_list(resolve, &field.ty)),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().any(|ty| has_list(resolve, ty)),
        TypeDefKind::Variant(variant) => {
            variant.cases.iter().filter_map(|case| case.ty.as_ref()).any(|ty| has_list(resolve, ty))
        }
        TypeDefKind::Option(ty) | TypeDefKind::Type(ty) => has_list(resolve, ty),
        TypeDefKind::Result(result) => [&result.ok, &result.err].into_iter().flatten().any(|ty| has_list(resolve, ty)),
        _ => false,
    }
}
