//! Values with parts: cases, lists, and numbers that pass as other numbers.

use wit_bindgen_core::{
    abi::{Bitcast, WasmType},
    wit_parser::Type,
};

use super::{Arm, Cases, Direction, EachNames, Language, Owner, Plan};
use crate::idiom::names::mentions;

impl<L: Language> Plan<'_, L> {
    /// Assigns to new variables, one per core value, by the case that `value` is.
    pub(super) fn lower_cases(
        &mut self,
        cases: Cases<'_>,
        count: usize,
        value: &str,
        types: &[WasmType],
        results: &mut Vec<String>,
    ) {
        let blocks = self.take_blocks(count);
        let names: Vec<String> = types.iter().map(|_| self.variable("lowered")).collect();
        for (name, ty) in names.iter().zip(types) {
            let code = self.language.declare_core(name, *ty);
            self.write(&code);
        }
        let mut arms = Vec::new();
        for block in blocks {
            let mut code = block.code;
            for (name, value) in names.iter().zip(&block.results) {
                code.push_str(&self.language.assign(name, value));
            }
            let payload = block.payload.filter(|payload| mentions(&code, payload));
            arms.push(Arm { payload, code });
        }
        let code = self.language.match_cases(value, cases, &arms);
        self.write(&code);
        results.extend(names);
    }

    /// Runs the code of the blocks by the case that `value` is, for what they do.
    pub(super) fn visit_cases(&mut self, cases: Cases<'_>, count: usize, value: &str) {
        let arms: Vec<Arm> = self
            .take_blocks(count)
            .into_iter()
            .map(|block| Arm { payload: block.payload.filter(|name| mentions(&block.code, name)), code: block.code })
            .collect();
        let code = self.language.match_cases(value, cases, &arms);
        self.write(&code);
    }

    /// Assigns to a new variable by the number of the case.
    pub(super) fn lift_cases(&mut self, cases: Cases<'_>, ty: &Type, count: usize, tag: &str) -> String {
        let blocks = self.take_blocks(count);
        let name = self.variable("lifted");
        let declared = self.language.declare(&name, ty);
        self.write(&declared);
        let mut arms = Vec::new();
        for (at, block) in blocks.into_iter().enumerate() {
            let value = self.language.case(cases, at, block.results.first().map(String::as_str));
            arms.push(block.code + &self.language.assign(&name, &value));
        }
        let code = self.language.switch(tag, &arms);
        self.write(&code);
        name
    }

    pub(super) fn bitcast(&mut self, cast: &Bitcast, value: String) -> String {
        use WasmType::{F32, F64, I32, I64, Length, Pointer, PointerOrI64};
        let (from, to) = match cast {
            Bitcast::None => return value,
            Bitcast::Sequence(casts) => {
                let value = self.bitcast(&casts[0], value);
                return self.bitcast(&casts[1], value);
            }
            Bitcast::F32ToI32 => (F32, I32),
            Bitcast::F64ToI64 => (F64, I64),
            Bitcast::I32ToI64 => (I32, I64),
            Bitcast::F32ToI64 => {
                let bits = self.language.convert(F32, I32, &value);
                return self.language.convert(I32, I64, &bits);
            }
            Bitcast::I32ToF32 => (I32, F32),
            Bitcast::I64ToF64 => (I64, F64),
            Bitcast::I64ToI32 => (I64, I32),
            Bitcast::I64ToF32 => {
                let bits = self.language.convert(I64, I32, &value);
                return self.language.convert(I32, F32, &bits);
            }
            Bitcast::P64ToI64 => (PointerOrI64, I64),
            Bitcast::I64ToP64 => (I64, PointerOrI64),
            Bitcast::P64ToP => (PointerOrI64, Pointer),
            Bitcast::PToP64 => (Pointer, PointerOrI64),
            Bitcast::I32ToP => (I32, Pointer),
            Bitcast::PToI32 => (Pointer, I32),
            Bitcast::PToL => (Pointer, Length),
            Bitcast::LToP => (Length, Pointer),
            Bitcast::I32ToL => (I32, Length),
            Bitcast::LToI32 => (Length, I32),
            Bitcast::I64ToL => (I64, Length),
            Bitcast::LToI64 => (Length, I64),
        };
        self.language.convert(from, to, &value)
    }

    pub(super) fn lower_list(&mut self, element: &Type, owner: Owner, list: &str, results: &mut Vec<String>) {
        let block = self.take_blocks(1).pop().unwrap_or_default();
        let buffer = self.variable("buffer");
        let index = self.variable("index");
        let names = EachNames {
            list: &buffer,
            index: &index,
            element: block.element.as_deref().filter(|name| mentions(&block.code, name)),
            base: block.base.as_deref().filter(|name| mentions(&block.code, name)),
        };
        let code = self.language.lower_each(list, self.elements(element), names, owner, &block.code);
        self.write(&code);
        let length = self.language.list_length(list);
        results.extend([buffer, length]);
    }

    pub(super) fn lift_list(&mut self, element: &Type, pointer: &str, length: &str) -> String {
        let block = self.take_blocks(1).pop().unwrap_or_default();
        let pointer = self.bound("pointer", pointer);
        let length = self.bound("length", length);
        let list = self.variable("list");
        let index = self.variable("index");
        let value = block.results.first().map_or("", String::as_str);
        let used = |name: &str| mentions(&block.code, name) || mentions(value, name);
        let names = EachNames {
            list: &list,
            index: &index,
            element: None,
            base: block.base.as_deref().filter(|name| used(name)),
        };
        let owner = self.owner();
        let values = self.elements(element);
        let code = self.language.lift_each([&pointer, &length], values, names, owner, &block.code, value);
        self.write(&code);
        if self.direction == Direction::Import {
            let bytes = self.language.bytes(&length, values.size);
            let code = self.language.free(&pointer, &bytes);
            self.write(&code);
        }
        list
    }

    pub(super) fn free_list(&mut self, element: &Type, pointer: &str, length: &str) {
        let block = self.take_blocks(1).pop().unwrap_or_default();
        let size = self.sizes.size(element).size_wasm32();
        if let Some(base) = block.base.as_deref().filter(|name| mentions(&block.code, name)) {
            let index = self.variable("index");
            let list = self.variable("list");
            let names = EachNames { list: &list, index: &index, element: None, base: Some(base) };
            let code = self.language.visit_each([pointer, length], size, names, &block.code);
            self.write(&code);
        }
        let bytes = self.language.bytes(length, size);
        let code = self.language.free(pointer, &bytes);
        self.write(&code);
    }

    pub(super) fn lower_in_place(
        &mut self,
        element: Option<&Type>,
        copied: bool,
        value: &str,
        results: &mut Vec<String>,
    ) {
        let value = if copied {
            let name = self.variable("copy");
            let code = self.language.copy_list(&name, element, value);
            self.write(&code);
            name
        } else {
            value.to_owned()
        };
        results.extend(self.language.list_parts(element, &value));
    }
}
