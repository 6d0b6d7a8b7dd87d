//! WIT types in Zig: what they are called, and how they are defined.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use wit_bindgen_core::{
    dealias,
    wit_parser::{
        Enum, Flags, Function, Handle, Record, Resolve, Result_, SizeAlign, Type, TypeDefKind, TypeId, Variant,
    },
};

use super::names;
use crate::idiom::{
    docs,
    walk::{self, UnitId},
};

/// The types of a world, as one file of the bindings sees them.
pub(super) struct Types<'a> {
    pub(super) resolve: &'a Resolve,
    pub(super) sizes: &'a SizeAlign,
    /// Enums that are error sets.
    pub(super) errors: &'a BTreeSet<TypeId>,
    /// The file's own namespace.
    pub(super) here: UnitId,
    /// What this file calls the others.
    pub(super) others: BTreeMap<UnitId, String>,
}

/// What a WIT result is in Zig.
pub(super) enum ResultKind {
    /// An error union over the error set of an enum.
    ErrorSet,
    /// An error union with the one error `Failed`.
    Failed,
    /// The union `abi.Result`, because its error is a value.
    Union,
}

impl Types<'_> {
    pub(super) fn result_kind(&self, result: &Result_) -> ResultKind {
        match &result.err {
            None => ResultKind::Failed,
            Some(error) => walk::as_enum(self.resolve, error).map_or(ResultKind::Union, |_| ResultKind::ErrorSet),
        }
    }

    /// `name` of the namespace where `id` is defined.
    fn qualified(&self, id: TypeId, name: &str) -> String {
        match walk::owner(self.resolve, id) {
            Some(unit) if unit != self.here => {
                format!("{}.{name}", self.others.get(&unit).map_or("", String::as_str))
            }
            _ => name.to_owned(),
        }
    }

    /// A function beside the definition of the error set `id`, such as `liftError`.
    pub(super) fn beside(&self, verb: &str, id: TypeId) -> String {
        let id = dealias(self.resolve, id);
        let name = self.resolve.types[id].name.as_deref().unwrap_or_default();
        self.qualified(id, &format!("{verb}{}", names::type_(name)))
    }

    /// A type, where it is used.
    pub(super) fn name(&self, ty: &Type) -> String {
        match ty {
            Type::Bool => "bool".to_owned(),
            Type::U8 => "u8".to_owned(),
            Type::S8 => "i8".to_owned(),
            Type::U16 => "u16".to_owned(),
            Type::S16 => "i16".to_owned(),
            Type::U32 => "u32".to_owned(),
            Type::S32 => "i32".to_owned(),
            Type::U64 => "u64".to_owned(),
            Type::S64 => "i64".to_owned(),
            Type::F32 => "f32".to_owned(),
            Type::F64 => "f64".to_owned(),
            Type::Char => "u21".to_owned(),
            Type::String => "[]const u8".to_owned(),
            Type::ErrorContext => unreachable!("refused by `check`"),
            Type::Id(id) => {
                let def = &self.resolve.types[*id];
                match &def.name {
                    Some(name) => self.qualified(*id, &names::type_(name)),
                    None => self.structure(&def.kind),
                }
            }
        }
    }

    /// A type without a name.
    fn structure(&self, kind: &TypeDefKind) -> String {
        match kind {
            TypeDefKind::Option(ty) => format!("?{}", self.name(ty)),
            TypeDefKind::List(ty) => format!("[]const {}", self.name(ty)),
            TypeDefKind::Tuple(tuple) => {
                let types: Vec<String> = tuple.types.iter().map(|ty| self.name(ty)).collect();
                format!("struct {{ {} }}", types.join(", "))
            }
            TypeDefKind::Result(result) => self.result(result),
            TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => self.name(&Type::Id(*id)),
            TypeDefKind::Type(ty) => self.name(ty),
            other => unreachable!("{} without a name, or refused by `check`", other.as_str()),
        }
    }

    fn result(&self, result: &Result_) -> String {
        let ok = result.ok.as_ref().map_or_else(|| "void".to_owned(), |ty| self.name(ty));
        match (self.result_kind(result), &result.err) {
            (ResultKind::ErrorSet, Some(error)) => format!("{}!{ok}", self.name(error)),
            (ResultKind::Union, Some(error)) => format!("abi.Result({ok}, {})", self.name(error)),
            _ => format!("error{{Failed}}!{ok}"),
        }
    }

    /// What a function returns.
    pub(super) fn returned(&self, function: &Function) -> String {
        function.result.as_ref().map_or_else(|| "void".to_owned(), |ty| self.name(ty))
    }

    /// Whether a slice of this type has the bytes of the Canonical ABI's list: numbers, and handles, which are one
    /// number each.
    pub(super) fn is_canonical(&self, ty: &Type) -> bool {
        match ty {
            Type::Bool | Type::Char | Type::String | Type::ErrorContext => false,
            Type::Id(id) => match &self.resolve.types[*id].kind {
                TypeDefKind::Type(ty) => self.is_canonical(ty),
                TypeDefKind::Handle(_) => true,
                _ => false,
            },
            _ => true,
        }
    }

    /// The definition of a type. `members` are functions of a resource.
    pub(super) fn define(&self, name: &str, id: TypeId, members: &str) -> String {
        let def = &self.resolve.types[id];
        let name = names::type_(name);
        let mut text = docs::lines("///", &def.docs);
        match &def.kind {
            TypeDefKind::Record(record) => self.record(&mut text, &name, record),
            TypeDefKind::Flags(flags) => define_flags(&mut text, &name, flags),
            TypeDefKind::Enum(enum_) if self.errors.contains(&id) => define_error_set(&mut text, &name, enum_),
            TypeDefKind::Enum(enum_) => define_enum(&mut text, &name, enum_),
            TypeDefKind::Variant(variant) => self.variant(&mut text, &name, variant),
            TypeDefKind::Resource => {
                text += &format!(
                    "pub const {name} = extern struct {{\n/// The number of the handle in the container's table.\nhandle: i32,\n{members}}};\n\n"
                );
            }
            kind => text += &format!("pub const {name} = {};\n\n", self.structure(kind)),
        }
        text
    }

    fn record(&self, text: &mut String, name: &str, record: &Record) {
        *text += &format!("pub const {name} = struct {{\n");
        for field in &record.fields {
            *text += &docs::lines("///", &field.docs);
            *text += &format!("{}: {},\n", names::field(&field.name), self.name(&field.ty));
        }
        *text += "};\n\n";
    }

    fn variant(&self, text: &mut String, name: &str, variant: &Variant) {
        *text += &format!("pub const {name} = union(enum) {{\n");
        for case in &variant.cases {
            *text += &docs::lines("///", &case.docs);
            let payload = case.ty.as_ref().map_or_else(String::new, |ty| format!(": {}", self.name(ty)));
            *text += &format!("{}{payload},\n", names::field(&case.name));
        }
        *text += "};\n\n";
    }
}

/// Bits of the integer that holds flags in the Canonical ABI.
fn flag_bits(flags: &Flags) -> usize {
    match flags.flags.len() {
        0..=8 => 8,
        9..=16 => 16,
        _ => 32,
    }
}

fn define_flags(text: &mut String, name: &str, flags: &Flags) {
    let bits = flag_bits(flags);
    *text += &format!("pub const {name} = packed struct(u{bits}) {{\n");
    for flag in &flags.flags {
        *text += &docs::lines("///", &flag.docs);
        *text += &format!("{}: bool = false,\n", names::field(&flag.name));
    }
    if bits > flags.flags.len() {
        *text += &format!("_unused: u{} = 0,\n", bits - flags.flags.len());
    }
    *text += "};\n\n";
}

fn define_enum(text: &mut String, name: &str, enum_: &Enum) {
    let bits = match enum_.cases.len() {
        0..=256 => 8,
        257..=65536 => 16,
        _ => 32,
    };
    *text += &format!("pub const {name} = enum(u{bits}) {{\n");
    for case in &enum_.cases {
        *text += &docs::lines("///", &case.docs);
        *text += &format!("{},\n", names::field(&case.name));
    }
    *text += "};\n\n";
}

fn define_error_set(text: &mut String, name: &str, enum_: &Enum) {
    *text += &format!("pub const {name} = error{{\n");
    for case in &enum_.cases {
        *text += &docs::lines("///", &case.docs);
        *text += &format!("{},\n", names::type_(&case.name));
    }
    *text += "};\n\n";
    let mut lift = String::new();
    let mut lower = String::new();
    let last = enum_.cases.len().saturating_sub(1);
    for (at, case) in enum_.cases.iter().enumerate() {
        let case = names::type_(&case.name);
        let number = if at == last { "else".to_owned() } else { at.to_string() };
        // Writing to a string cannot fail.
        let _ = writeln!(lift, "{number} => error.{case},");
        let _ = writeln!(lower, "error.{case} => {at},");
    }
    *text += &format!(
        "/// For the bindings: the error with this number.\npub fn lift{name}(number: i32) {name} {{\nreturn switch (number) {{\n{lift}}};\n}}\n\n"
    );
    *text += &format!(
        "/// For the bindings: the number of this error.\npub fn lower{name}(reason: {name}) i32 {{\nreturn switch (reason) {{\n{lower}}};\n}}\n\n"
    );
}
