//! What a WIT type is in Rust: its spelling, its size, and what it holds.

use std::collections::HashMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use wit_parser::{
    Handle, InterfaceId, Resolve, SizeAlign, Type, TypeDef, TypeDefKind, TypeId, TypeOwner,
    abi::{FlatTypes, WasmType},
};

use super::{error::Reason, names::camel};

/// The resource behind every wait; the kernel owns it, so providers see a `WaitSource` instead of a handle.
const POLLABLE: (&str, &str) = ("wasi:io/poll", "pollable");

/// The most elements of a list whose elements hold handles: the kernel's bound on borrows per call.
pub(super) const MAX_HANDLES: usize = 16;

/// What a type holds, however deep.
#[derive(Clone, Copy, Default)]
pub(super) struct Holds {
    /// A string or a list: the Rust type borrows from memory and has a lifetime.
    pub(super) bytes: bool,
    /// A resource handle.
    pub(super) handles: bool,
    /// A float, so no total equality.
    pub(super) floats: bool,
}

impl Holds {
    fn or(self, other: Self) -> Self {
        Self {
            bytes: self.bytes || other.bytes,
            handles: self.handles || other.handles,
            floats: self.floats || other.floats,
        }
    }
}

/// The types of all packages, seen from generated Rust.
pub(super) struct Types<'m> {
    pub(super) resolve: &'m Resolve,
    sizes: SizeAlign,
    /// Where the types of an interface stand in Rust, seen from a sibling module.
    homes: HashMap<InterfaceId, TokenStream>,
}

impl<'m> Types<'m> {
    pub(super) fn new(resolve: &'m Resolve, homes: HashMap<InterfaceId, TokenStream>) -> Self {
        let mut sizes = SizeAlign::default();
        // It fails only on fixed-length lists, which are refused before their size matters.
        let _ = sizes.fill(resolve);
        Self { resolve, sizes, homes }
    }

    pub(super) fn size(&self, ty: &Type) -> u32 {
        narrow(self.sizes.size(ty).size_wasm32())
    }

    pub(super) fn align(&self, ty: &Type) -> u32 {
        narrow(self.sizes.align(ty).align_wasm32())
    }

    /// Size and alignment of `types` laid out as one record.
    pub(super) fn layout<'t>(&self, types: impl IntoIterator<Item = &'t Type>) -> (u32, u32) {
        let info = self.sizes.record(types);
        (narrow(info.size.size_wasm32()), narrow(info.align.align_wasm32()))
    }

    /// The byte offset of each of `types`, laid out as one record.
    pub(super) fn offsets<'t>(&self, types: impl IntoIterator<Item = &'t Type>) -> Vec<u32> {
        self.sizes.field_offsets(types).into_iter().map(|(offset, _)| narrow(offset.size_wasm32())).collect()
    }

    /// Where the payload of a variant begins.
    pub(super) fn payload_offset(&self, variant: &wit_parser::Variant) -> u32 {
        let cases = variant.cases.iter().map(|case| case.ty.as_ref());
        narrow(self.sizes.payload_offset(variant.tag(), cases).size_wasm32())
    }

    /// How many core values the type is when it is passed flat.
    pub(super) fn flat(&self, ty: &Type) -> usize {
        // Longer ones never pass flat; the count still has to be right, as the sum decides about spilling.
        let mut storage = [WasmType::I32; 1024];
        let mut flat = FlatTypes::new(&mut storage);
        self.resolve.push_flat(ty, &mut flat);
        flat.to_vec().len()
    }

    pub(super) fn holds(&self, ty: &Type) -> Holds {
        let all =
            |types: &mut dyn Iterator<Item = &Type>| types.fold(Holds::default(), |sum, ty| sum.or(self.holds(ty)));
        let id = match ty {
            Type::String => return Holds { bytes: true, ..Holds::default() },
            Type::F32 | Type::F64 => return Holds { floats: true, ..Holds::default() },
            Type::Id(id) => *id,
            _ => return Holds::default(),
        };
        match &self.resolve.types[id].kind {
            TypeDefKind::Type(ty) | TypeDefKind::Option(ty) => self.holds(ty),
            // A list of handles is copied into a bounded vector, so it borrows nothing.
            TypeDefKind::List(ty) => {
                let element = self.holds(ty);
                Holds { bytes: element.bytes || !element.handles, ..element }
            }
            TypeDefKind::Record(record) => all(&mut record.fields.iter().map(|field| &field.ty)),
            TypeDefKind::Tuple(tuple) => all(&mut tuple.types.iter()),
            TypeDefKind::Variant(variant) => all(&mut variant.cases.iter().filter_map(|case| case.ty.as_ref())),
            TypeDefKind::Result(result) => all(&mut result.ok.iter().chain(&result.err)),
            TypeDefKind::Handle(_) | TypeDefKind::Resource => Holds { handles: true, ..Holds::default() },
            _ => Holds::default(),
        }
    }

    /// Whether a value of this type is put into memory that the guest allocates.
    pub(super) fn calls_realloc(&self, ty: &Type) -> bool {
        let Type::Id(id) = ty else { return *ty == Type::String };
        match &self.resolve.types[*id].kind {
            TypeDefKind::List(_) => true,
            TypeDefKind::Type(ty) | TypeDefKind::Option(ty) => self.calls_realloc(ty),
            TypeDefKind::Record(record) => record.fields.iter().any(|field| self.calls_realloc(&field.ty)),
            TypeDefKind::Tuple(tuple) => tuple.types.iter().any(|ty| self.calls_realloc(ty)),
            TypeDefKind::Variant(variant) => {
                variant.cases.iter().filter_map(|case| case.ty.as_ref()).any(|ty| self.calls_realloc(ty))
            }
            TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).any(|ty| self.calls_realloc(ty)),
            _ => false,
        }
    }

    /// The type in Rust, as code in the module of `from` spells it; `lifetime` is that of what it borrows.
    pub(super) fn rust(
        &self,
        ty: &Type,
        from: InterfaceId,
        lifetime: Option<&TokenStream>,
    ) -> Result<TokenStream, Reason> {
        let id = match ty {
            Type::Bool => return Ok(quote!(bool)),
            Type::U8 => return Ok(quote!(u8)),
            Type::U16 => return Ok(quote!(u16)),
            Type::U32 => return Ok(quote!(u32)),
            Type::U64 => return Ok(quote!(u64)),
            Type::S8 => return Ok(quote!(i8)),
            Type::S16 => return Ok(quote!(i16)),
            Type::S32 => return Ok(quote!(i32)),
            Type::S64 => return Ok(quote!(i64)),
            Type::F32 => return Ok(quote!(f32)),
            Type::F64 => return Ok(quote!(f64)),
            Type::Char => return Ok(quote!(char)),
            Type::String => return Ok(quote!(& #lifetime str)),
            Type::ErrorContext => return Err(Reason::Type("error-context")),
            Type::Id(id) => *id,
        };
        let definition = &self.resolve.types[id];
        if let Some(name) = &definition.name {
            Self::check_kind(definition)?;
            let path = self.path(definition, name, from);
            let anonymous = quote!('_);
            let lifetime = lifetime.unwrap_or(&anonymous);
            return Ok(if self.holds(ty).bytes { quote!(#path<#lifetime>) } else { path });
        }
        self.structure(definition, from, lifetime)
    }

    /// Like [`rust`](Self::rust), by what a type is made of rather than by its name.
    pub(super) fn structure(
        &self,
        definition: &TypeDef,
        from: InterfaceId,
        lifetime: Option<&TokenStream>,
    ) -> Result<TokenStream, Reason> {
        match &definition.kind {
            TypeDefKind::Type(ty) => self.rust(ty, from, lifetime),
            TypeDefKind::Option(ty) => {
                let ty = self.rust(ty, from, lifetime)?;
                Ok(quote!(::core::option::Option<#ty>))
            }
            TypeDefKind::Result(result) => {
                let ok = self.rust_or_unit(result.ok.as_ref(), from, lifetime)?;
                let err = self.rust_or_unit(result.err.as_ref(), from, lifetime)?;
                Ok(quote!(::core::result::Result<#ok, #err>))
            }
            TypeDefKind::Tuple(tuple) => {
                let types =
                    tuple.types.iter().map(|ty| self.rust(ty, from, lifetime)).collect::<Result<Vec<_>, _>>()?;
                Ok(quote!((#(#types,)*)))
            }
            TypeDefKind::List(ty) if self.holds(ty).handles => {
                let ty = self.rust(ty, from, lifetime)?;
                let max = Literal::usize_unsuffixed(MAX_HANDLES);
                Ok(quote!(abi::heapless::Vec<#ty, #max>))
            }
            TypeDefKind::List(ty) => {
                let ty = self.rust(ty, from, lifetime)?;
                let anonymous = quote!('_);
                let lifetime = lifetime.unwrap_or(&anonymous);
                Ok(quote!(abi::List<#lifetime, #ty>))
            }
            TypeDefKind::Handle(handle) => {
                let (wrapper, resource) = match handle {
                    Handle::Own(resource) => (quote!(Own), resource),
                    Handle::Borrow(resource) => (quote!(Borrow), resource),
                };
                let marker = self.marker(*resource, from);
                Ok(quote!(abi::#wrapper<#marker, kernel::Rep>))
            }
            _ => Err(Self::check_kind(definition).err().unwrap_or(Reason::Type("this type"))),
        }
    }

    pub(super) fn rust_or_unit(
        &self,
        ty: Option<&Type>,
        from: InterfaceId,
        lifetime: Option<&TokenStream>,
    ) -> Result<TokenStream, Reason> {
        ty.map_or_else(|| Ok(quote!(())), |ty| self.rust(ty, from, lifetime))
    }

    /// The marker type of a resource.
    pub(super) fn marker(&self, resource: TypeId, from: InterfaceId) -> TokenStream {
        let definition = &self.resolve.types[self.original(resource)];
        self.path(definition, definition.name.as_deref().unwrap_or_default(), from)
    }

    fn path(&self, definition: &TypeDef, name: &str, from: InterfaceId) -> TokenStream {
        let ident = camel(name);
        let home = match definition.owner {
            TypeOwner::Interface(owner) if owner != from => self.homes.get(&owner),
            _ => None,
        };
        home.map_or_else(|| quote!(#ident), |home| quote!(#home::#ident))
    }

    fn check_kind(definition: &TypeDef) -> Result<(), Reason> {
        match &definition.kind {
            TypeDefKind::Map(..) => Err(Reason::Type("map")),
            TypeDefKind::Future(_) => Err(Reason::Type("future")),
            TypeDefKind::Stream(_) => Err(Reason::Type("stream")),
            TypeDefKind::FixedLengthList(..) => Err(Reason::Type("list of fixed length")),
            _ => Ok(()),
        }
    }

    /// Follows `use` and `type a = b` to the definition.
    pub(super) fn original(&self, mut id: TypeId) -> TypeId {
        while let TypeDefKind::Type(Type::Id(next)) = self.resolve.types[id].kind {
            id = next;
        }
        id
    }

    /// The definition behind `ty`, unless it is a primitive one.
    pub(super) fn kind(&self, ty: &Type) -> Option<&'m TypeDefKind> {
        match ty {
            Type::Id(id) => Some(&self.resolve.types[self.original(*id)].kind),
            _ => None,
        }
    }

    /// `ty` without aliases of primitive types.
    pub(super) fn primitive(&self, ty: &Type) -> Option<Type> {
        match self.kind(ty) {
            None => Some(*ty),
            Some(TypeDefKind::Type(ty)) => self.primitive(ty),
            Some(_) => None,
        }
    }

    pub(super) fn is_byte_list(&self, ty: &Type) -> bool {
        matches!(self.kind(ty), Some(TypeDefKind::List(element)) if self.primitive(element) == Some(Type::U8))
    }

    /// The handle behind `ty`.
    pub(super) fn handle(&self, ty: &Type) -> Option<Handle> {
        match self.kind(ty) {
            Some(TypeDefKind::Handle(handle)) => Some(*handle),
            _ => None,
        }
    }

    /// Whether `resource` is the kernel's pollable.
    pub(super) fn is_pollable(&self, resource: TypeId) -> bool {
        let definition = &self.resolve.types[self.original(resource)];
        let TypeOwner::Interface(owner) = definition.owner else { return false };
        let interface = self.resolve.id_of(owner).unwrap_or_default();
        interface.split('@').next() == Some(POLLABLE.0) && definition.name.as_deref() == Some(POLLABLE.1)
    }
}

/// Layout numbers of a 32-bit guest; `wit-parser` hands them out as `usize`.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
