//! The trait that a provider of an interface implements, and the structs through which it replies.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use wit_parser::InterfaceId;

use super::{
    definitions::at,
    docs,
    error::Reason,
    names::{camel, snake},
    plan::{Check, Form, Outcome, Plan},
    types::Types,
};
use crate::model::Interface;

/// The names of what is generated for the providers of one interface.
pub(super) struct Names {
    /// The trait: `Digital`.
    pub(super) provider: Ident,
    /// Where a board says which provider it has: `digital`.
    pub(super) getter: Ident,
}

impl Names {
    pub(super) fn of(types: &Types<'_>, interface: &Interface) -> Self {
        let wit = &types.resolve.interfaces[interface.id];
        let name = wit.name.as_deref().unwrap_or_default();
        let taken = wit.types.keys().any(|ty| camel(ty) == camel(name));
        let provider = if taken { camel(&format!("{name}-provider")) } else { camel(name) };
        Self { provider, getter: snake(name) }
    }
}

/// The provider trait, the board's `Host` trait, and the reply structs.
pub(super) fn generate(types: &Types<'_>, interface: &Interface, plans: &[Plan<'_>]) -> Result<TokenStream, Reason> {
    let Names { provider, getter } = Names::of(types, interface);
    let provided: Vec<&Plan<'_>> = plans.iter().filter(|plan| !matches!(plan.check, Check::Open(_))).collect();
    let methods = provided.iter().map(|plan| method(types, interface.id, plan)).collect::<Result<Vec<_>, _>>()?;
    let replies = provided
        .iter()
        .filter(|plan| plan.replies)
        .map(|plan| reply(types, interface.id, plan))
        .collect::<Result<Vec<_>, _>>()?;
    let proof = (!replies.is_empty()).then(|| {
        quote! {
            /// The proof that a result was sent.
            #[derive(Debug, PartialEq, Eq)]
            pub struct Replied(());
        }
    });
    let provider_docs = format!(
        "What a provider of `{}` does. The kernel has checked grant, right and rate before each call.\nA provider acts on \
         the object of the `Access` that it is handed, and on nothing else.",
        interface.name
    );
    let provider_docs = docs::attributes(Some(&docs::paragraphs(&[&interface.docs, &provider_docs])));
    let host_docs = format!(" A board that offers `{}`.", interface.name);
    Ok(quote! {
        #provider_docs
        pub trait #provider<B: kernel::Platform> {
            #(#methods)*
        }

        #[doc = #host_docs]
        pub trait Host: kernel::Platform {
            /// Its provider.
            type #provider: #provider<Self>;

            /// Its provider.
            fn #getter(&self) -> &Self::#provider;
        }

        #proof
        #(#replies)*
    })
}

fn method(types: &Types<'_>, from: InterfaceId, plan: &Plan<'_>) -> Result<TokenStream, Reason> {
    let docs = docs::attributes(Some(&plan.function.docs));
    let name = &plan.ident;
    let access = plan.access_ident();
    let mut parameters = Vec::new();
    for parameter in &plan.parameters {
        let ident = &parameter.ident;
        let ty = match parameter.form {
            Form::Receiver | Form::InReply => continue,
            Form::Plain => types.rust(&parameter.ty, from, None)?,
            Form::Bytes => quote!(&[u8]),
            Form::Pollable => quote!(kernel::WaitSource),
            Form::Pollables => quote!(&[kernel::WaitSource]),
        };
        parameters.push(quote!(#ident: #ty));
    }
    if plan.replies {
        let reply = plan.reply_ident();
        let replied = if plan.waits() { quote!(kernel::Step<Replied>) } else { quote!(Replied) };
        return Ok(quote! {
            #docs
            fn #name(&self, #access: &kernel::Access<'_, B>, #(#parameters,)* reply: #reply<'_, B>) -> ::core::result::Result<#replied, kernel::Stop>;
        });
    }
    let result = plan.provided_type(types, from, None)?;
    let result = match (plan.waits(), &plan.outcome) {
        (true, _) => quote!(-> kernel::Step<#result>),
        (false, Outcome::Nothing) => quote!(),
        _ => quote!(-> #result),
    };
    Ok(quote! {
        #docs
        fn #name(&self, #access: &kernel::Access<'_, B>, #(#parameters),*) #result;
    })
}

fn reply(types: &Types<'_>, from: InterfaceId, plan: &Plan<'_>) -> Result<TokenStream, Reason> {
    let ident = plan.reply_ident();
    let result = plan.result_type(types, from, None)?;
    let arguments = arguments(types, from, plan)?;
    let docs = format!(
        " Takes the result of `{}` while the provider's buffers are there to copy it from.",
        plan.function.path()
    );
    let args = (!arguments.is_empty()).then(|| quote!(args: &'c [u64],));
    Ok(quote! {
        #[doc = #docs]
        #[must_use = "a call without a reply leaves the guest with no result"]
        pub struct #ident<'c, B: kernel::Platform> {
            instance: &'c kernel::Instance<'c, B>,
            guest: &'c mut dyn abi::Guest,
            #args
            area: u32,
        }

        impl<B: kernel::Platform> #ident<'_, B> {
            #(#arguments)*

            /// The guest, to place bytes in it before the result is sent; see [`abi::place_bytes`].
            pub fn guest(&mut self) -> &mut dyn abi::Guest {
                self.guest
            }

            /// Writes the result. The operation ends before, since the guest's allocator runs.
            pub fn send(self, result: &#result) -> ::core::result::Result<Replied, kernel::Stop> {
                self.instance.lower(self.guest, |cx| cx.store_result(result, self.area))?;
                Ok(Replied(()))
            }
        }
    })
}

/// A function for each parameter that is read through the reply. It was checked before the provider was called, and is
/// checked again each time, as the guest's allocator may have run in between.
fn arguments(types: &Types<'_>, from: InterfaceId, plan: &Plan<'_>) -> Result<Vec<TokenStream>, Reason> {
    let offsets = types.offsets(plan.parameters.iter().map(|parameter| &parameter.ty));
    let mut slot = 0;
    let mut functions = Vec::new();
    for (parameter, offset) in plan.parameters.iter().zip(offsets) {
        let before = Literal::usize_unsuffixed(slot);
        slot += types.flat(&parameter.ty);
        if parameter.form != Form::InReply {
            continue;
        }
        let (ident, ty) = (&parameter.ident, types.rust(&parameter.ty, from, None)?);
        let docs = format!(" The parameter `{}`, out of the guest's memory.", parameter.name);
        let limit = parameter.limit.map(Literal::u32_unsuffixed).map(|limit| quote!(cx.set_limit(#limit);));
        let lift = if plan.spilled {
            let place = at(offset);
            quote!(let ptr = flat.next_u32()?; Ok(abi::Lift::load(cx, #place)?))
        } else {
            let skip = (before.to_string() != "0").then(|| quote!(flat.take(#before)?;));
            quote!(#skip Ok(abi::Lift::lift(cx, flat)?))
        };
        functions.push(quote! {
            #[doc = #docs]
            pub fn #ident(&self) -> ::core::result::Result<#ty, kernel::Stop> {
                let (mut lends, mut handles) = (abi::Lends::new(), abi::NoHandles);
                let cx = &mut abi::Lifting::new(self.guest.memory(), &mut handles, &mut lends);
                let flat = &mut abi::Flat::new(self.args);
                #limit
                #lift
            }
        });
    }
    Ok(functions)
}
