//! How each function of an interface is carried out: what is checked, what a provider gets to see, what it returns.
//!
//! Everything that the trait, the glue and the callers must agree on is decided here once.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use wit_parser::{
    Handle, InterfaceId, Param, Type, TypeDefKind, TypeId,
    abi::{AbiVariant, WasmType},
};

use super::{
    error::Reason,
    names::{self, joined, snake},
    types::Types,
};
use crate::model::{Authority, Function, FunctionKind, Interface, KERNEL_ERRORS};

/// One function, ready to be generated.
pub(super) struct Plan<'m> {
    pub(super) function: &'m Function,
    pub(super) wit: &'m wit_parser::Function,
    /// Its name in the trait and among the glue functions: `output_set`.
    pub(super) ident: Ident,
    pub(super) check: Check,
    /// The parameters in WIT's order, the receiver of a method among them.
    pub(super) parameters: Vec<Parameter>,
    pub(super) outcome: Outcome,
    /// The result is written while the provider's buffers live, because it holds a string or list.
    pub(super) replies: bool,
    /// The core type as WAMR spells it: `(iii)`.
    pub(super) signature: String,
    /// The parameters pass in memory, behind one pointer.
    pub(super) spilled: bool,
    /// The caller passes where the result goes.
    pub(super) returns_in_memory: bool,
}

/// What the kernel is asked before a provider runs.
pub(super) enum Check {
    /// The kernel itself makes the call: a granted object is opened.
    Open(TypeId),
    /// The receiver's capability, with these flags of `flags rights`.
    Object { rights: Vec<String> },
    /// The grant of the whole interface.
    Interface,
    /// Nothing but that the container may run.
    Free,
}

/// One parameter.
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) ident: Ident,
    pub(super) ty: Type,
    /// Bytes that its strings and lists may have.
    pub(super) limit: Option<u32>,
    pub(super) form: Form,
}

/// How a parameter reaches the provider.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// It became the `Access`.
    Receiver,
    /// As it was lifted.
    Plain,
    /// `List<u8>`, as `&[u8]`.
    Bytes,
    /// Through the reply, since it stands in memory of the guest, whose allocator the result needs.
    InReply,
    /// `borrow<pollable>`, as `WaitSource`.
    Pollable,
    /// `list<borrow<pollable>>`, as `&[WaitSource]`.
    Pollables,
}

/// What a function returns, as far as the kernel has a say in it.
pub(super) enum Outcome {
    Nothing,
    Value {
        /// The result is a pollable, of this type.
        pollable: Option<TypeId>,
    },
    /// `result<ok, error>` with the interface's `error`: a denial is one of its cases.
    Fallible {
        err: Type,
        /// The ok side is a pollable, of this type.
        pollable: Option<TypeId>,
    },
}

impl<'m> Plan<'m> {
    /// Plans the import side of `function`.
    pub(super) fn import(types: &Types<'m>, interface: &'m Interface, function: &'m Function) -> Result<Self, Reason> {
        let mut plan = Self::base(types, interface, function, AbiVariant::GuestImport)?;
        plan.check = match (&interface.authority, function.kind) {
            (Authority::Resources, FunctionKind::Open) => {
                Check::Open(plan.wit.kind.resource().ok_or(Reason::NoAuthority)?)
            }
            (Authority::Resources, _) if function.rights.is_empty() => return Err(Reason::NoAuthority),
            (Authority::Resources, _) => Check::Object { rights: function.rights.clone() },
            (Authority::Whole { .. }, _) => Check::Interface,
            (Authority::Free, _) => Check::Free,
            (Authority::Unstated, _) => return Err(Reason::NoAuthority),
        };
        plan.outcome = plan.import_outcome(types, interface);
        let result = plan.wit.result;
        plan.replies = !matches!(plan.check, Check::Open(_))
            && result.is_some_and(|ty| types.holds(&ty).bytes || types.calls_realloc(&ty));
        let granted = matches!(plan.check, Check::Object { .. } | Check::Open(_));
        for (index, parameter) in plan.parameters.iter_mut().enumerate() {
            let receiver = index == 0 && matches!(plan.check, Check::Object { .. });
            parameter.form =
                if receiver { Form::Receiver } else { import_form(types, parameter, plan.replies, granted)? };
        }
        Ok(plan)
    }

    /// Plans the host's call of a guest's `function`.
    pub(super) fn export(types: &Types<'m>, interface: &'m Interface, function: &'m Function) -> Result<Self, Reason> {
        let mut plan = Self::base(types, interface, function, AbiVariant::GuestExport)?;
        if function.resource.is_some() {
            return Err(Reason::ExportedResource);
        }
        plan.outcome = plan.wit.result.map_or(Outcome::Nothing, |_| Outcome::Value { pollable: None });
        plan.replies = plan.wit.result.is_some_and(|ty| types.calls_realloc(&ty));
        Ok(plan)
    }

    fn base(
        types: &Types<'m>,
        interface: &'m Interface,
        function: &'m Function,
        variant: AbiVariant,
    ) -> Result<Self, Reason> {
        let wit = &types.resolve.interfaces[interface.id].functions[&function.name];
        if wit.kind.is_async() {
            return Err(Reason::Function("async"));
        }
        if wit.kind.accessor().is_some() {
            return Err(Reason::Function("getter and setter"));
        }
        for ty in wit.parameter_and_result_types() {
            types.rust(&ty, interface.id, None)?;
        }
        let core = types.resolve.wasm_signature(variant, wit);
        let method = function.kind == FunctionKind::Method;
        let is_receiver =
            |parameter: &Param| method && wit.params.first().is_some_and(|first| std::ptr::eq(first, parameter));
        let parameter = |parameter: &Param| Parameter {
            name: parameter.name.clone(),
            // No other parameter is called `this`.
            ident: if is_receiver(parameter) { format_ident!("this") } else { names::parameter(&parameter.name) },
            ty: parameter.ty,
            limit: function.limit(&parameter.name),
            form: Form::Plain,
        };
        let ident = match &function.resource {
            Some(resource) => joined(&[resource, &function.item]),
            None => snake(&function.item),
        };
        Ok(Self {
            function,
            wit,
            ident,
            check: Check::Free,
            parameters: wit.params.iter().map(parameter).collect(),
            outcome: Outcome::Nothing,
            replies: false,
            signature: wamr_signature(&core.params, &core.results),
            spilled: core.indirect_params,
            returns_in_memory: core.retptr,
        })
    }

    fn import_outcome(&self, types: &Types<'m>, interface: &Interface) -> Outcome {
        let Some(ty) = self.wit.result else { return Outcome::Nothing };
        if !matches!(self.check, Check::Free)
            && let Some(TypeDefKind::Result(result)) = types.kind(&ty)
            && let Some(err) = result.err
            && is_kernel_error(types, interface.id, &err)
        {
            return Outcome::Fallible { err, pollable: result.ok.and_then(|ok| pollable(types, &ok)) };
        }
        Outcome::Value { pollable: pollable(types, &ty) }
    }

    /// Whether a wait may be part of the call.
    pub(super) fn waits(&self) -> bool {
        self.function.waits
    }

    /// The type that the result has for the ABI.
    pub(super) fn result_type(
        &self,
        types: &Types<'_>,
        from: InterfaceId,
        lifetime: Option<&TokenStream>,
    ) -> Result<TokenStream, Reason> {
        types.rust_or_unit(self.wit.result.as_ref(), from, lifetime)
    }

    /// The type that a provider returns for it.
    pub(super) fn provided_type(
        &self,
        types: &Types<'_>,
        from: InterfaceId,
        lifetime: Option<&TokenStream>,
    ) -> Result<TokenStream, Reason> {
        match &self.outcome {
            Outcome::Value { pollable: Some(_) } => Ok(quote!(kernel::WaitSource)),
            Outcome::Fallible { err, pollable: Some(_) } => {
                let err = types.rust(err, from, lifetime)?;
                Ok(quote!(::core::result::Result<kernel::WaitSource, #err>))
            }
            _ => self.result_type(types, from, lifetime),
        }
    }

    /// The name of the struct through which a reply is given.
    pub(super) fn reply_ident(&self) -> Ident {
        let mut name = self.function.path().replace('.', "-");
        name.push_str("-reply");
        names::camel(&name)
    }

    /// What the provider trait calls the access: after the resource, or `caller` if no object is behind it.
    pub(super) fn access_ident(&self) -> Ident {
        let resource = match (&self.check, &self.function.resource) {
            (Check::Object { .. }, Some(resource)) => names::parameter(resource),
            _ => return format_ident!("caller"),
        };
        let taken = self.parameters.iter().skip(1).any(|parameter| parameter.ident == resource);
        if taken { format_ident!("access") } else { resource }
    }
}

fn import_form(types: &Types<'_>, parameter: &Parameter, replies: bool, granted: bool) -> Result<Form, Reason> {
    let ty = &parameter.ty;
    if let Some(Handle::Borrow(resource)) = types.handle(ty)
        && types.is_pollable(resource)
    {
        return Ok(Form::Pollable);
    }
    if let Some(TypeDefKind::List(element)) = types.kind(ty)
        && let Some(Handle::Borrow(resource)) = types.handle(element)
        && types.is_pollable(resource)
    {
        return Ok(Form::Pollables);
    }
    if granted && types.holds(ty).handles {
        return Err(Reason::UncheckedHandle(parameter.name.clone()));
    }
    if !replies {
        return Ok(if types.is_byte_list(ty) { Form::Bytes } else { Form::Plain });
    }
    let holds = types.holds(ty);
    match (holds.bytes, holds.handles) {
        (true, false) => Ok(Form::InReply),
        (true, true) => Err(Reason::HandlesAndBytes(parameter.name.clone())),
        (false, _) => Ok(Form::Plain),
    }
}

/// The pollable that `ty` owns.
fn pollable(types: &Types<'_>, ty: &Type) -> Option<TypeId> {
    match types.handle(ty) {
        Some(Handle::Own(resource)) if types.is_pollable(resource) => Some(resource),
        _ => None,
    }
}

/// Whether `ty` is the `error` of `interface`, with the cases that the kernel answers with.
fn is_kernel_error(types: &Types<'_>, interface: InterfaceId, ty: &Type) -> bool {
    let own = types.resolve.interfaces[interface].types.get("error").copied();
    let Type::Id(id) = ty else { return false };
    own.map(|own| types.original(own)) == Some(types.original(*id)) && has_kernel_cases(types, *id)
}

/// Whether an enum has a case for each of the kernel's answers.
pub(super) fn has_kernel_cases(types: &Types<'_>, id: TypeId) -> bool {
    let TypeDefKind::Enum(cases) = &types.resolve.types[types.original(id)].kind else { return false };
    KERNEL_ERRORS.iter().all(|answer| cases.cases.iter().any(|case| case.name == *answer))
}

fn wamr_signature(params: &[WasmType], results: &[WasmType]) -> String {
    let letters = |types: &[WasmType]| types.iter().map(|ty| letter(*ty)).collect::<String>();
    format!("({}){}", letters(params), letters(results))
}

fn letter(ty: WasmType) -> char {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => 'i',
        WasmType::I64 | WasmType::PointerOrI64 => 'I',
        WasmType::F32 => 'f',
        WasmType::F64 => 'F',
    }
}
