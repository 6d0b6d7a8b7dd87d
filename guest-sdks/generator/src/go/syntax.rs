//! The steps of a call in Go.

use wit_bindgen_core::{
    abi::WasmType,
    wit_parser::{Enum, Function, Handle, Record, Result_, Tuple, Type, TypeId},
};

use super::{names, types::Types};
use crate::idiom::{
    plan::{Arm, Cases, Direction, EachNames, Elements, Language, Owner, Scalar, Width},
    walk,
};

pub(super) fn core(ty: WasmType) -> &'static str {
    match ty {
        WasmType::I32 => "int32",
        WasmType::I64 | WasmType::PointerOrI64 => "int64",
        WasmType::F32 => "float32",
        WasmType::F64 => "float64",
        WasmType::Pointer => "unsafe.Pointer",
        WasmType::Length => "uint32",
    }
}

/// The type in memory, and the core type if that is another one.
fn memory(width: Width) -> (&'static str, Option<&'static str>) {
    match width {
        Width::I8 => ("int8", Some("int32")),
        Width::U8 => ("uint8", Some("int32")),
        Width::I16 => ("int16", Some("int32")),
        Width::U16 => ("uint16", Some("int32")),
        Width::I32 => ("int32", None),
        Width::I64 => ("int64", None),
        Width::F32 => ("float32", None),
        Width::F64 => ("float64", None),
        Width::Pointer | Width::Length => ("uint32", None),
    }
}

fn is_number(value: &str) -> bool {
    value.parse::<i64>().is_ok()
}

impl Types<'_> {
    /// The code of an arm, with its payload bound.
    fn arm(arm: &Arm, payload: &str) -> String {
        let bound = arm.payload.as_ref().map_or_else(String::new, |name| format!("{name} := {payload}\n"));
        bound + &arm.code
    }

    fn element(&self, element: Option<&Type>) -> String {
        element.map_or_else(|| "byte".to_owned(), |ty| self.name(ty))
    }

    /// Go's error for the error of a result.
    fn error(&self, result: &Result_, value: Option<&str>) -> String {
        match (&result.err, value) {
            (Some(ty), Some(value)) if walk::as_enum(self.resolve, ty).is_some() => value.to_owned(),
            (Some(ty), Some(value)) => format!("wit.Failure[{}]{{Value: {value}}}", self.name(ty)),
            _ => "wit.Failed{}".to_owned(),
        }
    }
}

impl Language for Types<'_> {
    fn bind(&mut self, name: &str, value: &str) -> String {
        format!("{name} := {value}\n")
    }

    fn declare_core(&mut self, name: &str, ty: WasmType) -> String {
        format!("var {name} {}\n", core(ty))
    }

    fn declare(&mut self, name: &str, ty: &Type) -> String {
        format!("var {name} {}\n", self.name(ty))
    }

    fn assign(&mut self, name: &str, value: &str) -> String {
        format!("{name} = {value}\n")
    }

    fn return_value(&mut self, value: &str) -> String {
        format!("return {value}\n")
    }

    fn return_result(&mut self, result: &Result_, tag: &str, arms: [(&str, Option<&str>); 2]) -> String {
        let [(ok_code, ok), (error_code, error)] = arms;
        let error = self.error(result, error);
        let (failed, done) = match ok {
            Some(ok) => (format!("return {}, {error}", self.value), format!("return {ok}, nil")),
            None => (format!("return {error}"), "return nil".to_owned()),
        };
        format!("if {tag} != 0 {{\n{error_code}{failed}\n}}\n{ok_code}{done}\n")
    }

    fn switch(&mut self, on: &str, arms: &[String]) -> String {
        let Some((last, others)) = arms.split_last() else { return String::new() };
        match others {
            _ if arms.iter().all(String::is_empty) => String::new(),
            [] => last.clone(),
            [first] if first.is_empty() => format!("if {on} != 0 {{\n{last}}}\n"),
            [first] if last.is_empty() => format!("if {on} == 0 {{\n{first}}}\n"),
            [first] => format!("if {on} == 0 {{\n{first}}} else {{\n{last}}}\n"),
            _ => {
                let others: String =
                    others.iter().enumerate().map(|(at, code)| format!("case {at}:\n{code}")).collect();
                format!("switch {on} {{\n{others}default:\n{last}}}\n")
            }
        }
    }

    fn match_cases(&mut self, value: &str, cases: Cases<'_>, arms: &[Arm]) -> String {
        match cases {
            Cases::Variant(variant, ty) => {
                let arms = variant.cases.iter().zip(arms).map(|(case, arm)| {
                    let called = self.beside(ty, &names::exported(&case.name));
                    format!("case {called}:\n{}", Self::arm(arm, &format!("{value}.({called}).Value")))
                });
                let arms: String = arms.collect();
                format!("switch {value}.(type) {{\n{arms}}}\n")
            }
            Cases::Option(payload) => {
                let some = if self.is_handle(payload) { value.to_owned() } else { format!("*{value}") };
                let [none, some] = [arms[0].code.clone(), Self::arm(&arms[1], &some)];
                format!("if {value} != nil {{\n{some}}} else {{\n{none}}}\n")
            }
            Cases::Result(_) => {
                let ok = Self::arm(&arms[0], &format!("{value}.Value"));
                let error = Self::arm(&arms[1], &format!("{value}.Failure"));
                format!("if !{value}.Failed {{\n{ok}}} else {{\n{error}}}\n")
            }
        }
    }

    fn store(&mut self, width: Width, base: &str, offset: usize, value: &str) -> String {
        match (width, self.direction) {
            (Width::Pointer, Direction::Import) => format!("temporaries.StorePointer({base}, {offset}, {value})\n"),
            (Width::Pointer, Direction::Export) => format!("abi.Store({base}, {offset}, abi.Address({value}))\n"),
            _ => {
                let (ty, core) = memory(width);
                if core.is_some() || is_number(value) {
                    format!("abi.Store({base}, {offset}, {ty}({value}))\n")
                } else {
                    format!("abi.Store({base}, {offset}, {value})\n")
                }
            }
        }
    }

    fn constant(&mut self, value: i32) -> String {
        value.to_string()
    }

    fn zero(&mut self, ty: WasmType) -> String {
        if ty == WasmType::Pointer { "nil".to_owned() } else { "0".to_owned() }
    }

    fn load(&mut self, width: Width, base: &str, offset: usize) -> String {
        let (ty, core) = memory(width);
        let value = format!("abi.Load[{ty}]({base}, {offset})");
        match (width, core) {
            (Width::Pointer, _) => format!("abi.Pointer({value})"),
            (_, Some(core)) => format!("{core}({value})"),
            (_, None) => value,
        }
    }

    fn convert(&mut self, from: WasmType, to: WasmType, value: &str) -> String {
        use WasmType::{F32, F64, I32, I64, Length, Pointer, PointerOrI64};
        match (from, to) {
            (F32, _) => format!("abi.Bits32({value})"),
            (F64, _) => format!("abi.Bits64({value})"),
            (_, F32) => format!("abi.Float32({value})"),
            (_, F64) => format!("abi.Float64({value})"),
            (Pointer, Length) => format!("abi.Address({value})"),
            (Pointer, I32) => format!("int32(abi.Address({value}))"),
            (Pointer, _) => format!("int64(abi.Address({value}))"),
            (_, Pointer) => format!("abi.Pointer(uint32({value}))"),
            (I32 | Length, I64 | PointerOrI64) => format!("int64(uint32({value}))"),
            _ if core(from) == core(to) => value.to_owned(),
            _ => format!("{}({value})", core(to)),
        }
    }

    fn lower_scalar(&mut self, scalar: Scalar, value: &str) -> String {
        match scalar {
            Scalar::Bool => format!("abi.Bool({value})"),
            Scalar::F32 | Scalar::F64 | Scalar::S32 | Scalar::S64 | Scalar::Char => value.to_owned(),
            Scalar::U64 => format!("int64({value})"),
            _ => format!("int32({value})"),
        }
    }

    fn lift_scalar(&mut self, scalar: Scalar, value: &str) -> String {
        let ty = match scalar {
            Scalar::F32 | Scalar::F64 | Scalar::S32 | Scalar::S64 | Scalar::Char => return value.to_owned(),
            Scalar::Bool => return format!("{value} != 0"),
            Scalar::S8 => "int8",
            Scalar::U8 => "uint8",
            Scalar::S16 => "int16",
            Scalar::U16 => "uint16",
            Scalar::U32 => "uint32",
            Scalar::U64 => "uint64",
        };
        format!("{ty}({value})")
    }

    fn field(&mut self, record: &Record, at: usize, value: &str) -> String {
        format!("{value}.{}", names::exported(&record.fields[at].name))
    }

    fn record(&mut self, ty: TypeId, record: &Record, fields: &[String]) -> String {
        let fields = record.fields.iter().zip(fields);
        let fields = fields.map(|(field, value)| format!("{}: {value}", names::exported(&field.name)));
        format!("{}{{{}}}", self.name(&Type::Id(ty)), fields.collect::<Vec<_>>().join(", "))
    }

    fn tuple_field(&mut self, at: usize, value: &str) -> String {
        format!("{value}.F{at}")
    }

    fn tuple(&mut self, tuple: &Tuple, fields: &[String]) -> String {
        let fields = fields.iter().enumerate().map(|(at, value)| format!("F{at}: {value}"));
        format!("{}{{{}}}", Types::tuple(self, tuple), fields.collect::<Vec<_>>().join(", "))
    }

    fn case(&mut self, cases: Cases<'_>, at: usize, payload: Option<&str>) -> String {
        match cases {
            Cases::Variant(variant, ty) => {
                let called = self.beside(ty, &names::exported(&variant.cases[at].name));
                payload.map_or_else(|| format!("{called}{{}}"), |payload| format!("{called}{{Value: {payload}}}"))
            }
            Cases::Option(ty) => match payload {
                None => "nil".to_owned(),
                Some(payload) if self.is_handle(ty) => payload.to_owned(),
                Some(payload) => format!("abi.Some({payload})"),
            },
            Cases::Result(result) => {
                let fields = match (at, payload) {
                    (0, Some(payload)) => format!("Value: {payload}"),
                    (0, None) => String::new(),
                    (_, Some(payload)) => format!("Failure: {payload}, Failed: true"),
                    (_, None) => "Failed: true".to_owned(),
                };
                format!("{}{{{fields}}}", self.result(result))
            }
        }
    }

    fn enum_to_core(&mut self, _: TypeId, value: &str) -> String {
        format!("int32({value})")
    }

    fn enum_from_core(&mut self, ty: TypeId, _: &Enum, value: &str) -> String {
        format!("{}({value})", self.name(&Type::Id(ty)))
    }

    fn flags_to_core(&mut self, value: &str) -> String {
        format!("int32({value})")
    }

    fn flags_from_core(&mut self, ty: TypeId, value: &str) -> String {
        format!("{}({value})", self.name(&Type::Id(ty)))
    }

    fn handle_to_core(&mut self, handle: Handle, value: &str) -> String {
        match handle {
            Handle::Own(_) => format!("{value}.TakeHandle()"),
            Handle::Borrow(_) => format!("{value}.Handle()"),
        }
    }

    fn handle_from_core(&mut self, handle: Handle, value: &str) -> String {
        let (Handle::Own(id) | Handle::Borrow(id)) = handle;
        format!("{}({value})", self.beside(id, "FromHandle"))
    }

    fn is_list_canonical(&self, element: &Type) -> bool {
        self.is_canonical(element)
    }

    fn list_parts(&mut self, element: Option<&Type>, value: &str) -> [String; 2] {
        let data = if element.is_some() { "SliceData" } else { "StringData" };
        [format!("unsafe.Pointer(unsafe.{data}({value}))"), format!("uint32(len({value}))")]
    }

    fn list_length(&mut self, value: &str) -> String {
        format!("uint32(len({value}))")
    }

    fn copy_list(&mut self, name: &str, element: Option<&Type>, value: &str) -> String {
        let copy = if element.is_some() { "CopySlice" } else { "CopyString" };
        format!("{name} := abi.{copy}({value})\n")
    }

    fn list_from_parts(&mut self, element: Option<&Type>, pointer: &str, length: &str) -> String {
        match element {
            Some(_) => format!("abi.TakeSlice[{}]({pointer}, {length})", self.element(element)),
            None => format!("abi.TakeString({pointer}, {length})"),
        }
    }

    fn lower_each(
        &mut self,
        list: &str,
        values: Elements<'_>,
        names: EachNames<'_>,
        owner: Owner,
        code: &str,
    ) -> String {
        let from = if owner == Owner::Call { "temporaries.Allocate" } else { "abi.Allocate" };
        let EachNames { list: buffer, index, .. } = names;
        let allocated = format!("{buffer} := {from}(uint32(len({list})) * {})\n", values.size);
        let Some(base) = names.base else { return allocated };
        let element = names.element.map_or_else(String::new, |element| format!(", {element}"));
        format!(
            "{allocated}for {index}{element} := range {list} {{\n{base} := unsafe.Add({buffer}, {index}*{})\n{code}}}\n",
            values.size
        )
    }

    fn lift_each(
        &mut self,
        parts: [&str; 2],
        values: Elements<'_>,
        names: EachNames<'_>,
        _: Owner,
        code: &str,
        value: &str,
    ) -> String {
        let [pointer, length] = parts;
        let EachNames { list, index, .. } = names;
        let base = names
            .base
            .map_or_else(String::new, |base| format!("{base} := unsafe.Add({pointer}, {index}*{})\n", values.size));
        format!(
            "{list} := make([]{}, {length})\nfor {index} := range {list} {{\n{base}{code}{list}[{index}] = {value}\n}}\n",
            self.name(values.element)
        )
    }

    fn visit_each(&mut self, parts: [&str; 2], size: usize, names: EachNames<'_>, code: &str) -> String {
        let [pointer, length] = parts;
        let EachNames { index, .. } = names;
        let base = names.base.unwrap_or_default();
        format!(
            "for {index} := 0; {index} < int({length}); {index}++ {{\n{base} := unsafe.Add({pointer}, {index}*{size})\n{code}}}\n"
        )
    }

    fn free(&mut self, pointer: &str, _: &str) -> String {
        format!("abi.Release({pointer})\n")
    }

    fn bytes(&mut self, length: &str, _: usize) -> String {
        length.to_owned()
    }

    fn area(&mut self, names: [&str; 2], size: usize, _: usize, direction: Direction, _: bool) -> String {
        let [name, room] = names;
        let words = size.div_ceil(8);
        match direction {
            Direction::Import => format!("var {room} [{words}]uint64\n{name} := unsafe.Pointer(&{room})\n"),
            Direction::Export => format!("{name} := abi.Area({words})\n"),
        }
    }

    fn call_import(&mut self, function: &str, arguments: &[String], result: Option<&str>) -> String {
        let called = self.imported.get(function).map_or("", String::as_str);
        let call = format!("{called}({})", arguments.join(", "));
        result.map_or_else(|| format!("{call}\n"), |name| format!("{name} := {call}\n"))
    }

    fn call_guest(&mut self, function: &Function, arguments: &[String], result: Option<&str>) -> String {
        let call = format!("exports.{}({})", names::exported(function.item_name()), arguments.join(", "));
        let call = match self.returned_result(function) {
            Some(result @ Result_ { ok: Some(_), .. }) => {
                format!("wit.ResultOf[{}]({call})", self.result_types(result))
            }
            Some(result) => format!("wit.ResultOf[{}](struct{{}}{{}}, {call})", self.result_types(result)),
            None => call,
        };
        result.map_or_else(|| format!("{call}\n"), |name| format!("{name} := {call}\n"))
    }

    fn prologue(&mut self) -> String {
        "var temporaries abi.Temporaries\ndefer temporaries.Free()\n".to_owned()
    }

    fn defer(&mut self, code: &str) -> String {
        format!("defer func() {{\n{code}}}()\n")
    }
}
