//! The plan, fed with the instructions of the Canonical ABI.

use wit_bindgen_core::{
    abi::{Bindgen, Instruction},
    wit_parser::{Alignment, ArchitectureSize, Resolve, SizeAlign, Type},
};

use super::{Block, Cases, Language, Owner, Plan, RETURNED, Scalar, Width};
use crate::idiom::walk;

impl<L: Language> Bindgen for Plan<'_, L> {
    type Operand = String;

    fn sizes(&self) -> &SizeAlign {
        self.sizes
    }

    fn is_list_canonical(&self, _: &Resolve, element: &Type) -> bool {
        self.language.is_list_canonical(element)
    }

    fn return_pointer(&mut self, size: ArchitectureSize, align: Alignment) -> String {
        let name = self.variable("area");
        let lists = self.function.result.as_ref().is_some_and(|ty| walk::has_list(self.resolve, ty));
        let (size, align) = (size.size_wasm32().max(1), align.align_wasm32());
        let bytes = self.variable("room");
        let code = self.language.area([&name, &bytes], size, align, self.direction, lists);
        self.write(&code);
        name
    }

    fn push_block(&mut self) {
        self.open.push(Block::default());
    }

    fn finish_block(&mut self, operands: &mut Vec<String>) {
        let mut block = self.open.pop().unwrap_or_default();
        block.results = std::mem::take(operands);
        self.closed.push(block);
    }

    #[expect(clippy::too_many_lines, reason = "one line per instruction of the Canonical ABI")]
    fn emit(&mut self, _: &Resolve, step: &Instruction<'_>, operands: &mut Vec<String>, results: &mut Vec<String>) {
        use Instruction as I;
        if let Some((scalar, to_core)) = scalar(step) {
            let value = &operands[0];
            let value = if to_core {
                self.language.lower_scalar(scalar, value)
            } else {
                self.language.lift_scalar(scalar, value)
            };
            results.push(value);
            return;
        }
        if let Some((width, offset)) = access(step) {
            if step.results_len() == 1 {
                results.push(self.load(width, &operands[0], offset));
            } else {
                self.store(width, operands, offset);
            }
            return;
        }
        match step {
            I::GetArg { nth } => results.push(self.arguments[*nth].clone()),
            I::I32Const { val } => results.push(self.language.constant(*val)),
            I::ConstZero { tys } => results.extend(tys.iter().map(|ty| self.language.zero(*ty))),
            I::Bitcasts { casts } => {
                results.extend(casts.iter().zip(operands.drain(..)).map(|(cast, value)| self.bitcast(cast, value)));
            }

            I::StringLower { realloc } => self.lower_in_place(None, realloc.is_some(), &operands[0], results),
            I::ListCanonLower { element, realloc } => {
                self.lower_in_place(Some(element), realloc.is_some(), &operands[0], results);
            }
            I::ListLower { element, realloc } => {
                let owner = if realloc.is_some() { Owner::Receiver } else { Owner::Call };
                self.lower_list(element, owner, &operands[0], results);
            }
            I::StringLift => results.push(self.language.list_from_parts(None, &operands[0], &operands[1])),
            I::ListCanonLift { element, .. } => {
                results.push(self.language.list_from_parts(Some(element), &operands[0], &operands[1]));
            }
            I::ListLift { element, .. } => results.push(self.lift_list(element, &operands[0], &operands[1])),
            I::IterElem { .. } => {
                let name = self.variable("element");
                results.push(self.block().element.insert(name).clone());
            }
            I::IterBasePointer => {
                let name = self.variable("base");
                results.push(self.block().base.insert(name).clone());
            }

            I::RecordLower { record, .. } => {
                results.extend((0..record.fields.len()).map(|at| self.language.field(record, at, &operands[0])));
            }
            I::RecordLift { record, ty, .. } => results.push(self.language.record(*ty, record, operands)),
            I::TupleLower { tuple, .. } => {
                results.extend((0..tuple.types.len()).map(|at| self.language.tuple_field(at, &operands[0])));
            }
            I::TupleLift { tuple, .. } => results.push(self.language.tuple(tuple, operands)),
            I::HandleLower { handle, .. } => results.push(self.language.handle_to_core(**handle, &operands[0])),
            I::HandleLift { handle, .. } => results.push(self.language.handle_from_core(**handle, &operands[0])),
            I::FlagsLower { .. } => results.push(self.language.flags_to_core(&operands[0])),
            I::FlagsLift { ty, .. } => results.push(self.language.flags_from_core(*ty, &operands[0])),
            I::EnumLower { ty, .. } => results.push(self.language.enum_to_core(*ty, &operands[0])),
            I::EnumLift { ty, enum_, .. } => results.push(self.language.enum_from_core(*ty, enum_, &operands[0])),

            I::VariantPayloadName => {
                let name = self.variable("payload");
                results.push(self.block().payload.insert(name).clone());
            }
            I::VariantLower { variant, ty, results: types, .. } => {
                let cases = Cases::Variant(variant, *ty);
                if types.is_empty() {
                    self.visit_cases(cases, variant.cases.len(), &operands[0]);
                } else {
                    self.lower_cases(cases, variant.cases.len(), &operands[0], types, results);
                }
            }
            I::OptionLower { payload, results: types, .. } => {
                if types.is_empty() {
                    self.visit_cases(Cases::Option(payload), 2, &operands[0]);
                } else {
                    self.lower_cases(Cases::Option(payload), 2, &operands[0], types, results);
                }
            }
            I::ResultLower { result, results: types, .. } => {
                if types.is_empty() {
                    self.visit_cases(Cases::Result(result), 2, &operands[0]);
                } else {
                    self.lower_cases(Cases::Result(result), 2, &operands[0], types, results);
                }
            }
            I::VariantLift { variant, ty, .. } => {
                let cases = Cases::Variant(variant, *ty);
                results.push(self.lift_cases(cases, &Type::Id(*ty), variant.cases.len(), &operands[0]));
            }
            I::OptionLift { payload, ty } => {
                results.push(self.lift_cases(Cases::Option(payload), &Type::Id(*ty), 2, &operands[0]));
            }
            I::ResultLift { result, ty } if self.returns(*ty) => {
                let blocks = self.take_blocks(2);
                let arm = |at: usize| (blocks[at].code.as_str(), blocks[at].results.first().map(String::as_str));
                let code = self.language.return_result(result, &operands[0], [arm(0), arm(1)]);
                self.write(&code);
                results.push(RETURNED.to_owned());
            }
            I::ResultLift { result, ty } => {
                results.push(self.lift_cases(Cases::Result(result), &Type::Id(*ty), 2, &operands[0]));
            }

            I::CallWasm { name, sig } => {
                let result = sig.results.first().map(|_| self.variable("result"));
                let code = self.language.call_import(name, operands, result.as_deref());
                self.write(&code);
                results.extend(result);
            }
            I::CallInterface { func, .. } => {
                let result = func.result.map(|_| self.variable("result"));
                let code = self.language.call_guest(func, operands, result.as_deref());
                self.write(&code);
                results.extend(result);
            }
            // What is flushed is returned next, before anything is freed that it is made of.
            I::Flush { .. } => results.append(operands),
            I::Return { amt, .. } => {
                if let Some(value) = operands.first().filter(|value| *amt > 0 && *value != RETURNED) {
                    let code = self.language.return_value(value);
                    self.write(&code);
                }
            }

            // Deferred with the lists of the parameters, see `free_parameters`.
            I::GuestDeallocate { .. } => {}
            I::GuestDeallocateString => {
                let code = self.language.free(&operands[0], &operands[1]);
                self.write(&code);
            }
            I::GuestDeallocateList { element } => self.free_list(element, &operands[0], &operands[1]),
            I::GuestDeallocateVariant { blocks } => {
                let arms: Vec<String> = self.take_blocks(*blocks).into_iter().map(|block| block.code).collect();
                let code = self.language.switch(&operands[0], &arms);
                self.write(&code);
            }
            // `check` has refused every world that would need them.
            other => unreachable!("{other:?} in a world that was checked"),
        }
    }
}

/// The scalar that an instruction converts, and whether to a core value.
fn scalar(step: &Instruction<'_>) -> Option<(Scalar, bool)> {
    use Instruction as I;
    Some(match step {
        I::I32FromBool => (Scalar::Bool, true),
        I::I32FromS8 => (Scalar::S8, true),
        I::I32FromU8 => (Scalar::U8, true),
        I::I32FromS16 => (Scalar::S16, true),
        I::I32FromU16 => (Scalar::U16, true),
        I::I32FromS32 => (Scalar::S32, true),
        I::I32FromU32 => (Scalar::U32, true),
        I::I64FromS64 => (Scalar::S64, true),
        I::I64FromU64 => (Scalar::U64, true),
        I::CoreF32FromF32 => (Scalar::F32, true),
        I::CoreF64FromF64 => (Scalar::F64, true),
        I::I32FromChar => (Scalar::Char, true),
        I::BoolFromI32 => (Scalar::Bool, false),
        I::S8FromI32 => (Scalar::S8, false),
        I::U8FromI32 => (Scalar::U8, false),
        I::S16FromI32 => (Scalar::S16, false),
        I::U16FromI32 => (Scalar::U16, false),
        I::S32FromI32 => (Scalar::S32, false),
        I::U32FromI32 => (Scalar::U32, false),
        I::S64FromI64 => (Scalar::S64, false),
        I::U64FromI64 => (Scalar::U64, false),
        I::F32FromCoreF32 => (Scalar::F32, false),
        I::F64FromCoreF64 => (Scalar::F64, false),
        I::CharFromI32 => (Scalar::Char, false),
        _ => return None,
    })
}

/// What an instruction reads or writes in memory.
fn access(step: &Instruction<'_>) -> Option<(Width, ArchitectureSize)> {
    use Instruction as I;
    Some(match step {
        I::I32Load8S { offset } => (Width::I8, *offset),
        I::I32Load8U { offset } | I::I32Store8 { offset } => (Width::U8, *offset),
        I::I32Load16S { offset } => (Width::I16, *offset),
        I::I32Load16U { offset } | I::I32Store16 { offset } => (Width::U16, *offset),
        I::I32Load { offset } | I::I32Store { offset } => (Width::I32, *offset),
        I::I64Load { offset } | I::I64Store { offset } => (Width::I64, *offset),
        I::F32Load { offset } | I::F32Store { offset } => (Width::F32, *offset),
        I::F64Load { offset } | I::F64Store { offset } => (Width::F64, *offset),
        I::PointerLoad { offset } | I::PointerStore { offset } => (Width::Pointer, *offset),
        I::LengthLoad { offset } | I::LengthStore { offset } => (Width::Length, *offset),
        _ => return None,
    })
}
