//! The function behind each import: lift, check, act, lower. Straight-line, one per import.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use wit_parser::InterfaceId;

use super::{
    definitions::{at, used},
    error::Reason,
    names::{joined, shouting},
    plan::{Check, Form, Outcome, Parameter, Plan},
    provider::Names,
    types::Types,
};
use crate::model::{Interface, Resource};

/// Generates the glue of one interface.
pub(super) struct Glue<'t, 'm> {
    pub(super) types: &'t Types<'m>,
    pub(super) interface: &'t Interface,
    pub(super) names: Names,
}

impl Glue<'_, '_> {
    fn from(&self) -> InterfaceId {
        self.interface.id
    }

    /// The glue of a function.
    pub(super) fn function(&self, plan: &Plan<'_>) -> Result<TokenStream, Reason> {
        let name = &plan.ident;
        let lift = self.lift(plan)?;
        let body = match &plan.check {
            Check::Open(resource) => self.open(plan, *resource)?,
            _ if plan.replies => self.reply(plan)?,
            _ => self.direct(plan)?,
        };
        let args = used(&quote!(#lift #body), "args");
        Ok(quote! {
            fn #name<B: Host>(call: &mut kernel::Call<'_, B>, #args: &mut [u64]) -> ::core::result::Result<(), kernel::Stop> {
                let instance = call.instance;
                #lift
                #body
            }
        })
    }

    /// `[resource-drop]`.
    pub(super) fn drop(&self, resource: &Resource) -> TokenStream {
        let name = joined(&["resource-drop", &resource.name]);
        let marker = self.types.marker(resource.id, self.from());
        quote! {
            fn #name<B: Host>(call: &mut kernel::Call<'_, B>, args: &mut [u64]) -> ::core::result::Result<(), kernel::Stop> {
                let index = abi::Flat::new(args).next_u32()?;
                call.instance.drop_handle(<#marker as abi::Resource>::ID, index)
            }
        }
    }

    /// Statements that bind each parameter, and `area` where the result goes into memory.
    fn lift(&self, plan: &Plan<'_>) -> Result<TokenStream, Reason> {
        if plan.parameters.is_empty() {
            let area = plan.returns_in_memory.then(|| quote!(let area = abi::Flat::new(args).next_u32()?;));
            return Ok(quote!(#area));
        }
        // What is read through the reply is only checked here.
        let kept =
            plan.parameters.iter().filter(|parameter| !matches!(parameter.form, Form::InReply | Form::Pollables));
        let names: Vec<_> = kept.map(|parameter| &parameter.ident).collect();
        let offsets = self.types.offsets(plan.parameters.iter().map(|parameter| &parameter.ty));
        let mut limited = false;
        let mut steps = Vec::new();
        for (parameter, offset) in plan.parameters.iter().zip(offsets) {
            let ty = match parameter.form {
                Form::Pollable => quote!(kernel::WaitSource),
                _ => self.types.rust(&parameter.ty, self.from(), None)?,
            };
            // A limit holds for its own parameter; the next one without a limit gets the default again.
            if let Some(limit) = parameter.limit {
                let limit = Literal::u32_unsuffixed(limit);
                steps.push(quote!(cx.set_limit(#limit);));
            } else if limited && self.types.calls_realloc(&parameter.ty) {
                steps.push(quote!(cx.set_limit(abi::DEFAULT_LIMIT);));
            }
            limited = parameter.limit.is_some();
            let ident = match parameter.form {
                Form::InReply => format_ident!("_"),
                _ => parameter.ident.clone(),
            };
            steps.push(match (parameter.form, plan.spilled) {
                (Form::Pollables, true) => {
                    let place = at(offset);
                    quote!(cx.load_into(#place, &mut #ident)?;)
                }
                (Form::Pollables, false) => quote!(cx.lift_into(flat, &mut #ident)?;),
                (_, true) => {
                    let place = at(offset);
                    quote!(let #ident: #ty = abi::Lift::load(cx, #place)?;)
                }
                (_, false) => quote!(let #ident: #ty = abi::Lift::lift(cx, flat)?;),
            });
        }
        let lists = plan.parameters.iter().filter(|parameter| parameter.form == Form::Pollables).map(|parameter| {
            let ident = &parameter.ident;
            let max = Literal::usize_unsuffixed(super::types::MAX_HANDLES);
            quote!(let mut #ident = abi::heapless::Vec::<kernel::WaitSource, #max>::new();)
        });
        let spill = plan.spilled.then(|| {
            let (size, align) = self.types.layout(plan.parameters.iter().map(|parameter| &parameter.ty));
            let (size, align) = (Literal::u32_unsuffixed(size), Literal::u32_unsuffixed(align));
            quote! {
                let ptr = flat.next_u32()?;
                abi::check_alignment(ptr, #align)?;
                cx.memory().slice(ptr, #size)?;
            }
        });
        let area = plan.returns_in_memory.then(|| quote!(area,));
        let area_step = plan.returns_in_memory.then(|| quote!(let area = flat.next_u32()?;));
        let pattern = quote!((#(#names,)* #area));
        Ok(quote! {
            let mut lends = abi::Lends::new();
            #(#lists)*
            let #pattern = instance.lift(call.guest.memory(), &mut lends, |cx| {
                let flat = &mut abi::Flat::new(args);
                #spill
                #(#steps)*
                #area_step
                Ok(#pattern)
            })?;
        })
    }

    /// `open`: the kernel looks the label up.
    fn open(&self, plan: &Plan<'_>, resource: wit_parser::TypeId) -> Result<TokenStream, Reason> {
        let marker = self.types.marker(resource, self.from());
        let name = self.types.resolve.types[resource].name.as_deref().unwrap_or_default();
        let kind = shouting(name);
        let label = plan.parameters.first().map(|parameter| &parameter.ident);
        let result = plan.result_type(self.types, self.from(), None)?;
        Ok(quote! {
            let result: #result = match instance.open(&#kind, #label) {
                Ok(rep) => Ok(abi::Own::<#marker, kernel::Rep>::new(rep)),
                Err(denial) => Err(denial.into()),
            };
            instance.lower(call.guest, |cx| cx.store_result(&result, area))
        })
    }

    /// A result without strings and lists: the provider returns it.
    fn direct(&self, plan: &Plan<'_>) -> Result<TokenStream, Reason> {
        let arguments: Vec<_> = plan.parameters.iter().filter_map(argument).collect();
        let (name, provider) = (&plan.ident, self.provider());
        let binding = if matches!(plan.outcome, Outcome::Nothing) {
            quote!()
        } else {
            let result = plan.provided_type(self.types, self.from(), None)?;
            quote!(let result: #result =)
        };
        let act = match (&plan.check, plan.waits()) {
            (Check::Free, false) => quote! {
                let access = instance.enter_free();
                #binding #provider.#name(&access, #(#arguments),*);
                drop(access);
            },
            (_, false) => {
                let enter = enter(plan);
                let refused = refused(plan, |result| result);
                quote! {
                    #binding match #enter {
                        Ok(access) => #provider.#name(&access, #(#arguments),*),
                        #refused
                    };
                }
            }
            (_, true) => {
                let access = access(plan, |result| quote!(break #result));
                let pollables = pollables(plan);
                quote! {
                    #binding loop {
                        #access
                        match #provider.#name(&access, #(#arguments),*) {
                            kernel::Step::Done(result) => break result,
                            kernel::Step::Wait(wait) => {
                                // Not held while waiting: a revocation must not have to wait for it.
                                drop(access);
                                instance.wait(&wait)?;
                            }
                            kernel::Step::WaitForAny => {
                                drop(access);
                                instance.wait_for_any(#pollables, None)?;
                            }
                        }
                    };
                }
            }
        };
        let end = self.end_lends(plan);
        let convert = self.convert(plan);
        let lower = Self::lower(plan);
        Ok(quote!(#act #end #convert #lower))
    }

    /// A result with strings or lists: the provider sends it while its buffers live.
    fn reply(&self, plan: &Plan<'_>) -> Result<TokenStream, Reason> {
        let arguments: Vec<_> = plan.parameters.iter().filter_map(argument).collect();
        let (name, provider, reply) = (&plan.ident, self.provider(), plan.reply_ident());
        let end = self.end_lends(plan);
        let ty = plan.result_type(self.types, self.from(), None)?;
        let access = access(plan, |result| {
            quote!({
                let result: #ty = #result;
                #end
                return instance.lower(call.guest, |cx| cx.store_result(&result, area));
            })
        });
        let args = plan.parameters.iter().any(|parameter| parameter.form == Form::InReply).then(|| quote!(args,));
        let invoke = quote! {
            #provider.#name(&access, #(#arguments,)* #reply { instance, guest: &mut *call.guest, #args area })?
        };
        let act = if plan.waits() {
            let pollables = pollables(plan);
            quote! {
                loop {
                    #access
                    match #invoke {
                        kernel::Step::Done(Replied(())) => break,
                        kernel::Step::Wait(wait) => {
                            drop(access);
                            instance.wait(&wait)?;
                        }
                        kernel::Step::WaitForAny => {
                            drop(access);
                            instance.wait_for_any(#pollables, None)?;
                        }
                    }
                }
            }
        } else {
            quote!(#access let Replied(()) = #invoke;)
        };
        Ok(quote!(#act #end Ok(())))
    }

    fn provider(&self) -> TokenStream {
        let getter = &self.names.getter;
        quote!(Host::#getter(access.board()))
    }

    fn end_lends(&self, plan: &Plan<'_>) -> Option<TokenStream> {
        let borrows = plan.parameters.iter().any(|parameter| self.types.holds(&parameter.ty).handles);
        borrows.then(|| quote!(instance.end_lends(lends);))
    }

    /// The kernel's wait source becomes a handle.
    fn convert(&self, plan: &Plan<'_>) -> Option<TokenStream> {
        let marker = |resource| self.types.marker(resource, self.from());
        match plan.outcome {
            Outcome::Value { pollable: Some(resource) } => {
                let marker = marker(resource);
                Some(quote!(let result = abi::Own::<#marker, kernel::Rep>::new(result.into());))
            }
            Outcome::Fallible { pollable: Some(resource), .. } => {
                let marker = marker(resource);
                Some(quote!(let result = result.map(|source| abi::Own::<#marker, kernel::Rep>::new(source.into()));))
            }
            _ => None,
        }
    }

    fn lower(plan: &Plan<'_>) -> TokenStream {
        if matches!(plan.outcome, Outcome::Nothing) {
            return quote!(Ok(()));
        }
        if plan.returns_in_memory {
            return quote!(instance.lower(call.guest, |cx| cx.store_result(&result, area)));
        }
        quote!(instance.lower(call.guest, |cx| abi::Lower::lower(&result, cx, &mut abi::FlatMut::new(args))))
    }
}

/// The expression that asks the kernel; it yields a `Result<Access, Denial>`.
fn enter(plan: &Plan<'_>) -> TokenStream {
    if let (Check::Object { rights }, Some(receiver)) = (&plan.check, plan.parameters.first()) {
        let (ident, rights) = (&receiver.ident, rights.iter().map(|right| shouting(right)));
        quote!(instance.enter(&#ident.rep, #(rights::#rights)|*))
    } else {
        quote!(instance.enter_interface(&INTERFACE))
    }
}

/// The statement that binds `access`. `leave` makes the expression that ends the call with a given result.
fn access(plan: &Plan<'_>, leave: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
    if let Check::Free = plan.check {
        return quote!(let access = instance.enter_free(););
    }
    let (enter, refused) = (enter(plan), refused(plan, leave));
    quote! {
        let access = match #enter {
            Ok(access) => access,
            #refused
        };
    }
}

/// The match arms for a denial. `leave` makes the expression for a given result.
fn refused(plan: &Plan<'_>, leave: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
    match &plan.outcome {
        Outcome::Fallible { .. } => {
            let result = leave(quote!(Err(denial.into())));
            quote!(Err(denial) => #result,)
        }
        // A dropped log line is no reason to end a container; a missing answer is.
        Outcome::Nothing => {
            let nothing = leave(quote!(()));
            quote! {
                Err(kernel::Denial::QuotaExceeded) => #nothing,
                Err(_) => return Err(kernel::Stop::Revoked),
            }
        }
        Outcome::Value { .. } => quote!(Err(_) => return Err(kernel::Stop::Revoked),),
    }
}

/// The parameter as the provider gets it.
fn argument(parameter: &Parameter) -> Option<TokenStream> {
    let ident = &parameter.ident;
    match parameter.form {
        Form::Receiver | Form::InReply => None,
        Form::Bytes => Some(quote!(#ident.as_bytes())),
        Form::Pollables => Some(quote!(&#ident)),
        Form::Plain | Form::Pollable => Some(quote!(#ident)),
    }
}

/// The pollables that a call has as a parameter, as a slice.
fn pollables(plan: &Plan<'_>) -> TokenStream {
    match plan.parameters.iter().find(|parameter| matches!(parameter.form, Form::Pollable | Form::Pollables)) {
        Some(Parameter { ident, form: Form::Pollable, .. }) => quote!(::core::slice::from_ref(&#ident)),
        Some(Parameter { ident, .. }) => quote!(&#ident),
        None => quote!(&[]),
    }
}
