//! Lists.

use core::marker::PhantomData;

use heapless::Vec;

use crate::{
    Flat, FlatMut, Guest, Handles, Lends, Lift, Lifting, Lower, Lowering, Memory, NoHandles, Trap, Type, allocate,
};

/// A WIT list whose elements hold no handles, on either side of the boundary.
#[derive(Debug)]
pub enum List<'a, T> {
    /// In a guest's memory. Every element was checked when the list was lifted.
    Guest(Elements<'a, T>),
    /// The host's own.
    Host(&'a [T]),
    /// Already in the memory of the guest that it is for; see [`place_bytes`]. The host cannot read it back.
    Placed {
        /// Where it is.
        ptr: u32,
        /// How many elements it has.
        len: u32,
    },
}

/// Elements of a list in a guest's memory: in bounds, aligned, and each of them valid.
#[derive(Debug)]
pub struct Elements<'a, T> {
    memory: Memory<'a>,
    ptr: u32,
    len: u32,
    element: PhantomData<fn() -> T>,
}

impl<T> Clone for List<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<'_, T> {}

impl<T> Clone for Elements<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Elements<'_, T> {}

impl<'a, T> List<'a, T> {
    /// How many elements it has.
    #[must_use]
    #[inline]
    pub const fn len(&self) -> usize {
        match self {
            Self::Guest(elements) => elements.len as usize,
            Self::Host(values) => values.len(),
            Self::Placed { len, .. } => *len as usize,
        }
    }

    /// Whether it has no elements.
    #[must_use]
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at `position`. A placed list has none to show.
    #[must_use]
    #[inline]
    pub fn get(&self, position: usize) -> Option<T>
    where
        T: Lift<'a, NoHandles> + Clone,
    {
        match self {
            Self::Guest(elements) => elements.get(position),
            Self::Host(values) => values.get(position).cloned(),
            Self::Placed { .. } => None,
        }
    }

    /// The elements in order. A placed list has none to show.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'a, T>
    where
        T: Lift<'a, NoHandles> + Clone,
    {
        let (elements, values) = match self {
            Self::Guest(elements) => (Some(*elements), &[][..]),
            Self::Host(values) => (None, *values),
            Self::Placed { .. } => (None, &[][..]),
        };
        elements.into_iter().flat_map(Elements::into_iter).chain(values.iter().cloned())
    }
}

impl<'a> List<'a, u8> {
    /// The bytes. A placed list has none to show.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &'a [u8] {
        match self {
            // Lifting has checked these bounds.
            Self::Guest(elements) => elements.memory.slice(elements.ptr, elements.len).unwrap_or(&[]),
            Self::Host(values) => values,
            Self::Placed { .. } => &[],
        }
    }
}

impl<'a, T> From<&'a [T]> for List<'a, T> {
    fn from(values: &'a [T]) -> Self {
        Self::Host(values)
    }
}

impl<'a, T: Lift<'a, NoHandles>> Elements<'a, T> {
    /// The element at `position`.
    #[must_use]
    #[inline]
    pub fn get(&self, position: usize) -> Option<T> {
        let position = u32::try_from(position).ok().filter(|position| *position < self.len)?;
        let ptr = self.ptr.wrapping_add(position.wrapping_mul(T::SIZE));
        let mut lends = Lends::new();
        let mut handles = NoHandles;
        let mut cx = Lifting::new(self.memory, &mut handles, &mut lends);
        // The limit was applied to the whole list when it was lifted.
        cx.set_limit(u32::MAX);
        // It cannot fail: the element was checked, and the memory has been borrowed ever since.
        T::load(&mut cx, ptr).ok()
    }
}

impl<'a, T: Lift<'a, NoHandles>> IntoIterator for Elements<'a, T> {
    type Item = T;
    type IntoIter = ElementsIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        ElementsIter { elements: self, next: 0 }
    }
}

/// Iterates over [`Elements`].
#[derive(Debug)]
pub struct ElementsIter<'a, T> {
    elements: Elements<'a, T>,
    next: usize,
}

impl<'a, T: Lift<'a, NoHandles>> Iterator for ElementsIter<'a, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let value = self.elements.get(self.next)?;
        self.next = self.next.wrapping_add(1);
        Some(value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.elements.len as usize).saturating_sub(self.next);
        (left, Some(left))
    }
}

/// Has the guest allocate `len` bytes and lets `f` write them in place: a `list<u8>` without a copy in the host.
pub fn place_bytes<'a>(guest: &mut dyn Guest, len: u32, f: impl FnOnce(&mut [u8])) -> Result<List<'a, u8>, Trap> {
    let ptr = allocate(guest, u8::ALIGN, len)?;
    f(guest.memory_mut().slice_mut(ptr, len)?);
    Ok(List::Placed { ptr, len })
}

/// A list, borrowed from the host.
impl<T: Type> Type for [T] {
    const SIZE: u32 = 8;
    const ALIGN: u32 = 4;
    const FLAT: usize = 2;
}

impl<T: Type> Type for List<'_, T> {
    const SIZE: u32 = 8;
    const ALIGN: u32 = 4;
    const FLAT: usize = 2;
}

/// A list that was copied out of the guest's memory, which may hold handles; more than `N` elements are
/// [`Trap::TooLong`].
impl<T: Type, const N: usize> Type for Vec<T, N> {
    const SIZE: u32 = 8;
    const ALIGN: u32 = 4;
    const FLAT: usize = 2;
}

impl<'m, H: Handles> Lifting<'m, '_, H> {
    /// Pointer and length of a string or list that stands in memory at `ptr`.
    #[inline]
    pub(crate) fn pointer_pair(&self, ptr: u32) -> Result<(u32, u32), Trap> {
        let [a, b, c, d, rest @ ..] = self.memory().read::<8>(ptr)?;
        Ok((u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes(rest)))
    }

    fn list<T: Lift<'m, NoHandles>>(&mut self, ptr: u32, len: u32) -> Result<List<'m, T>, Trap> {
        const { assert!(T::SIZE > 0, "an element of a list has a size") }
        self.range::<T>(ptr, len)?;
        let elements = Elements { memory: self.memory(), ptr, len, element: PhantomData };
        if !T::ANY_BITS {
            self.without_handles(|cx| {
                let mut ptr = ptr;
                for _ in 0..len {
                    T::load(cx, ptr)?;
                    ptr = ptr.wrapping_add(T::SIZE);
                }
                Ok(())
            })?;
        }
        Ok(List::Guest(elements))
    }

    /// Lifts a bounded list into `values`, which is empty: a list that is large for a small stack is not moved about.
    pub fn lift_into<T: Lift<'m, H>, const N: usize>(
        &mut self,
        flat: &mut Flat<'_>,
        values: &mut Vec<T, N>,
    ) -> Result<(), Trap> {
        let (ptr, len) = (flat.next_u32()?, flat.next_u32()?);
        self.fill(ptr, len, values)
    }

    /// As [`Lifting::lift_into`], for a list whose pointer and length stand at `ptr`.
    pub fn load_into<T: Lift<'m, H>, const N: usize>(&mut self, ptr: u32, values: &mut Vec<T, N>) -> Result<(), Trap> {
        let (ptr, len) = self.pointer_pair(ptr)?;
        self.fill(ptr, len, values)
    }

    fn vec<T: Lift<'m, H>, const N: usize>(&mut self, ptr: u32, len: u32) -> Result<Vec<T, N>, Trap> {
        let mut values = Vec::new();
        self.fill(ptr, len, &mut values)?;
        Ok(values)
    }

    fn fill<T: Lift<'m, H>, const N: usize>(&mut self, ptr: u32, len: u32, values: &mut Vec<T, N>) -> Result<(), Trap> {
        const { assert!(T::SIZE > 0, "an element of a list has a size") }
        if len as usize > N {
            return Err(Trap::TooLong);
        }
        self.range::<T>(ptr, len)?;
        let mut ptr = ptr;
        for _ in 0..len {
            values.push(T::load(self, ptr)?).map_err(|_| Trap::TooLong)?;
            ptr = ptr.wrapping_add(T::SIZE);
        }
        Ok(())
    }
}

impl<'m, H: Handles, T: Lift<'m, NoHandles>> Lift<'m, H> for List<'m, T> {
    #[inline]
    fn lift(cx: &mut Lifting<'m, '_, H>, flat: &mut Flat<'_>) -> Result<Self, Trap> {
        let (ptr, len) = (flat.next_u32()?, flat.next_u32()?);
        cx.list(ptr, len)
    }

    #[inline]
    fn load(cx: &mut Lifting<'m, '_, H>, ptr: u32) -> Result<Self, Trap> {
        let (ptr, len) = cx.pointer_pair(ptr)?;
        cx.list(ptr, len)
    }
}

impl<'m, H: Handles, T: Lift<'m, H>, const N: usize> Lift<'m, H> for Vec<T, N> {
    #[inline]
    fn lift(cx: &mut Lifting<'m, '_, H>, flat: &mut Flat<'_>) -> Result<Self, Trap> {
        let (ptr, len) = (flat.next_u32()?, flat.next_u32()?);
        cx.vec(ptr, len)
    }

    #[inline]
    fn load(cx: &mut Lifting<'m, '_, H>, ptr: u32) -> Result<Self, Trap> {
        let (ptr, len) = cx.pointer_pair(ptr)?;
        cx.vec(ptr, len)
    }
}

/// Has the guest allocate room for `len` elements of type `T`.
fn allocate_list<T: Type, H: Handles>(cx: &mut Lowering<'_, H>, len: usize) -> Result<(u32, u32), Trap> {
    let len = u32::try_from(len).map_err(|_| Trap::TooLong)?;
    let bytes = len.checked_mul(T::SIZE).ok_or(Trap::TooLong)?;
    Ok((cx.allocate(T::ALIGN, bytes)?, len))
}

/// Writes a list's elements to new memory of the guest, and returns where, and how many they are.
#[inline]
fn place<T: Lower<H>, H: Handles>(values: &[T], cx: &mut Lowering<'_, H>) -> Result<(u32, u32), Trap> {
    let (ptr, len) = allocate_list::<T, H>(cx, values.len())?;
    cx.with_one_view::<T, _>(|cx| T::store_all(values, cx, ptr))?;
    Ok((ptr, len))
}

#[inline]
pub(crate) fn lower_list<T: Lower<H>, H: Handles>(
    values: &[T],
    cx: &mut Lowering<'_, H>,
    flat: &mut FlatMut<'_>,
) -> Result<(), Trap> {
    let place = place(values, cx)?;
    push_pair(place, flat)
}

#[inline]
pub(crate) fn store_list<T: Lower<H>, H: Handles>(
    values: &[T],
    cx: &mut Lowering<'_, H>,
    ptr: u32,
) -> Result<(), Trap> {
    let place = place(values, cx)?;
    write_pair(place, cx, ptr)
}

#[inline]
fn push_pair((ptr, len): (u32, u32), flat: &mut FlatMut<'_>) -> Result<(), Trap> {
    flat.push(ptr.into())?;
    flat.push(len.into())
}

#[inline]
fn write_pair<H: Handles>((list, len): (u32, u32), cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
    cx.write(ptr, (u64::from(list) | (u64::from(len) << 32)).to_le_bytes())
}

impl<H: Handles, T: Lower<H>> Lower<H> for [T] {
    #[inline]
    fn lower(&self, cx: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap> {
        lower_list(self, cx, flat)
    }

    #[inline]
    fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
        store_list(self, cx, ptr)
    }
}

impl<H: Handles, T: Lower<H>, const N: usize> Lower<H> for Vec<T, N> {
    #[inline]
    fn lower(&self, cx: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap> {
        lower_list(self, cx, flat)
    }

    #[inline]
    fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
        store_list(self, cx, ptr)
    }
}

impl<'a, T> List<'a, T> {
    fn place<H: Handles>(&self, cx: &mut Lowering<'_, H>) -> Result<(u32, u32), Trap>
    where
        T: Lower<H> + Lift<'a, NoHandles>,
    {
        match self {
            Self::Host(values) => place(values, cx),
            Self::Placed { ptr, len } => Ok((*ptr, *len)),
            Self::Guest(elements) => {
                let (ptr, len) = allocate_list::<T, H>(cx, self.len())?;
                cx.with_one_view::<T, _>(|cx| {
                    let mut ptr = ptr;
                    for value in *elements {
                        value.store(cx, ptr)?;
                        ptr = ptr.wrapping_add(T::SIZE);
                    }
                    Ok::<_, Trap>(())
                })?;
                Ok((ptr, len))
            }
        }
    }
}

impl<'a, H: Handles, T: Lower<H> + Lift<'a, NoHandles>> Lower<H> for List<'a, T> {
    #[inline]
    fn lower(&self, cx: &mut Lowering<'_, H>, flat: &mut FlatMut<'_>) -> Result<(), Trap> {
        let place = self.place(cx)?;
        push_pair(place, flat)
    }

    #[inline]
    fn store(&self, cx: &mut Lowering<'_, H>, ptr: u32) -> Result<(), Trap> {
        let place = self.place(cx)?;
        write_pair(place, cx, ptr)
    }
}

#[cfg(test)]
mod tests;
