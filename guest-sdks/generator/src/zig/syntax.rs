//! The steps of a call in Zig.

use wit_bindgen_core::{
    abi::WasmType,
    wit_parser::{Enum, Function, Handle, Record, Result_, Tuple, Type, TypeId},
};

use super::{
    names,
    types::{ResultKind, Types},
};
use crate::idiom::plan::{Arm, Cases, Direction, EachNames, Elements, Language, Owner, Scalar, Width};

pub(super) fn core(ty: WasmType) -> &'static str {
    match ty {
        WasmType::I32 => "i32",
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
        WasmType::Pointer | WasmType::Length => "usize",
    }
}

fn width(width: Width) -> &'static str {
    match width {
        Width::I8 => "i8",
        Width::U8 => "u8",
        Width::I16 => "i16",
        Width::U16 => "u16",
        Width::I32 => "i32",
        Width::I64 => "i64",
        Width::F32 => "f32",
        Width::F64 => "f64",
        Width::Pointer | Width::Length => "usize",
    }
}

fn address(base: &str, offset: usize) -> String {
    if offset == 0 { base.to_owned() } else { format!("{base} + {offset}") }
}

/// `code` in braces, as `zig fmt` has them.
fn block(code: &str) -> String {
    if code.is_empty() { "{}".to_owned() } else { format!("{{\n{code}}}") }
}

fn capture(payload: Option<&str>) -> &str {
    payload.unwrap_or("_")
}

impl Types<'_> {
    fn element(&self, element: Option<&Type>) -> String {
        element.map_or_else(|| "u8".to_owned(), |ty| self.name(ty))
    }

    fn bind_result(result: Option<&str>, call: &str) -> String {
        result.map_or_else(|| format!("{call};\n"), |name| format!("const {name} = {call};\n"))
    }
}

impl Language for Types<'_> {
    fn bind(&mut self, name: &str, value: &str) -> String {
        format!("const {name} = {value};\n")
    }

    fn declare_core(&mut self, name: &str, ty: WasmType) -> String {
        format!("var {name}: {} = undefined;\n", core(ty))
    }

    fn declare(&mut self, name: &str, ty: &Type) -> String {
        format!("var {name}: {} = undefined;\n", self.name(ty))
    }

    fn assign(&mut self, name: &str, value: &str) -> String {
        format!("{name} = {value};\n")
    }

    fn return_value(&mut self, value: &str) -> String {
        format!("return {value};\n")
    }

    fn return_result(&mut self, result: &Result_, tag: &str, arms: [(&str, Option<&str>); 2]) -> String {
        let [(ok_code, ok), (error_code, error)] = arms;
        let kind = self.result_kind(result);
        let union = matches!(kind, ResultKind::Union);
        let error = match kind {
            ResultKind::Failed => "error.Failed".to_owned(),
            ResultKind::ErrorSet => error.unwrap_or_default().to_owned(),
            ResultKind::Union => format!(".{{ .err = {} }}", error.unwrap_or("{}")),
        };
        let failed = if error_code.is_empty() {
            format!("if ({tag} != 0) return {error};\n")
        } else {
            format!("if ({tag} != 0) {{\n{error_code}return {error};\n}}\n")
        };
        let done = match ok {
            _ if union => format!("return .{{ .ok = {} }};\n", ok.unwrap_or("{}")),
            Some(ok) => format!("return {ok};\n"),
            None => String::new(),
        };
        format!("{failed}{ok_code}{done}")
    }

    fn switch(&mut self, on: &str, arms: &[String]) -> String {
        let Some((last, others)) = arms.split_last() else { return String::new() };
        match others {
            _ if arms.iter().all(String::is_empty) => String::new(),
            [] => last.clone(),
            [first] if first.is_empty() => format!("if ({on} != 0) {{\n{last}}}\n"),
            [first] if last.is_empty() => format!("if ({on} == 0) {{\n{first}}}\n"),
            [first] => format!("if ({on} == 0) {{\n{first}}} else {{\n{last}}}\n"),
            _ => {
                let others: String =
                    others.iter().enumerate().map(|(at, code)| format!("{at} => {},\n", block(code))).collect();
                format!("switch ({on}) {{\n{others}else => {},\n}}\n", block(last))
            }
        }
    }

    fn match_cases(&mut self, value: &str, cases: Cases<'_>, arms: &[Arm]) -> String {
        let arm = |name: &str, arm: &Arm| match &arm.payload {
            Some(payload) => format!(".{name} => |{payload}| {},\n", block(&arm.code)),
            None => format!(".{name} => {},\n", block(&arm.code)),
        };
        match cases {
            Cases::Variant(variant, _) => {
                let arms = variant.cases.iter().zip(arms).map(|(case, code)| arm(&names::field(&case.name), code));
                format!("switch ({value}) {{\n{}}}\n", arms.collect::<String>())
            }
            Cases::Option(_) => match &arms[1].payload {
                Some(payload) => {
                    format!("if ({value}) |{payload}| {} else {}\n", block(&arms[1].code), block(&arms[0].code))
                }
                None => format!("if ({value} != null) {} else {}\n", block(&arms[1].code), block(&arms[0].code)),
            },
            Cases::Result(result) => match self.result_kind(result) {
                ResultKind::Union => {
                    format!("switch ({value}) {{\n{}{}}}\n", arm("ok", &arms[0]), arm("err", &arms[1]))
                }
                ResultKind::ErrorSet | ResultKind::Failed => {
                    let [ok, error] = [capture(arms[0].payload.as_deref()), capture(arms[1].payload.as_deref())];
                    let [done, failed] = [block(&arms[0].code), block(&arms[1].code)];
                    format!("if ({value}) |{ok}| {done} else |{error}| {failed}\n")
                }
            },
        }
    }

    fn store(&mut self, wide: Width, base: &str, offset: usize, value: &str) -> String {
        format!("abi.store({}, {}, {value});\n", width(wide), address(base, offset))
    }

    fn constant(&mut self, value: i32) -> String {
        value.to_string()
    }

    fn zero(&mut self, _: WasmType) -> String {
        "0".to_owned()
    }

    fn load(&mut self, wide: Width, base: &str, offset: usize) -> String {
        format!("abi.load({}, {})", width(wide), address(base, offset))
    }

    fn convert(&mut self, from: WasmType, to: WasmType, value: &str) -> String {
        if core(from) == core(to) { value.to_owned() } else { format!("abi.convert({}, {value})", core(to)) }
    }

    fn lower_scalar(&mut self, scalar: Scalar, value: &str) -> String {
        match scalar {
            Scalar::F32 | Scalar::F64 | Scalar::S32 | Scalar::S64 => value.to_owned(),
            _ => format!("abi.lower({value})"),
        }
    }

    fn lift_scalar(&mut self, scalar: Scalar, value: &str) -> String {
        let ty = match scalar {
            Scalar::F32 | Scalar::F64 | Scalar::S32 | Scalar::S64 => return value.to_owned(),
            Scalar::Bool => return format!("({value} != 0)"),
            Scalar::S8 => "i8",
            Scalar::U8 => "u8",
            Scalar::S16 => "i16",
            Scalar::U16 => "u16",
            Scalar::U32 => "u32",
            Scalar::U64 => "u64",
            Scalar::Char => "u21",
        };
        format!("abi.lift({ty}, {value})")
    }

    fn field(&mut self, record: &Record, at: usize, value: &str) -> String {
        format!("{value}.{}", names::field(&record.fields[at].name))
    }

    fn record(&mut self, _: TypeId, record: &Record, fields: &[String]) -> String {
        let fields = record.fields.iter().zip(fields);
        let fields: Vec<String> =
            fields.map(|(field, value)| format!(".{} = {value}", names::field(&field.name))).collect();
        if fields.len() > 2 {
            format!(".{{\n{},\n}}", fields.join(",\n"))
        } else {
            format!(".{{ {} }}", fields.join(", "))
        }
    }

    fn tuple_field(&mut self, at: usize, value: &str) -> String {
        format!("{value}[{at}]")
    }

    fn tuple(&mut self, _: &Tuple, fields: &[String]) -> String {
        format!(".{{ {} }}", fields.join(", "))
    }

    fn case(&mut self, cases: Cases<'_>, at: usize, payload: Option<&str>) -> String {
        match cases {
            Cases::Variant(variant, _) => {
                let name = names::field(&variant.cases[at].name);
                payload.map_or_else(|| format!(".{name}"), |payload| format!(".{{ .{name} = {payload} }}"))
            }
            Cases::Option(_) => payload.unwrap_or("null").to_owned(),
            Cases::Result(result) => match (self.result_kind(result), at) {
                (ResultKind::Union, 0) => format!(".{{ .ok = {} }}", payload.unwrap_or("{}")),
                (ResultKind::Union, _) => format!(".{{ .err = {} }}", payload.unwrap_or("{}")),
                (_, 0) => payload.unwrap_or("{}").to_owned(),
                (_, _) => payload.unwrap_or("error.Failed").to_owned(),
            },
        }
    }

    fn enum_to_core(&mut self, ty: TypeId, value: &str) -> String {
        if self.errors.contains(&ty) {
            format!("{}({value})", self.beside("lower", ty))
        } else {
            format!("@backingInt({value})")
        }
    }

    fn enum_from_core(&mut self, ty: TypeId, _: &Enum, value: &str) -> String {
        if self.errors.contains(&ty) {
            format!("{}({value})", self.beside("lift", ty))
        } else {
            format!("@as({}, @fromBackingInt(@intCast({value})))", self.name(&Type::Id(ty)))
        }
    }

    fn flags_to_core(&mut self, value: &str) -> String {
        format!("abi.lowerFlags({value})")
    }

    fn flags_from_core(&mut self, ty: TypeId, value: &str) -> String {
        format!("abi.liftFlags({}, {value})", self.name(&Type::Id(ty)))
    }

    fn handle_to_core(&mut self, _: Handle, value: &str) -> String {
        format!("{value}.handle")
    }

    fn handle_from_core(&mut self, _: Handle, value: &str) -> String {
        format!(".{{ .handle = {value} }}")
    }

    fn is_list_canonical(&self, element: &Type) -> bool {
        self.is_canonical(element)
    }

    fn list_parts(&mut self, _: Option<&Type>, value: &str) -> [String; 2] {
        [format!("@intFromPtr({value}.ptr)"), format!("{value}.len")]
    }

    fn list_length(&mut self, value: &str) -> String {
        format!("{value}.len")
    }

    fn copy_list(&mut self, name: &str, element: Option<&Type>, value: &str) -> String {
        format!("const {name} = abi.copy({}, {value});\n", self.element(element))
    }

    fn list_from_parts(&mut self, element: Option<&Type>, pointer: &str, length: &str) -> String {
        format!("abi.slice({}, {pointer}, {length})", self.element(element))
    }

    fn lower_each(
        &mut self,
        list: &str,
        values: Elements<'_>,
        names: EachNames<'_>,
        owner: Owner,
        code: &str,
    ) -> String {
        let from = if owner == Owner::Call { "temporaries.allocate" } else { "abi.allocate" };
        let EachNames { list: buffer, index, .. } = names;
        let allocated = format!("const {buffer} = {from}({list}.len * {});\n", values.size);
        let element = names.element.unwrap_or("_");
        let each = match names.base {
            Some(base) => format!(
                "for ({list}, 0..) |{element}, {index}| {{\nconst {base} = {buffer} + {index} * {};\n{code}}}\n",
                values.size
            ),
            None => String::new(),
        };
        allocated + &each
    }

    fn lift_each(
        &mut self,
        parts: [&str; 2],
        values: Elements<'_>,
        names: EachNames<'_>,
        owner: Owner,
        code: &str,
        value: &str,
    ) -> String {
        let [pointer, length] = parts;
        let EachNames { list, index, .. } = names;
        let from = if owner == Owner::Call { "temporaries.allocateList" } else { "abi.allocateList" };
        let base = names
            .base
            .map_or_else(String::new, |base| format!("const {base} = {pointer} + {index} * {};\n", values.size));
        format!(
            "const {list} = {from}({}, {length});\nfor (0..{length}) |{index}| {{\n{base}{code}{list}[{index}] = {value};\n}}\n",
            self.name(values.element)
        )
    }

    fn visit_each(&mut self, parts: [&str; 2], size: usize, names: EachNames<'_>, code: &str) -> String {
        let [pointer, length] = parts;
        let EachNames { index, .. } = names;
        let base = names.base.unwrap_or_default();
        format!("for (0..{length}) |{index}| {{\nconst {base} = {pointer} + {index} * {size};\n{code}}}\n")
    }

    fn free(&mut self, pointer: &str, bytes: &str) -> String {
        format!("abi.release({pointer}, {bytes});\n")
    }

    fn bytes(&mut self, length: &str, size: usize) -> String {
        if size == 1 { length.to_owned() } else { format!("{length} * {size}") }
    }

    fn area(&mut self, names: [&str; 2], size: usize, align: usize, direction: Direction, lists: bool) -> String {
        let [name, bytes] = names;
        let realloc = if lists && direction == Direction::Import { "_ = abi.cabi_realloc;\n" } else { "" };
        match direction {
            Direction::Import => format!(
                "{realloc}var {bytes}: [{size}]u8 align({align}) = undefined;\nconst {name} = @intFromPtr(&{bytes});\n"
            ),
            Direction::Export => format!(
                "{realloc}const {bytes} = &struct {{\nvar bytes: [{size}]u8 align({align}) = undefined;\n}}.bytes;\nconst {name} = @intFromPtr({bytes});\n"
            ),
        }
    }

    fn call_import(&mut self, function: &str, arguments: &[String], result: Option<&str>) -> String {
        Self::bind_result(result, &format!("imported.{}({})", names::raw(function), arguments.join(", ")))
    }

    fn call_guest(&mut self, function: &Function, arguments: &[String], result: Option<&str>) -> String {
        let call = format!("Implementation.{}({})", names::function(function.item_name()), arguments.join(", "));
        match (result, &function.result) {
            (Some(name), Some(ty)) => format!("const {name}: {} = {call};\n", self.name(ty)),
            _ => format!("{call};\n"),
        }
    }

    fn prologue(&mut self) -> String {
        "var temporaries: abi.Temporaries = .{};\ndefer temporaries.free();\n".to_owned()
    }

    fn defer(&mut self, code: &str) -> String {
        format!("defer {{\n{code}}}\n")
    }
}
