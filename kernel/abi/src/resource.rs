//! Resource types, and the own and borrow handles to them.

use core::fmt;
use core::marker::PhantomData;

use crate::{Flat, FlatMut, Handles, Lift, Lifting, Lower, Lowering, Trap, Type};

/// Which resource type a handle is of: a hash of the type's full name.
///
/// The generator refuses a set of interfaces in which two names share a hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ResourceId(pub u32);

impl ResourceId {
    /// The id of a resource by its full name, such as `locket:gpio/digital@0.1.0/output` (FNV-1a, 32 bits).
    #[must_use]
    pub const fn of(name: &str) -> Self {
        let mut hash: u32 = 0x811c_9dc5;
        let mut rest = name.as_bytes();
        while let [byte, tail @ ..] = rest {
            hash = (hash ^ *byte as u32).wrapping_mul(0x0100_0193);
            rest = tail;
        }
        Self(hash)
    }
}

/// A WIT resource type. Generated code has one marker type for each.
pub trait Resource {
    /// Its id in handle tables.
    const ID: ResourceId;
}

/// An own handle: what lifting one proves is that the guest held it and no longer does.
///
/// `P` is the representation that the table keeps, [`Handles::Rep`]. A representation has no destructor of its own:
/// whoever receives an `Own` answers for it. If a later parameter of the same call traps, the `Own` is gone together
/// with the container.
pub struct Own<R, P> {
    /// What the handle stands for.
    pub rep: P,
    resource: PhantomData<fn() -> R>,
}

/// A borrowed handle: valid for one call. It proves that the guest holds the handle, and cannot drop or pass it on
/// before the call's [`Lends`](crate::Lends) are ended.
pub struct Borrow<R, P> {
    /// What the handle stands for.
    pub rep: P,
    resource: PhantomData<fn() -> R>,
}

macro_rules! handle {
    ($name:ident, |$rep:ident| $text:literal, $cx:ident, $index:ident => $lift:expr, $handles:ident => $lower:ident) => {
        impl<R, P> $name<R, P> {
            #[doc = $text]
            #[must_use]
            #[inline]
            pub const fn new($rep: P) -> Self {
                Self { $rep, resource: PhantomData }
            }
        }

        impl<R, P: fmt::Debug> fmt::Debug for $name<R, P> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.rep).finish()
            }
        }

        impl<R, P: PartialEq> PartialEq for $name<R, P> {
            fn eq(&self, other: &Self) -> bool {
                self.rep == other.rep
            }
        }

        impl<R, P> Type for $name<R, P> {
            const SIZE: u32 = 4;
            const ALIGN: u32 = 4;
            const FLAT: usize = 1;
            const HEAP: bool = false;
        }

        impl<'m, H: Handles, R: Resource> Lift<'m, H> for $name<R, H::Rep> {
            #[inline]
            fn lift($cx: &mut Lifting<'m, '_, H>, flat: &mut Flat<'_>) -> Result<Self, Trap> {
                let $index = flat.next_u32()?;
                $lift.map(Self::new)
            }

            #[inline]
            fn load($cx: &mut Lifting<'m, '_, H>, ptr: u32) -> Result<Self, Trap> {
                let $index = u32::from_le_bytes($cx.memory().read(ptr)?);
                $lift.map(Self::new)
            }
        }

        impl<H: Handles, R: Resource> Lower<H> for $name<R, H::Rep> {
            #[inline]
            fn lower(&self, cx: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap> {
                let index = cx.handles().$lower(R::ID, self.rep)?;
                flat.push(index.into())
            }

            #[inline]
            fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
                let index = cx.handles().$lower(R::ID, self.rep)?;
                cx.write(ptr, index.to_le_bytes())
            }
        }
    };
}

handle!(Own, |rep| "An own handle to give to a guest.", cx, index => cx.take_own(index, R::ID), handles => insert_own);
handle!(Borrow, |rep| "A handle to lend to a guest for one call of an export.",
    cx, index => cx.lend(index, R::ID), handles => insert_borrow);
