//! What the kernel is told of an interface: its constants and the table of its imports.

use std::ffi::CString;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{
    names::{camel, joined, shouting},
    plan::{Check, Outcome, Plan},
};
use crate::model::{Authority, Interface, KERNEL_ERRORS, Resource};

/// `INTERFACE`, `rights`, one constant per kind, and `From<Denial>` of the error.
pub(super) fn constants(interface: &Interface, plans: &[Plan<'_>]) -> TokenStream {
    let name = &interface.name;
    let granted_as = option(match &interface.authority {
        Authority::Whole { granted_as } => Some(granted_as),
        _ => None,
    });
    let right_names = interface.rights.iter().map(|right| &right.name);
    let docs = format!(" What the kernel knows of `{name}`.");
    let kinds = interface.resources.iter().filter_map(kind);
    let rights = (!interface.rights.is_empty()).then(|| rights(interface));
    let denial = plans.iter().any(|plan| matches!(plan.outcome, Outcome::Fallible { .. })).then(from_denial);
    quote! {
        #[doc = #docs]
        pub static INTERFACE: kernel::Interface =
            kernel::Interface { name: #name, granted_as: #granted_as, rights: &[#(#right_names),*] };
        #rights
        #(#kinds)*
        #denial
    }
}

fn rights(interface: &Interface) -> TokenStream {
    let constants = interface.rights.iter().enumerate().map(|(bit, right)| {
        let name = shouting(&right.name);
        let docs = super::docs::attributes(Some(&right.docs));
        let bit = Literal::usize_unsuffixed(bit);
        quote!(#docs pub const #name: ::locket_kernel::Rights = ::locket_kernel::Rights::flag(#bit);)
    });
    quote! {
        /// The rights of this interface's objects.
        pub mod rights {
            #(#constants)*
        }
    }
}

fn kind(resource: &Resource) -> Option<TokenStream> {
    let granted_as = resource.granted_as.as_ref()?;
    let (name, constant, marker) = (&resource.name, shouting(&resource.name), camel(&resource.name));
    let docs = format!(" The kind of object that a policy grants as `{granted_as}`.");
    Some(quote! {
        #[doc = #docs]
        pub static #constant: kernel::Kind = kernel::Kind {
            interface: &INTERFACE,
            resource: #name,
            granted_as: #granted_as,
            id: <#marker as abi::Resource>::ID,
        };
    })
}

/// The kernel's denials in the interface's own words; the model made sure that it has them.
fn from_denial() -> TokenStream {
    let cases = KERNEL_ERRORS.map(camel);
    quote! {
        impl ::core::convert::From<kernel::Denial> for Error {
            fn from(denial: kernel::Denial) -> Self {
                match denial {
                    #(kernel::Denial::#cases => Self::#cases,)*
                }
            }
        }
    }
}

/// `Imports::TABLE`.
pub(super) fn imports(interface: &Interface, plans: &[Plan<'_>]) -> TokenStream {
    let module = c_string(&interface.name);
    let functions = plans.iter().map(|plan| {
        let granted_as = grant_word(interface, plan);
        entry(&module, &granted_as, &plan.function.name, &plan.signature, &plan.ident)
    });
    let drops = interface.resources.iter().map(|resource| {
        let granted_as = option(resource.granted_as.as_deref());
        let ident = joined(&["resource-drop", &resource.name]);
        entry(&module, &granted_as, &format!("[resource-drop]{}", resource.name), "(i)", &ident)
    });
    let entries = functions.chain(drops);
    let docs = format!(" What a guest can import of `{}`, for a board `B` that offers it.", interface.name);
    quote! {
        #[doc = #docs]
        #[derive(Debug)]
        pub struct Imports<B>(::core::marker::PhantomData<fn() -> B>);

        impl<B: Host> Imports<B> {
            /// Every function, and the drop of every resource.
            pub const TABLE: &'static [kernel::Import<B>] = &[#(#entries),*];
        }
    }
}

fn entry(
    module: &Literal,
    granted_as: &TokenStream,
    field: &str,
    signature: &str,
    glue: &proc_macro2::Ident,
) -> TokenStream {
    let (field, signature) = (c_string(field), c_string(signature));
    quote! {
        kernel::Import {
            interface: &INTERFACE,
            granted_as: #granted_as,
            module: #module,
            field: #field,
            signature: #signature,
            call: #glue::<B>,
        }
    }
}

fn grant_word(interface: &Interface, plan: &Plan<'_>) -> TokenStream {
    match (&interface.authority, &plan.check) {
        (Authority::Whole { granted_as }, _) => option(Some(granted_as)),
        (Authority::Resources, Check::Open(_) | Check::Object { .. }) => {
            let resource =
                interface.resources.iter().find(|resource| Some(&resource.name) == plan.function.resource.as_ref());
            option(resource.and_then(|resource| resource.granted_as.as_deref()))
        }
        _ => option(None),
    }
}

fn option(word: Option<&str>) -> TokenStream {
    word.map_or_else(|| quote!(::core::option::Option::None), |word| quote!(::core::option::Option::Some(#word)))
}

/// WIT names hold no zero byte.
fn c_string(text: &str) -> Literal {
    Literal::c_string(&CString::new(text).unwrap_or_default())
}
