//! WIT types in Go: what they are called, and how they are defined.

use std::collections::{BTreeMap, BTreeSet};

use wit_bindgen_core::{
    dealias,
    wit_parser::{
        Enum, Flags, Function, Handle, Record, Resolve, Result_, SizeAlign, Tuple, Type, TypeDefKind, TypeId, Variant,
    },
};

use super::names;
use crate::idiom::{
    docs,
    plan::Direction,
    walk::{self, UnitId},
};

/// The types of a world, as one package of the bindings sees them, and what the function in the making is about.
pub(super) struct Types<'a> {
    pub(super) resolve: &'a Resolve,
    pub(super) sizes: &'a SizeAlign,
    /// Enums that are errors.
    pub(super) errors: &'a BTreeSet<TypeId>,
    /// The package's own namespace.
    pub(super) here: UnitId,
    /// What this package calls the others.
    pub(super) others: BTreeMap<UnitId, String>,
    /// Go functions of imported core functions, by their name in WIT.
    pub(super) imported: BTreeMap<String, String>,
    /// Which way the call in the making goes.
    pub(super) direction: Direction,
    /// The name of the result in the function in the making.
    pub(super) value: String,
}

impl Types<'_> {
    /// `name` of the package where `id` is defined.
    pub(super) fn qualified(&self, id: TypeId, name: &str) -> String {
        match walk::owner(self.resolve, id) {
            Some(unit) if unit != self.here => {
                format!("{}.{name}", self.others.get(&unit).map_or("", String::as_str))
            }
            _ => name.to_owned(),
        }
    }

    /// The type or function of the bindings that belongs to the type `id`: its name, with `before` and `after`.
    pub(super) fn beside(&self, id: TypeId, after: &str) -> String {
        let id = dealias(self.resolve, id);
        let name = self.resolve.types[id].name.as_deref().unwrap_or_default();
        self.qualified(id, &(names::exported(name) + after))
    }

    /// A type, where it is used.
    pub(super) fn name(&self, ty: &Type) -> String {
        match ty {
            Type::Bool => "bool".to_owned(),
            Type::U8 => "uint8".to_owned(),
            Type::S8 => "int8".to_owned(),
            Type::U16 => "uint16".to_owned(),
            Type::S16 => "int16".to_owned(),
            Type::U32 => "uint32".to_owned(),
            Type::S32 => "int32".to_owned(),
            Type::U64 => "uint64".to_owned(),
            Type::S64 => "int64".to_owned(),
            Type::F32 => "float32".to_owned(),
            Type::F64 => "float64".to_owned(),
            Type::Char => "rune".to_owned(),
            Type::String => "string".to_owned(),
            Type::ErrorContext => unreachable!("refused by `check`"),
            Type::Id(id) => {
                let def = &self.resolve.types[*id];
                match &def.name {
                    Some(name) => self.qualified(*id, &names::exported(name)),
                    None => self.structure(&def.kind),
                }
            }
        }
    }

    /// A type without a name.
    fn structure(&self, kind: &TypeDefKind) -> String {
        match kind {
            TypeDefKind::Option(ty) if self.is_handle(ty) => self.name(ty),
            TypeDefKind::Option(ty) => format!("*{}", self.name(ty)),
            TypeDefKind::List(Type::U8) => "[]byte".to_owned(),
            TypeDefKind::List(ty) => format!("[]{}", self.name(ty)),
            TypeDefKind::Tuple(tuple) => self.tuple(tuple),
            TypeDefKind::Result(result) => self.result(result),
            TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => format!("*{}", self.name(&Type::Id(*id))),
            TypeDefKind::Type(ty) => self.name(ty),
            other => unreachable!("{} without a name, or refused by `check`", other.as_str()),
        }
    }

    /// `wit.Tuple2` with its types, or another number.
    pub(super) fn tuple(&self, tuple: &Tuple) -> String {
        let types: Vec<String> = tuple.types.iter().map(|ty| self.name(ty)).collect();
        format!("wit.Tuple{}[{}]", types.len(), types.join(", "))
    }

    /// `wit.Result` with its types.
    pub(super) fn result(&self, result: &Result_) -> String {
        format!("wit.Result[{}]", self.result_types(result))
    }

    pub(super) fn result_types(&self, result: &Result_) -> String {
        let part = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "struct{}".to_owned(), |ty| self.name(ty));
        format!("{}, {}", part(&result.ok), part(&result.err))
    }

    /// Whether a type is a handle, which is nil where there is none.
    pub(super) fn is_handle(&self, ty: &Type) -> bool {
        let Type::Id(id) = ty else { return false };
        match &self.resolve.types[*id].kind {
            TypeDefKind::Handle(_) => true,
            TypeDefKind::Type(ty) => self.is_handle(ty),
            _ => false,
        }
    }

    /// The result that a function returns as a value and an error.
    pub(super) fn returned_result(&self, function: &Function) -> Option<&Result_> {
        let Some(Type::Id(id)) = function.result else { return None };
        match &self.resolve.types[id] {
            def if def.name.is_none() => match &def.kind {
                TypeDefKind::Result(result) => Some(result),
                _ => None,
            },
            _ => None,
        }
    }

    /// What a function returns; with the names of results, if it has `value` for the first one.
    pub(super) fn returned(&self, function: &Function, value: Option<&str>) -> String {
        match (self.returned_result(function), &function.result, value) {
            (Some(Result_ { ok: Some(ok), .. }), _, Some(value)) => format!(" ({value} {}, err error)", self.name(ok)),
            (Some(Result_ { ok: Some(ok), .. }), _, None) => format!(" ({}, error)", self.name(ok)),
            (Some(_), _, _) => " error".to_owned(),
            (None, Some(ty), _) => format!(" {}", self.name(ty)),
            (None, None, _) => String::new(),
        }
    }

    /// Whether a slice of this type has the bytes of the Canonical ABI's list.
    pub(super) fn is_canonical(&self, ty: &Type) -> bool {
        match ty {
            Type::Bool | Type::Char | Type::String | Type::ErrorContext => false,
            Type::Id(id) => match &self.resolve.types[*id].kind {
                TypeDefKind::Type(ty) => self.is_canonical(ty),
                _ => false,
            },
            _ => true,
        }
    }

    /// The definition of a type. `members` are functions of a resource.
    pub(super) fn define(&self, name: &str, id: TypeId, members: &str) -> String {
        let def = &self.resolve.types[id];
        let name = names::exported(name);
        let mut text = docs::lines("//", &def.docs);
        match &def.kind {
            TypeDefKind::Record(record) => self.record(&mut text, &name, record),
            TypeDefKind::Flags(flags) => define_flags(&mut text, &name, flags),
            TypeDefKind::Enum(enum_) => define_enum(&mut text, &name, enum_, self.errors.contains(&id)),
            TypeDefKind::Variant(variant) => self.variant(&mut text, &name, variant),
            TypeDefKind::Resource => {
                text += &format!("type {name} struct {{\nhandle int32\n}}\n\n{members}");
            }
            kind => text += &format!("type {name} = {}\n\n", self.structure(kind)),
        }
        text
    }

    fn record(&self, text: &mut String, name: &str, record: &Record) {
        let fields = record.fields.iter().map(|field| {
            docs::lines("//", &field.docs) + &format!("{} {}\n", names::exported(&field.name), self.name(&field.ty))
        });
        *text += &format!("type {name} struct {{\n{}}}\n\n", fields.collect::<Vec<_>>().join("\n"));
    }

    fn variant(&self, text: &mut String, name: &str, variant: &Variant) {
        *text += &format!("type {name} interface {{\nis{name}()\n}}\n\n");
        for case in &variant.cases {
            let called = name.to_owned() + &names::exported(&case.name);
            *text += &docs::lines("//", &case.docs);
            match &case.ty {
                Some(ty) => *text += &format!("type {called} struct {{\nValue {}\n}}\n\n", self.name(ty)),
                None => *text += &format!("type {called} struct{{}}\n\n"),
            }
            *text += &format!("func ({called}) is{name}() {{}}\n\n");
        }
    }
}

fn define_flags(text: &mut String, name: &str, flags: &Flags) {
    let bits = match flags.flags.len() {
        0..=8 => 8,
        9..=16 => 16,
        _ => 32,
    };
    *text += &format!("type {name} uint{bits}\n\n");
    let constants = flags.flags.iter().enumerate().map(|(at, flag)| {
        let value = if at == 0 { format!(" {name} = 1 << iota") } else { String::new() };
        docs::lines("//", &flag.docs) + &format!("{name}{}{value}\n", names::exported(&flag.name))
    });
    *text += &format!("const (\n{})\n\n", constants.collect::<String>());
}

fn define_enum(text: &mut String, name: &str, enum_: &Enum, error: bool) {
    let bits = match enum_.cases.len() {
        0..=256 => 8,
        257..=65536 => 16,
        _ => 32,
    };
    *text += &format!("type {name} uint{bits}\n\n");
    let constants = enum_.cases.iter().enumerate().map(|(at, case)| {
        let value = if at == 0 { format!(" {name} = iota") } else { String::new() };
        docs::lines("//", &case.docs) + &format!("{name}{}{value}\n", names::exported(&case.name))
    });
    *text += &format!("const (\n{})\n\n", constants.collect::<String>());
    let method = if error { "Error" } else { "String" };
    let cases = enum_
        .cases
        .iter()
        .map(|case| format!("case {name}{}:\nreturn \"{}\"\n", names::exported(&case.name), case.name));
    *text += &format!(
        "// {method} is what WIT calls it.\nfunc (value {name}) {method}() string {{\nswitch value {{\n{}}}\nreturn \"\"\n}}\n\n",
        cases.collect::<String>()
    );
}
