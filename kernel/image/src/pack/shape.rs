//! Whether two copies of one interface mean the same.
//!
//! Core types say little: an `enum` with another case in the middle keeps the core type of every function. So the
//! functions' types are written out in full, down to the names of cases and fields, and compared as text.

use wit_parser::{Function, Handle, Interface, Resolve, Type, TypeDefKind, TypeId};

/// The first function that both copies have, with different types: its name, its type in each.
pub(super) fn difference(
    (a, in_a): (&Interface, &Resolve),
    (b, in_b): (&Interface, &Resolve),
) -> Option<(String, String, String)> {
    a.functions.values().find_map(|function| {
        let shape_a = of_function(function, in_a);
        let shape_b = of_function(b.functions.get(&function.name)?, in_b);
        (shape_a != shape_b).then(|| (function.name.clone(), shape_a, shape_b))
    })
}

fn of_function(function: &Function, resolve: &Resolve) -> String {
    let params = list(function.params.iter().map(|param| of_type(&param.ty, resolve)));
    format!("func({params}){}", function.result.map_or_else(String::new, |ty| format!(" -> {}", of_type(&ty, resolve))))
}

fn of_type(ty: &Type, resolve: &Resolve) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Char => "char".to_owned(),
        Type::String => "string".to_owned(),
        Type::ErrorContext => "error-context".to_owned(),
        Type::Id(id) => of_definition(*id, resolve),
        // `U8` … `F64`
        number => format!("{number:?}").to_lowercase(),
    }
}

fn of_definition(id: TypeId, resolve: &Resolve) -> String {
    let Some(definition) = resolve.types.get(id) else { return String::new() };
    let optional = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "_".to_owned(), |ty| of_type(ty, resolve));
    match &definition.kind {
        TypeDefKind::Type(ty) => of_type(ty, resolve),
        TypeDefKind::Resource => definition.name.clone().unwrap_or_default(),
        TypeDefKind::Handle(Handle::Own(resource)) => format!("own<{}>", of_definition(*resource, resolve)),
        TypeDefKind::Handle(Handle::Borrow(resource)) => format!("borrow<{}>", of_definition(*resource, resolve)),
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter().map(|field| format!("{}: {}", field.name, of_type(&field.ty, resolve)));
            format!("record {{ {} }}", list(fields))
        }
        TypeDefKind::Flags(flags) => format!("flags {{ {} }}", list(flags.flags.iter().map(|flag| flag.name.clone()))),
        TypeDefKind::Enum(cases) => format!("enum {{ {} }}", list(cases.cases.iter().map(|case| case.name.clone()))),
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter().map(|case| format!("{}({})", case.name, optional(&case.ty)));
            format!("variant {{ {} }}", list(cases))
        }
        TypeDefKind::Tuple(tuple) => format!("tuple<{}>", list(tuple.types.iter().map(|ty| of_type(ty, resolve)))),
        TypeDefKind::Option(ty) => format!("option<{}>", of_type(ty, resolve)),
        TypeDefKind::Result(result) => format!("result<{}, {}>", optional(&result.ok), optional(&result.err)),
        TypeDefKind::List(ty) => format!("list<{}>", of_type(ty, resolve)),
        TypeDefKind::FixedLengthList(ty, len) => format!("list<{}, {len}>", of_type(ty, resolve)),
        TypeDefKind::Map(key, value) => format!("map<{}, {}>", of_type(key, resolve), of_type(value, resolve)),
        TypeDefKind::Future(ty) => format!("future<{}>", optional(ty)),
        TypeDefKind::Stream(ty) => format!("stream<{}>", optional(ty)),
        TypeDefKind::Unknown => "unknown".to_owned(),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}
