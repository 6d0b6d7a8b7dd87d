//! Callers: how the host calls what a guest exports.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, error::Reason, plan::Plan, types::Types};
use crate::model::Interface;

/// The longest tuple that `locket_abi` lowers; parameters of an export are one.
pub(super) const LONGEST_TUPLE: usize = 24;

/// The functions that call each export of `interface`.
pub(super) fn generate(types: &Types<'_>, interface: &Interface, plans: &[Plan<'_>]) -> Result<TokenStream, Reason> {
    let callers = plans.iter().map(|plan| caller(types, interface, plan)).collect::<Result<Vec<_>, _>>()?;
    Ok(quote!(#(#callers)*))
}

fn caller(types: &Types<'_>, interface: &Interface, plan: &Plan<'_>) -> Result<TokenStream, Reason> {
    let from = interface.id;
    let name = format_ident!("call_{}", format_ident!("{}", plan.ident.to_string().trim_start_matches("r#")));
    let called = format!("Calls the guest's `{}`.", plan.function.path());
    let called = if plan.replies { called + " `then` sees the result while the guest keeps it." } else { called };
    let docs = docs::attributes(Some(&docs::paragraphs(&[&plan.function.docs, &called])));
    let export = format!("{}#{}", interface.name, plan.function.name);
    let mut parameters = Vec::new();
    for parameter in &plan.parameters {
        let (ident, ty) = (&parameter.ident, types.rust(&parameter.ty, from, None)?);
        parameters.push(quote!(#ident: #ty));
    }
    let arguments = arguments(plan)?;
    let mut passed = plan.parameters.iter().map(|parameter| &parameter.ty).chain(&plan.wit.result);
    let handles = passed.any(|ty| types.holds(ty).handles);
    let guest =
        if handles { quote!(abi::Exports<Handles: abi::Handles<Rep = kernel::Rep>>) } else { quote!(abi::Exports) };
    if !plan.replies {
        let result = plan.result_type(types, from, None)?;
        return Ok(quote! {
            #docs
            pub fn #name<G: #guest>(guest: &mut G, #(#parameters),*) -> ::core::result::Result<#result, abi::Trap> {
                abi::export::call(guest, #export, &#arguments)
            }
        });
    }
    let owned = quote!('static);
    let (result, layout) = (plan.result_type(types, from, None)?, plan.result_type(types, from, Some(&owned))?);
    Ok(quote! {
        #docs
        pub fn #name<G: #guest, T>(
            guest: &mut G,
            #(#parameters,)*
            then: impl FnOnce(#result) -> T,
        ) -> ::core::result::Result<T, abi::Trap> {
            abi::export::call_with::<G, _, #layout, T>(guest, #export, &#arguments, |cx, flat| cx.result(flat).map(then))
        }
    })
}

/// The tuple of all arguments.
fn arguments(plan: &Plan<'_>) -> Result<TokenStream, Reason> {
    let names: Vec<_> = plan.parameters.iter().map(|parameter| &parameter.ident).collect();
    if names.len() > LONGEST_TUPLE {
        return Err(Reason::TooManyParameters(names.len()));
    }
    Ok(quote!((#(#names,)*)))
}
