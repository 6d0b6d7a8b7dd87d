//! How a call lifts and lowers its values, for any language.
//!
//! `wit-bindgen-core` feeds a [`Plan`] the steps of the Canonical ABI, one [`Instruction`] at a time. The plan keeps
//! what every language needs alike: the order of steps, names of variables, blocks of variants and lists, who owns a
//! buffer. The [`Language`] only says how one step is written.
//!
//! Operands are expressions in the language. They have no side effects, so the plan may write one in several places; what
//! has an effect, or is only valid for a while, is first bound to a variable.

mod instruction;
mod language;
mod parts;

use wit_bindgen_core::{
    abi::{self, AbiVariant, LiftLower, WasmSignature},
    wit_parser::{ArchitectureSize, Function, Resolve, SizeAlign, Type, TypeId},
};

pub(crate) use language::{Arm, Cases, Direction, EachNames, Elements, Language, Owner, Scalar, Width};

use super::names::{Scope, mentions};

/// What a call of the guest needs to be told about a function.
pub(crate) struct Signature<'a> {
    pub(crate) function: &'a Function,
    /// Names of the parameters, or of the core parameters of an export.
    pub(crate) arguments: Vec<String>,
    /// Names in sight.
    pub(crate) scope: Scope,
}

/// The body of the function with which a guest calls `function`, which it imports.
pub(crate) fn import<L: Language>(
    resolve: &Resolve,
    sizes: &SizeAlign,
    language: &mut L,
    signature: Signature<'_>,
) -> String {
    let function = signature.function;
    let mut plan = Plan::new(resolve, sizes, language, Direction::Import, signature);
    abi::call(resolve, AbiVariant::GuestImport, LiftLower::LowerArgsLiftResults, function, &mut plan, false);
    plan.finish()
}

/// The body of the function with which the kernel calls the guest's `function`.
pub(crate) fn export<L: Language>(
    resolve: &Resolve,
    sizes: &SizeAlign,
    language: &mut L,
    signature: Signature<'_>,
) -> String {
    let function = signature.function;
    let mut plan = Plan::new(resolve, sizes, language, Direction::Export, signature);
    plan.free_parameters(function);
    abi::call(resolve, AbiVariant::GuestExport, LiftLower::LiftArgsLowerResults, function, &mut plan, false);
    plan.finish()
}

/// The body of the function with which the kernel gives back the result of the guest's `function`, if it has buffers.
pub(crate) fn post_return<L: Language>(
    resolve: &Resolve,
    sizes: &SizeAlign,
    language: &mut L,
    signature: Signature<'_>,
) -> Option<String> {
    let function = signature.function;
    abi::guest_export_needs_post_return(resolve, function).then(|| {
        let mut plan = Plan::new(resolve, sizes, language, Direction::Export, signature);
        abi::post_return(resolve, function, &mut plan);
        plan.finish()
    })
}

/// The signature of the core function.
pub(crate) fn core_signature(resolve: &Resolve, function: &Function, direction: Direction) -> WasmSignature {
    let variant = match direction {
        Direction::Import => AbiVariant::GuestImport,
        Direction::Export => AbiVariant::GuestExport,
    };
    resolve.wasm_signature(variant, function)
}

/// The variable in which every language keeps buffers of [`Owner::Call`].
pub(crate) const TEMPORARIES: &str = "temporaries";

/// Stands for a value that was already returned.
const RETURNED: &str = "<returned>";

/// A block that is being written, or was.
#[derive(Debug, Default)]
struct Block {
    code: String,
    results: Vec<String>,
    element: Option<String>,
    base: Option<String>,
    payload: Option<String>,
}

struct Plan<'a, L> {
    resolve: &'a Resolve,
    sizes: &'a SizeAlign,
    language: &'a mut L,
    direction: Direction,
    function: &'a Function,
    arguments: Vec<String>,
    scope: Scope,
    /// The block that is being written, innermost last. The first is the function's body.
    open: Vec<Block>,
    /// Blocks that were written and wait for the instruction that takes them.
    closed: Vec<Block>,
}

impl<'a, L: Language> Plan<'a, L> {
    fn new(
        resolve: &'a Resolve,
        sizes: &'a SizeAlign,
        language: &'a mut L,
        direction: Direction,
        signature: Signature<'a>,
    ) -> Self {
        Self {
            resolve,
            sizes,
            language,
            direction,
            function: signature.function,
            arguments: signature.arguments,
            scope: signature.scope,
            open: vec![Block::default()],
            closed: Vec::new(),
        }
    }

    fn finish(mut self) -> String {
        let body = self.open.pop().unwrap_or_default().code;
        if mentions(&body, TEMPORARIES) { self.language.prologue() + &body } else { body }
    }

    /// The guest's function only borrows its arguments: the lists in them are freed when the call is over.
    fn free_parameters(&mut self, function: &Function) {
        let indirect = core_signature(self.resolve, function, Direction::Export).indirect_params;
        let lists = abi::guest_export_params_have_allocations(self.resolve, function);
        if !indirect && !lists {
            return;
        }
        self.open.push(Block::default());
        if lists {
            let types: Vec<Type> = function.params.iter().map(|param| param.ty).collect();
            let arguments = self.arguments.clone();
            abi::deallocate_lists_in_types(self.resolve, &types, &arguments, indirect, self);
        }
        if indirect {
            let size = self.sizes.record(function.params.iter().map(|param| &param.ty)).size.size_wasm32();
            let free = self.language.free(&self.arguments[0].clone(), &size.to_string());
            self.write(&free);
        }
        let code = self.open.pop().unwrap_or_default().code;
        let deferred = self.language.defer(&code);
        self.write(&deferred);
    }

    fn write(&mut self, code: &str) {
        if let Some(block) = self.open.last_mut() {
            block.code.push_str(code);
        }
    }

    fn block(&mut self) -> &mut Block {
        if self.open.is_empty() {
            self.open.push(Block::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn variable(&mut self, wanted: &str) -> String {
        self.scope.variable(wanted)
    }

    fn bound(&mut self, wanted: &str, value: &str) -> String {
        let name = self.variable(wanted);
        let code = self.language.bind(&name, value);
        self.write(&code);
        name
    }

    fn take_blocks(&mut self, count: usize) -> Vec<Block> {
        self.closed.split_off(self.closed.len() - count)
    }

    fn owner(&self) -> Owner {
        match self.direction {
            Direction::Import => Owner::Receiver,
            Direction::Export => Owner::Call,
        }
    }

    fn elements<'t>(&self, element: &'t Type) -> Elements<'t> {
        Elements { element, size: self.sizes.size(element).size_wasm32() }
    }

    /// Whether a result that is lifted now is what the function returns.
    fn returns(&self, ty: TypeId) -> bool {
        self.direction == Direction::Import && self.open.len() == 1 && self.function.result == Some(Type::Id(ty))
    }

    fn load(&mut self, width: Width, address: &str, offset: ArchitectureSize) -> String {
        self.language.load(width, address, offset.size_wasm32())
    }

    fn store(&mut self, width: Width, operands: &[String], offset: ArchitectureSize) {
        let code = self.language.store(width, &operands[1], offset.size_wasm32(), &operands[0]);
        self.write(&code);
    }
}
