//! What a world may not have, because the kernel does not pass it.
//!
//! One rule for all languages: a package that generates is one whose guests a container can run.

use wit_bindgen_core::wit_parser::{
    Function, FunctionKind, LiveTypes, Resolve, Type, TypeDefKind, TypeId, TypeOwner, WorldId, WorldItem, WorldKey,
};

use crate::Error;

/// Walks everything that `world` reaches.
pub(crate) fn world(resolve: &Resolve, world: WorldId) -> Result<(), Error> {
    let world_items = &resolve.worlds[world];
    for (key, item) in &world_items.imports {
        functions(resolve, key, item)?;
    }
    for (key, item) in &world_items.exports {
        functions(resolve, key, item)?;
        if let WorldItem::Interface { id, .. } = item {
            for (name, ty) in &resolve.interfaces[*id].types {
                if matches!(resolve.types[*ty].kind, TypeDefKind::Resource) {
                    let place = format!("{} {name}", resolve.name_world_key(key));
                    return Err(Error::Unsupported { place, what: "resources that a guest exports" });
                }
            }
        }
    }
    let mut live = LiveTypes::default();
    live.add_world(resolve, world);
    live.iter().try_for_each(|id| type_(resolve, id, "the world"))
}

fn functions(resolve: &Resolve, key: &WorldKey, item: &WorldItem) -> Result<(), Error> {
    let module = resolve.name_world_key(key);
    match item {
        WorldItem::Interface { id, .. } => {
            resolve.interfaces[*id].functions.values().try_for_each(|f| function(resolve, &module, f))
        }
        WorldItem::Function(f) => function(resolve, "the world's", f),
        WorldItem::Type { .. } => Ok(()),
    }
}

fn function(resolve: &Resolve, module: &str, function: &Function) -> Result<(), Error> {
    let place = format!("{module} {}", function.name);
    let what = match function.kind {
        FunctionKind::Freestanding
        | FunctionKind::Method(_)
        | FunctionKind::Static(_)
        | FunctionKind::Constructor(_) => {
            let mut live = LiveTypes::default();
            function.parameter_and_result_types().for_each(|ty| live.add_type(resolve, &ty));
            return live.iter().try_for_each(|id| type_(resolve, id, &place));
        }
        FunctionKind::AsyncFreestanding | FunctionKind::AsyncMethod(_) | FunctionKind::AsyncStatic(_) => {
            "async functions"
        }
        _ => "getters and setters",
    };
    Err(Error::Unsupported { place, what })
}

/// `user` is what has the type, if that has no name.
fn type_(resolve: &Resolve, id: TypeId, user: &str) -> Result<(), Error> {
    let def = &resolve.types[id];
    let what = match &def.kind {
        TypeDefKind::Map(..) => "maps",
        TypeDefKind::FixedLengthList(..) => "lists of fixed length",
        TypeDefKind::Future(_) => "futures",
        TypeDefKind::Stream(_) => "streams",
        TypeDefKind::Type(Type::ErrorContext) => "error contexts",
        _ => return Ok(()),
    };
    let owner = match def.owner {
        TypeOwner::Interface(interface) => resolve.id_of(interface).unwrap_or_default(),
        TypeOwner::World(world) => resolve.worlds[world].name.clone(),
        TypeOwner::None => String::new(),
    };
    let place = def.name.as_ref().map_or_else(|| user.to_owned(), |name| format!("{owner} {name}"));
    Err(Error::Unsupported { place, what })
}
