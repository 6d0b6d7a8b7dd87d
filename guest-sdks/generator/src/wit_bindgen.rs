//! Rust and C: `wit-bindgen`'s own generators, with the options of a small guest and the hand-written parts around them.

use wit_bindgen_core::{
    Files, WorldGenerator,
    wit_parser::{Resolve, WorldId},
};

use crate::{Error, Package, idiom};

/// The version of the `wit-bindgen` crates, whose runtime a Rust guest needs in the same version.
const VERSION: &str = "0.63.0";

/// The files that a generator makes of `world`, with their texts.
fn files(
    language: &'static str,
    generator: &mut dyn WorldGenerator,
    resolve: &Resolve,
    world: WorldId,
) -> Result<Vec<(String, String)>, Error> {
    let mut files = Files::default();
    let mut resolve = resolve.clone();
    generator.generate(&mut resolve, world, &mut files).map_err(|reason| Error::WitBindgen { language, reason })?;
    Ok(files.iter().map(|(path, bytes)| (path.to_owned(), String::from_utf8_lossy(bytes).into_owned())).collect())
}

/// A crate called `NAME-guest`.
pub(crate) fn rust(resolve: &Resolve, world: WorldId, name: &str) -> Result<Package, Error> {
    let container = idiom::is_container(&idiom::walk::units(resolve, world));
    let library = format!("{}_guest", name.replace('-', "_"));
    let mut generator = wit_bindgen_rust::Opts {
        format: true,
        generate_all: true,
        // The guest's crate exports, not this one.
        pub_export_macro: true,
        default_bindings_module: Some(format!("{library}::bindings")),
        // Rust has no constructors that `run` would have to call first.
        disable_run_ctors_once_workaround: true,
        // What is passed to the kernel is borrowed, as the hand-written parts expect, so that nothing is allocated for
        // it. Elsewhere it is not: wit-bindgen forgets the lifetime of an error that then borrows.
        ownership: if container {
            wit_bindgen_rust::Ownership::Borrowing { duplicate_if_necessary: true }
        } else {
            wit_bindgen_rust::Ownership::Owning
        },
        ..wit_bindgen_rust::Opts::default()
    }
    .build();
    let mut package = Package::default();
    for (_, text) in files("Rust", &mut generator, resolve, world)? {
        package.add("src/bindings.rs", text);
    }
    package.add("src/arena.rs", include_str!("../../rust/src/arena.rs").replace("\n#[cfg(test)]\nmod tests;\n", ""));
    if container {
        for (path, text) in [
            ("src/lib.rs", include_str!("../../rust/src/lib.rs")),
            ("src/channel.rs", include_str!("../../rust/src/channel.rs")),
            ("src/clock.rs", include_str!("../../rust/src/clock.rs")),
            ("src/entry.rs", include_str!("../../rust/src/entry.rs")),
            ("src/error.rs", include_str!("../../rust/src/error.rs")),
            ("src/kv.rs", include_str!("../../rust/src/kv.rs")),
            ("src/log.rs", include_str!("../../rust/src/log.rs")),
            ("src/panic.rs", include_str!("../../rust/src/panic.rs")),
            ("src/pin.rs", include_str!("../../rust/src/pin.rs")),
            ("src/records.rs", include_str!("../../rust/src/records.rs")),
            ("src/wait.rs", include_str!("../../rust/src/wait.rs")),
        ] {
            package.add(path, text);
        }
    } else {
        package.add("src/lib.rs", include_str!("../../rust/other-world.rs.in"));
    }
    let manifest = include_str!("../../rust/Cargo.toml.in");
    package.add("Cargo.toml", manifest.replace("@NAME@", name).replace("@WIT_BINDGEN@", VERSION));
    Ok(package)
}

/// What `wit-bindgen` adds for an object file with the world's type, which `locket build` makes unnecessary.
const TYPE_OBJECT: &str = "\n// Ensure that the *_component_type.o object is linked in\n";

/// Sources with a `CMake` package, called `NAME`.
pub(crate) fn c(resolve: &Resolve, world: WorldId, name: &str) -> Result<Package, Error> {
    let container = idiom::is_container(&idiom::walk::units(resolve, world));
    let prefix = name.replace('-', "_");
    let mut generator = wit_bindgen_c::Opts {
        no_object_file: true,
        rename_world: Some(name.to_owned()),
        ..wit_bindgen_c::Opts::default()
    }
    .build();
    let mut package = Package::default();
    for (path, text) in files("C", generator.as_mut(), resolve, world)? {
        package.add(path, text.split(TYPE_OBJECT).next().unwrap_or_default());
    }
    package.add("arena.c", include_str!("../../c/arena.c"));
    package.add("freestanding/stdlib.h", include_str!("../../c/freestanding/stdlib.h"));
    package.add("freestanding/string.h", include_str!("../../c/freestanding/string.h"));
    package.add("toolchain.cmake", include_str!("../../c/toolchain.cmake"));
    package.add(format!("{prefix}-config.cmake"), include_str!("../../c/config.cmake").replace("@NAME@", &prefix));
    if container {
        package.add("guest.h", include_str!("../../c/guest.h").replace("@NAME@", &prefix));
    }
    Ok(package)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_is_that_of_the_workspace() {
        let manifest = include_str!("../../../Cargo.toml");
        for package in ["c", "core", "rust"] {
            assert!(manifest.contains(&format!("wit-bindgen-{package} = \"={}\"", super::VERSION)));
        }
        assert!(include_str!("../../rust/Cargo.toml").contains(&format!("version = \"={}\"", super::VERSION)));
    }
}
