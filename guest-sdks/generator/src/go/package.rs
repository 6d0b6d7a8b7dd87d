//! What surrounds the bindings: the hand-written parts, and the files of a Go module.

use std::collections::{BTreeMap, BTreeSet};

use wit_bindgen_core::wit_parser::{Resolve, TypeDefKind};

use crate::{
    Package, idiom,
    idiom::walk::{Unit, UnitId},
};

/// The oldest Go that exports functions of a module.
const GO_VERSION: &str = "1.24";

/// Adds everything but the interfaces' packages.
pub(super) fn finish(
    package: &mut Package,
    resolve: &Resolve,
    module: &str,
    units: &[Unit<'_>],
    packages: &BTreeMap<UnitId, String>,
) {
    package.add("internal/abi/abi.go", include_str!("../../../go/internal/abi/abi.go"));
    package.add("internal/abi/realloc.go", include_str!("../../../go/internal/abi/realloc.go"));
    package.add("wit/wit.go", include_str!("../../../go/wit/wit.go"));
    let tuples = tuples(resolve);
    if !tuples.is_empty() {
        package.add("wit/tuples.go", format!("package wit\n{tuples}"));
    }
    package.add("go.mod", format!("module {module}\n\ngo {GO_VERSION}\n"));
    if idiom::is_container(units) {
        package.add("guest/guest.go", include_str!("../../../go/guest/guest.go").replace("@MODULE@", module));
        let channel = units.iter().find(|unit| unit.name_without_version() == "locket:ipc/channel");
        if let Some(channel) = channel.map(|unit| &packages[&unit.id]) {
            package.add(format!("{channel}/wait.go"), include_str!("../../../go/wait.go"));
        }
    }
}

/// A struct for each number of fields that a tuple of the world has.
fn tuples(resolve: &Resolve) -> String {
    let lengths: BTreeSet<usize> = resolve
        .types
        .iter()
        .filter_map(|(_, def)| match &def.kind {
            TypeDefKind::Tuple(tuple) => Some(tuple.types.len()),
            _ => None,
        })
        .collect();
    let structs = lengths.into_iter().map(|length| {
        let types: Vec<String> = (0..length).map(|at| format!("T{at}")).collect();
        let fields: Vec<String> = types.iter().enumerate().map(|(at, ty)| format!("\tF{at} {ty}\n")).collect();
        format!(
            "\n// Tuple{length} is a tuple of {length}.\ntype Tuple{length}[{} any] struct {{\n{}}}\n",
            types.join(", "),
            // gofmt aligns what stands together.
            fields.join("\n")
        )
    });
    structs.collect()
}
