//! From WIT texts to the world that bindings are made for.

use std::{collections::BTreeMap, path::Path};

use wit_bindgen_core::wit_parser::{Resolve, SourceMap, UnresolvedPackageGroup, WorldId};

use crate::Error;

/// The world of a container that needs no interface beyond Locket's.
pub const DEFAULT_WORLD: &str = "locket:worlds/container";

/// Resolves `files`, pairs of path and text: a folder is a package, as on disk.
///
/// A package that stands there twice with the same text counts once, because a `deps` folder often holds copies.
pub(crate) fn resolve(files: &[(String, String)]) -> Result<Resolve, Error> {
    let mut folders: BTreeMap<&Path, BTreeMap<&str, &str>> = BTreeMap::new();
    for (path, text) in files {
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        folders.entry(folder).or_default().insert(path, text);
    }
    let mut groups: Vec<UnresolvedPackageGroup> = Vec::new();
    let mut texts: Vec<Vec<&str>> = Vec::new();
    for files in folders.values() {
        let mut sources = SourceMap::new();
        for (path, text) in files {
            sources.push(Path::new(path), *text);
        }
        let group = sources.parse().map_err(|(sources, error)| Error::Wit(error.render(&sources)))?;
        let text: Vec<&str> = files.values().copied().collect();
        let copy = groups
            .iter()
            .zip(&texts)
            .any(|(known, known_text)| known.main.name == group.main.name && *known_text == text);
        if !copy {
            groups.push(group);
            texts.push(text);
        }
    }
    let mut groups = groups.into_iter();
    let first = groups.next().ok_or(Error::NoWit)?;
    let mut resolve = Resolve::new();
    resolve.push_groups(first, groups.collect()).map_err(|error| Error::Wit(error.render(&resolve.source_map)))?;
    Ok(resolve)
}

/// The world of this name: in full, without its version, or without its package.
pub(crate) fn world(resolve: &Resolve, wanted: &str) -> Result<WorldId, Error> {
    let without_version = |name: &str| name.split_once('@').map_or(name.to_owned(), |(name, _)| name.to_owned());
    let names: Vec<(WorldId, String)> = resolve.worlds.iter().map(|(id, _)| (id, world_name(resolve, id))).collect();
    let found = names
        .iter()
        .find(|(_, name)| name == wanted)
        .or_else(|| names.iter().find(|(_, name)| without_version(name) == wanted))
        .or_else(|| names.iter().find(|(id, _)| resolve.worlds[*id].name == wanted));
    found.map(|(id, _)| *id).ok_or_else(|| Error::UnknownWorld {
        world: wanted.to_owned(),
        known: names.into_iter().map(|(_, name)| name).collect(),
    })
}

/// `locket:worlds/container@0.1.0`
pub(crate) fn world_name(resolve: &Resolve, id: WorldId) -> String {
    let world = &resolve.worlds[id];
    world.package.map_or_else(|| world.name.clone(), |package| resolve.id_of_name(package, &world.name))
}

#[cfg(test)]
mod tests {
    use super::{resolve, world, world_name};
    use crate::Error;

    fn files(texts: &[(&str, &str)]) -> Vec<(String, String)> {
        texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_world_goes_by_its_full_name_or_a_part_of_it() {
        let text = "package acme:rocket@1.2.0; world rocket {} world pad {}";
        let resolve = resolve(&files(&[("rocket/rocket.wit", text)])).expect("the WIT is right");
        for name in ["rocket", "acme:rocket/rocket", "acme:rocket/rocket@1.2.0"] {
            let id = world(&resolve, name).expect("the world is there");
            assert_eq!(world_name(&resolve, id), "acme:rocket/rocket@1.2.0");
        }
        let error = world(&resolve, "racket").expect_err("there is no such world");
        assert_eq!(
            error.to_string(),
            "there is no world `racket`; the worlds are acme:rocket/pad@1.2.0, acme:rocket/rocket@1.2.0"
        );
    }

    #[test]
    fn packages_use_each_other_in_any_order_and_copies_count_once() {
        let base = "package acme:base; interface numbers { type count = u32; }";
        let user = "package acme:app; world app { use acme:base/numbers.{count}; export f: func() -> count; }";
        let given = files(&[("a/app.wit", user), ("a/deps/base/base.wit", base), ("b/base.wit", base)]);
        let resolve = resolve(&given).expect("the copy counts once");
        assert_eq!(resolve.packages.len(), 2);
    }

    #[test]
    fn errors_name_the_file() {
        let wrong = resolve(&files(&[("a/a.wit", "package a:b; interface c { d: func(e: f); }")]));
        let Err(Error::Wit(text)) = wrong else { panic!("`f` is not defined") };
        assert!(text.contains("a/a.wit:1:"), "{text}");
        assert!(matches!(resolve(&[]), Err(Error::NoWit)));
    }
}
