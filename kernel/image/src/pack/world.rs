//! Whether the module fits a world: it exports what the world asks for, as the Canonical ABI has it.

use std::borrow::Cow;

use wit_component::{ComponentEncoder, StringEncoding, metadata};
use wit_parser::{Resolve, WorldId};

use super::{PackError, Wit, encode, imports::Names, section, shape, suggest::closest, wit::without_version};

/// The world of a module that does not say.
const DEFAULT: &str = "locket:worlds/container";

/// Checks `module` against the world called `wanted`, else against its own, else against the default one. Returns the
/// world's full name.
pub(super) fn check(module: &[u8], wit: &Wit, wanted: Option<&str>, names: &Names) -> Result<String, PackError> {
    let own = own_world(module, wit)?;
    let ours = wit.resolve();
    let known = match (wanted, &own) {
        (Some(wanted), _) => Some(find(ours, wanted).ok_or_else(|| unknown(ours, wanted))?),
        (None, Some(own)) => find(ours, own),
        (None, None) => Some(find(ours, DEFAULT).ok_or_else(|| unknown(ours, DEFAULT))?),
    };
    let (name, typed) = if let Some(world) = known {
        let name = name(ours, world);
        let ty = metadata::encode(ours, world, StringEncoding::UTF8, None, false);
        let ty = ty.map_err(|error| world_error(&name, &error))?;
        let mut typed = encode::small(module, names, true)?;
        typed.extend_from_slice(&section("component-type", &ty));
        (name, Cow::Owned(typed))
    } else {
        (own.unwrap_or_else(|| DEFAULT.to_string()), Cow::Borrowed(module))
    };
    fits(&typed).map_err(|error| world_error(&name, &error))?;
    Ok(name)
}

/// The world that the module carries, if its bindings put one there. Its WIT must agree with ours where names do.
fn own_world(module: &[u8], wit: &Wit) -> Result<Option<String>, PackError> {
    let (stripped, own) =
        metadata::decode(module).map_err(|error| PackError::ComponentType { reason: chain(&error) })?;
    if stripped.is_none() {
        return Ok(None);
    }
    // Decoding merges all worlds into a nameless one and keeps them.
    let named = own.resolve.worlds.iter().find(|(id, _)| *id != own.world);
    let name = named.map(|(id, _)| name(&own.resolve, id));
    agree(&own.resolve, wit)?;
    Ok(name)
}

/// Makes sure that a component was built with interfaces that mean what Locket's of the same name do.
pub(super) fn check_component(component: &[u8], wit: &Wit) -> Result<(), PackError> {
    let decoded =
        wit_component::decode(component).map_err(|error| PackError::ComponentType { reason: chain(&error) })?;
    agree(decoded.resolve(), wit)
}

fn agree(theirs: &Resolve, wit: &Wit) -> Result<(), PackError> {
    for (id, interface) in &theirs.interfaces {
        let Some(name) = theirs.id_of(id) else { continue };
        let ours = wit.compatible(&name).and_then(|known| wit.id(known));
        let Some(ours) = ours.and_then(|id| wit.resolve().interfaces.get(id)) else { continue };
        if let Some(differ) = shape::difference((interface, theirs), (ours, wit.resolve())) {
            let (function, theirs, ours) = differ;
            return Err(PackError::OtherWit { interface: name, function, theirs, ours });
        }
    }
    Ok(())
}

/// Whether the module becomes a component of the world that it carries.
fn fits(module: &[u8]) -> Result<(), anyhow::Error> {
    ComponentEncoder::default().validate(true).module(module)?.encode().map(drop)
}

/// The world of this name: in full, without its version, or without its package.
fn find(resolve: &Resolve, wanted: &str) -> Option<WorldId> {
    let names = || resolve.worlds.iter().map(|(id, world)| (id, name(resolve, id), world));
    names()
        .find(|(_, full, _)| full == wanted)
        .or_else(|| names().find(|(_, full, _)| without_version(full) == wanted))
        .or_else(|| names().find(|(_, _, world)| world.name == wanted))
        .map(|(id, ..)| id)
}

fn name(resolve: &Resolve, id: WorldId) -> String {
    let Some(world) = resolve.worlds.get(id) else { return String::new() };
    world.package.map_or_else(|| world.name.clone(), |package| resolve.id_of_name(package, &world.name))
}

fn unknown(resolve: &Resolve, world: &str) -> PackError {
    let known: Vec<String> = resolve.worlds.iter().map(|(id, _)| name(resolve, id)).collect();
    let short = resolve.worlds.iter().map(|(_, world)| world.name.as_str());
    let candidates = known.iter().map(String::as_str).chain(short);
    let suggestion = closest(world, candidates).map(ToString::to_string);
    PackError::UnknownWorld { world: world.to_string(), suggestion, known }
}

fn world_error(world: &str, error: &anyhow::Error) -> PackError {
    // What stands before the last cause tells of wit-component's own steps.
    PackError::World { world: world.to_string(), reason: error.root_cause().to_string() }
}

/// An error and what led to it, in one line.
fn chain(error: &anyhow::Error) -> String {
    format!("{error:#}")
}
