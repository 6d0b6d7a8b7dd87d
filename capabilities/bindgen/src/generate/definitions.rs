//! The types of an interface: Rust definitions, and how the Canonical ABI lays them out.
//!
//! Offsets, sizes and discriminants are computed here, so the generated code is straight-line.

use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::{format_ident, quote};
use wit_parser::{Enum, Flags, Record, Type, TypeDef, TypeDefKind, TypeId, TypeOwner, Variant};

use super::{
    docs,
    error::Reason,
    names::{camel, shouting, snake},
    types::{Holds, Types},
};
use crate::model::Interface;

/// Generates the definitions of one interface.
pub(super) struct Definitions<'t, 'm> {
    pub(super) types: &'t Types<'m>,
    pub(super) interface: &'t Interface,
}

impl Definitions<'_, '_> {
    /// The definition of the type that is called `name` in the interface.
    pub(super) fn definition(&self, name: &str, id: TypeId) -> Result<TokenStream, Reason> {
        let definition = &self.types.resolve.types[id];
        let docs = docs::attributes(definition.docs.contents.as_deref());
        let ident = camel(name);
        let body = match &definition.kind {
            TypeDefKind::Resource => return Ok(self.resource(name, &ident)),
            TypeDefKind::Record(record) => self.record(id, record, &ident)?,
            TypeDefKind::Variant(variant) => self.variant(id, variant, &ident)?,
            TypeDefKind::Enum(cases) => self.enumeration(id, cases, &ident),
            TypeDefKind::Flags(flags) => self.flags(id, flags, &ident),
            TypeDefKind::Type(Type::Id(target)) if self.is_foreign(*target) => {
                let path = self.types.marker(*target, self.interface.id);
                let original = &self.types.resolve.types[self.types.original(*target)];
                let same = original.name.as_deref() == Some(name);
                return Ok(if same { quote!(pub use #path;) } else { quote!(pub use #path as #ident;) });
            }
            _ => self.alias(id, definition, &ident)?,
        };
        Ok(quote!(#docs #body))
    }

    fn is_foreign(&self, id: TypeId) -> bool {
        !matches!(self.types.resolve.types[id].owner, TypeOwner::Interface(owner) if owner == self.interface.id)
    }

    fn resource(&self, name: &str, ident: &Ident) -> TokenStream {
        let resource = self.interface.resources.iter().find(|resource| resource.name == name);
        let docs = docs::attributes(resource.map(|resource| resource.docs.as_str()));
        let identity = format!("{}/{name}", self.interface.name);
        quote! {
            #docs
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct #ident;

            impl abi::Resource for #ident {
                const ID: abi::ResourceId = abi::ResourceId::of(#identity);
            }
        }
    }

    fn alias(&self, id: TypeId, definition: &TypeDef, ident: &Ident) -> Result<TokenStream, Reason> {
        let generics = generics(self.types.holds(&Type::Id(id)));
        let lifetime = quote!('a);
        let target = self.types.structure(definition, self.interface.id, Some(&lifetime))?;
        Ok(quote!(pub type #ident #generics = #target;))
    }

    fn record(&self, id: TypeId, record: &Record, ident: &Ident) -> Result<TokenStream, Reason> {
        let ty = Type::Id(id);
        let lifetime = quote!('a);
        let offsets = self.types.offsets(record.fields.iter().map(|field| &field.ty));
        let mut definitions = Vec::new();
        let mut lifts = Vec::new();
        let mut loads = Vec::new();
        let mut lowers = Vec::new();
        let mut stores = Vec::new();
        for (field, offset) in record.fields.iter().zip(offsets) {
            let docs = docs::attributes(field.docs.contents.as_deref());
            let name = snake(&field.name);
            let rust = self.types.rust(&field.ty, self.interface.id, Some(&lifetime))?;
            let at = at(offset);
            definitions.push(quote!(#docs pub #name: #rust));
            lifts.push(quote!(#name: abi::Lift::lift(cx, flat)?));
            loads.push(quote!(#name: abi::Lift::load(cx, #at)?));
            lowers.push(quote!(abi::Lower::lower(&self.#name, cx, flat)?;));
            stores.push(quote!(abi::Lower::store(&self.#name, cx, #at)?;));
        }
        let holds = self.types.holds(&ty);
        let generics = generics(holds);
        let derive = derive(holds, &[]);
        let impls = self.impls(
            &ty,
            ident,
            &Bodies {
                lift: quote!(Ok(Self { #(#lifts),* })),
                load: quote!(Ok(Self { #(#loads),* })),
                lower: quote!(#(#lowers)* Ok(())),
                store: quote!(#(#stores)* Ok(())),
            },
        );
        Ok(quote! {
            #derive
            pub struct #ident #generics { #(#definitions),* }
            #impls
        })
    }

    fn variant(&self, id: TypeId, variant: &Variant, ident: &Ident) -> Result<TokenStream, Reason> {
        let ty = Type::Id(id);
        let lifetime = quote!('a);
        let tag = tag_type(variant.cases.len());
        let slots = Literal::usize_unsuffixed(self.types.flat(&ty).saturating_sub(1));
        let payload = at(self.types.payload_offset(variant));
        let mut definitions = Vec::new();
        let mut lifts = Vec::new();
        let mut loads = Vec::new();
        let mut lowers = Vec::new();
        let mut stores = Vec::new();
        let mut numbers = Vec::new();
        let mut patterns = Vec::new();
        for (index, case) in variant.cases.iter().enumerate() {
            let docs = docs::attributes(case.docs.contents.as_deref());
            let name = camel(&case.name);
            let number = Literal::usize_unsuffixed(index);
            if let Some(ty) = &case.ty {
                let rust = self.types.rust(ty, self.interface.id, Some(&lifetime))?;
                definitions.push(quote!(#docs #name(#rust)));
                lifts.push(quote!(#number => Ok(Self::#name(abi::Lift::lift(cx, &mut payload)?))));
                loads.push(quote!(#number => Ok(Self::#name(abi::Lift::load(cx, #payload)?))));
                lowers.push(quote!(Self::#name(value) => abi::Lower::lower(value, cx, &mut payload)));
                stores.push(quote!(Self::#name(value) => abi::Lower::store(value, cx, #payload)));
                patterns.push(quote!(Self::#name(_)));
            } else {
                definitions.push(quote!(#docs #name));
                lifts.push(quote!(#number => Ok(Self::#name)));
                loads.push(quote!(#number => Ok(Self::#name)));
                lowers.push(quote!(Self::#name => Ok(())));
                stores.push(quote!(Self::#name => Ok(())));
                patterns.push(quote!(Self::#name));
            }
            numbers.push(number);
        }
        let holds = self.types.holds(&ty);
        let generics = generics(holds);
        let derive = derive(holds, &[]);
        let case = quote!(let case: #tag = match self { #(#patterns => #numbers),* };);
        let impls = self.impls(&ty, ident, &Bodies {
            lift: quote! {
                let case = flat.next_u32()?;
                let mut payload = flat.take(#slots)?;
                match case { #(#lifts,)* _ => Err(abi::Trap::InvalidDiscriminant) }
            },
            load: quote! {
                match #tag::from_le_bytes(cx.memory().read(ptr)?) { #(#loads,)* _ => Err(abi::Trap::InvalidDiscriminant) }
            },
            lower: quote! {
                #case
                flat.push(u64::from(case))?;
                let mut payload = flat.take(#slots)?;
                match self { #(#lowers,)* }
            },
            store: quote! {
                #case
                cx.write(ptr, case.to_le_bytes())?;
                match self { #(#stores,)* }
            },
        });
        Ok(quote! {
            #derive
            pub enum #ident #generics { #(#definitions),* }
            #impls
        })
    }

    fn enumeration(&self, id: TypeId, cases: &Enum, ident: &Ident) -> TokenStream {
        let ty = Type::Id(id);
        let tag = tag_type(cases.cases.len());
        let numbers: Vec<_> = (0..cases.cases.len()).map(Literal::usize_unsuffixed).collect();
        let names: Vec<_> = cases.cases.iter().map(|case| camel(&case.name)).collect();
        let docs = cases.cases.iter().map(|case| docs::attributes(case.docs.contents.as_deref()));
        let impls = self.impls(&ty, ident, &Bodies {
            lift: quote!(match flat.next_u32()? { #(#numbers => Ok(Self::#names),)* _ => Err(abi::Trap::InvalidDiscriminant) }),
            load: quote! {
                match #tag::from_le_bytes(cx.memory().read(ptr)?) {
                    #(#numbers => Ok(Self::#names),)*
                    _ => Err(abi::Trap::InvalidDiscriminant),
                }
            },
            lower: quote!(flat.push(u64::from(*self as #tag))),
            store: quote!(cx.write(ptr, (*self as #tag).to_le_bytes())),
        });
        let derive = derive(Holds::default(), &[format_ident!("Hash")]);
        quote! {
            #derive
            #[repr(#tag)]
            pub enum #ident { #(#docs #names = #numbers),* }
            #impls
        }
    }

    fn flags(&self, id: TypeId, flags: &Flags, ident: &Ident) -> TokenStream {
        // WIT has at most 32 flags in a type.
        let count = flags.flags.len();
        let ty = Type::Id(id);
        let bits = match self.types.size(&ty) {
            1 => quote!(u8),
            2 => quote!(u16),
            _ => quote!(u32),
        };
        let all = (0..count).fold(0_u64, |mask, bit| mask | 1 << bit);
        let all = Literal::u64_unsuffixed(all);
        let constants = flags.flags.iter().enumerate().map(|(bit, flag)| {
            let docs = docs::attributes(flag.docs.contents.as_deref());
            let name = shouting(&flag.name);
            let bit = Literal::usize_unsuffixed(bit);
            quote!(#docs pub const #name: Self = Self(1 << #bit);)
        });
        let impls = self.impls(
            &ty,
            ident,
            &Bodies {
                // Unknown bits are dropped, as the Canonical ABI asks.
                lift: quote!(Ok(Self::from_bits(flat.next_u32()? as #bits))),
                load: quote!(Ok(Self::from_bits(#bits::from_le_bytes(cx.memory().read(ptr)?)))),
                lower: quote!(flat.push(u64::from(self.0))),
                store: quote!(cx.write(ptr, self.0.to_le_bytes())),
            },
        );
        let derive = derive(Holds::default(), &[format_ident!("Default"), format_ident!("Hash")]);
        quote! {
            #derive
            pub struct #ident(#bits);

            impl #ident {
                #(#constants)*
                /// All flags there are.
                pub const ALL: Self = Self(#all);

                /// The flags of `bits`; bits without a flag are dropped.
                #[must_use]
                pub const fn from_bits(bits: #bits) -> Self {
                    Self(bits & Self::ALL.0)
                }

                /// One bit per flag, the first flag lowest.
                #[must_use]
                pub const fn bits(self) -> #bits {
                    self.0
                }

                /// Whether all of `other` are set.
                #[must_use]
                pub const fn contains(self, other: Self) -> bool {
                    self.0 & other.0 == other.0
                }
            }

            impl ::core::ops::BitOr for #ident {
                type Output = Self;
                fn bitor(self, other: Self) -> Self {
                    Self(self.0 | other.0)
                }
            }
            #impls
        }
    }

    /// The three ABI traits of a type.
    fn impls(&self, ty: &Type, ident: &Ident, bodies: &Bodies) -> TokenStream {
        let (size, align) =
            (Literal::u32_unsuffixed(self.types.size(ty)), Literal::u32_unsuffixed(self.types.align(ty)));
        let flat = Literal::usize_unsuffixed(self.types.flat(ty));
        let holds = self.types.holds(ty);
        let handles = if holds.handles { quote!(abi::Handles<Rep = kernel::Rep>) } else { quote!(abi::Handles) };
        let (any, borrowed) = if holds.bytes { (quote!(<'_>), quote!(<'m>)) } else { (quote!(), quote!()) };
        let (heap, any_bits) = (self.types.calls_realloc(ty), self.types.resolve.all_bits_valid(ty));
        let Bodies { lift, load, lower, store } = bodies;
        let [lift_cx, load_cx, lower_cx, store_cx] = [lift, load, lower, store].map(|body| used(body, "cx"));
        let [lift_flat, lower_flat] = [lift, lower].map(|body| used(body, "flat"));
        let [load_ptr, store_ptr] = [load, store].map(|body| used(body, "ptr"));
        quote! {
            impl abi::Type for #ident #any {
                const SIZE: u32 = #size;
                const ALIGN: u32 = #align;
                const FLAT: usize = #flat;
                const HEAP: bool = #heap;
                const ANY_BITS: bool = #any_bits;
            }

            impl<'m, H: #handles> abi::Lift<'m, H> for #ident #borrowed {
                #[inline]
                fn lift(#lift_cx: &mut abi::Lifting<'m, '_, H>, #lift_flat: &mut abi::Flat<'_>) -> ::core::result::Result<Self, abi::Trap> {
                    #lift
                }

                #[inline]
                fn load(#load_cx: &mut abi::Lifting<'m, '_, H>, #load_ptr: u32) -> ::core::result::Result<Self, abi::Trap> {
                    #load
                }
            }

            impl<H: #handles> abi::Lower<H> for #ident #any {
                #[inline]
                fn lower(&self, #lower_cx: &mut abi::Lowering<'_, H>, #lower_flat: &mut abi::FlatMut<'_>) -> ::core::result::Result<(), abi::Trap> {
                    #lower
                }

                #[inline]
                fn store(&self, #store_cx: &mut abi::Lowering<'_, H>, #store_ptr: u32) -> ::core::result::Result<(), abi::Trap> {
                    #store
                }
            }
        }
    }
}

/// The bodies of the four functions that move a value.
struct Bodies {
    lift: TokenStream,
    load: TokenStream,
    lower: TokenStream,
    store: TokenStream,
}

/// `name`, or `_` if `body` has no use for it.
pub(super) fn used(body: &TokenStream, name: &str) -> TokenStream {
    if mentions(body.clone(), name) {
        let name = format_ident!("{name}");
        quote!(#name)
    } else {
        quote!(_)
    }
}

fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn generics(holds: Holds) -> TokenStream {
    if holds.bytes { quote!(<'a>) } else { quote!() }
}

fn derive(holds: Holds, more: &[Ident]) -> TokenStream {
    let copy = (!holds.handles).then(|| quote!(Clone, Copy,));
    let eq = (!holds.floats && !holds.handles && !holds.bytes).then(|| quote!(Eq,));
    let partial = (!holds.handles && !holds.bytes).then(|| quote!(PartialEq,));
    quote!(#[derive(#copy Debug, #partial #eq #(#more),*)])
}

/// The address `offset` bytes after `ptr`.
pub(super) fn at(offset: u32) -> TokenStream {
    if offset == 0 {
        return quote!(ptr);
    }
    let offset = Literal::u32_unsuffixed(offset);
    quote!(ptr.wrapping_add(#offset))
}

/// The discriminant's type in memory.
fn tag_type(cases: usize) -> TokenStream {
    match cases {
        0..=0x100 => quote!(u8),
        0x101..=0x1_0000 => quote!(u16),
        _ => quote!(u32),
    }
}
