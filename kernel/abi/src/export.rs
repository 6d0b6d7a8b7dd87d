//! Calls from the host into a guest's exports.

use crate::{Flat, Guest, Handles, Lends, Lift, Lifting, Lower, Lowering, MAX_FLAT_PARAMS, Trap, Type};

/// A running core module whose exports can be called.
pub trait Exports: Guest {
    /// The guest's handle table.
    type Handles: Handles;

    /// Calls the core function exported as `export`, such as `locket:system/run@0.1.0#run`, with core values as in
    /// [`Flat`]. `result` has as many slots as the function has core results: 0 or 1.
    fn call(&mut self, export: &str, args: &[u64], result: &mut [u64]) -> Result<(), Trap>;

    /// Calls `cabi_post_` + `export` with the core result of `export`, if the guest exports it, with imports forbidden
    /// ([`Trap::MayNotLeave`]) until it returns.
    fn post_return(&mut self, export: &str, result: &[u64]) -> Result<(), Trap>;

    /// Runs `f` on the guest and its handle table.
    fn with_handles<T>(&mut self, f: impl FnOnce(&mut dyn Guest, &mut Self::Handles) -> T) -> T;
}

/// Calls `export` with `params`, a tuple, and returns its result, which borrows nothing from the guest.
#[inline]
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method's path is not general over lifetimes")]
pub fn call<G, P, R>(guest: &mut G, export: &str, params: &P) -> Result<R, Trap>
where
    G: Exports,
    P: Lower<G::Handles>,
    R: for<'m> Lift<'m, G::Handles>,
{
    call_with::<G, P, R, R>(guest, export, params, |cx, flat| cx.result(flat))
}

/// Calls `export` with `params`, a tuple, and lets `read` lift its result, of type `R`, while the guest keeps it.
///
/// `R` is named for its layout only, so it may be spelled with `'static`; `read` lifts it with [`Lifting::result`].
/// When `read` returns, the guest's post-return function frees the memory that the result stands in.
#[inline]
pub fn call_with<G, P, R, T>(
    guest: &mut G,
    export: &str,
    params: &P,
    read: impl FnOnce(&mut Lifting<'_, '_, G::Handles>, &mut Flat<'_>) -> Result<T, Trap>,
) -> Result<T, Trap>
where
    G: Exports,
    P: Lower<G::Handles>,
    R: Type,
{
    let mut args = [0; MAX_FLAT_PARAMS];
    let count = guest.with_handles(|guest, handles| Lowering::new(guest, handles).params(params, &mut args))?;
    let args = args.get(..count).ok_or(Trap::ArgumentCount)?;
    let mut slot = [0];
    let result: &mut [u64] = if R::FLAT == 0 { &mut [] } else { &mut slot };
    guest.call(export, args, result)?;
    let value = guest.with_handles(|guest, handles| {
        handles.end_scope()?;
        let mut lends = Lends::new();
        let mut cx = Lifting::new(guest.memory(), handles, &mut lends);
        read(&mut cx, &mut Flat::new(result))
    })?;
    if R::HEAP {
        guest.post_return(export, result)?;
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use std::boxed::Box;

    use super::*;
    use crate::testing::{Allocator, Host, Pin, Timer};
    use crate::{Borrow, List, Own, Resource};

    #[test]
    fn parameters_and_results_are_flat() {
        let mut host = Host::new();
        host.guest.export = Box::new(|_, _, args| {
            assert_eq!(args, [0xffff_fffe, 7]);
            0xdead_0000_0009
        });
        assert_eq!(call::<_, _, u8>(&mut host, "add", &(-2_i8, 7_u64)), Ok(9));
        assert_eq!(host.guest.called, ["add"], "there is nothing to free, so no post-return");
    }

    #[test]
    fn no_result_takes_no_slot() {
        let mut host = Host::new();
        assert_eq!(call::<_, _, ()>(&mut host, "nop", &()), Ok(()));
    }

    #[test]
    fn seventeen_parameters_go_through_memory() {
        let mut host = Host::new();
        host.guest.export = Box::new(|memory, _, args| {
            let [ptr] = args else { panic!("{args:?}") };
            let ptr = usize::try_from(*ptr).unwrap();
            assert_eq!(memory[ptr], 1);
            assert_eq!(memory[ptr + 4..ptr + 8], [2, 0, 0, 0]);
            assert_eq!(memory[ptr + 64..ptr + 68], [17, 0, 0, 0]);
            0
        });
        let params = (1_u8, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17_u32);
        assert_eq!(call::<_, _, ()>(&mut host, "many", &params), Ok(()));
        assert_eq!(host.guest.reallocs, [[0, 0, 4, 68]]);
        host.guest.allocator = Allocator::OutOfBounds;
        assert_eq!(call::<_, _, ()>(&mut host, "many", &params), Err(Trap::BadRealloc));
    }

    #[test]
    fn post_return_follows_a_result_in_memory() {
        let mut host = Host::new();
        host.guest.export = Box::new(|memory, _, _| {
            memory[64..72].copy_from_slice(&[72, 0, 0, 0, 3, 0, 0, 0]);
            memory[72..75].copy_from_slice(b"abc");
            64
        });
        let length = call_with::<_, _, List<'static, u8>, _>(&mut host, "bytes", &(), |cx, flat| {
            let list = cx.result::<List<'_, u8>>(flat)?;
            assert_eq!(list.as_bytes(), b"abc");
            Ok(list.len())
        });
        assert_eq!(length, Ok(3));
        assert_eq!(host.guest.called, ["bytes", "cabi_post_bytes [64]"]);
    }

    #[test]
    fn a_bad_result_pointer_is_refused() {
        for (ptr, trap) in [(66, Trap::Misaligned), (1024, Trap::OutOfBounds)] {
            let mut host = Host::new();
            host.guest.export = Box::new(move |_, _, _| ptr);
            assert_eq!(call::<_, _, (u8, u32)>(&mut host, "pair", &()), Err(trap));
        }
    }

    #[test]
    fn a_borrow_kept_past_its_call_traps() {
        let mut host = Host::new();
        assert_eq!(call::<_, _, ()>(&mut host, "keep", &(Borrow::<Pin, u32>::new(7),)), Err(Trap::BorrowLeft));

        let mut host = Host::new();
        host.guest.export = Box::new(|_, handles, args| {
            let _ = handles.drop_handle(u32::try_from(args[0]).unwrap(), Pin::ID).unwrap();
            0
        });
        assert_eq!(call::<_, _, ()>(&mut host, "use", &(Borrow::<Pin, u32>::new(7),)), Ok(()));
    }

    #[test]
    fn own_handles_change_hands() {
        let mut host = Host::new();
        host.guest.export = Box::new(|_, handles, args| {
            assert_eq!(handles.take_own(u32::try_from(args[0]).unwrap(), Pin::ID), Ok(7));
            handles.insert_own(Timer::ID, 8).unwrap().into()
        });
        let timer = call::<_, _, Own<Timer, u32>>(&mut host, "swap", &(Own::<Pin, u32>::new(7),)).unwrap();
        assert_eq!(timer.rep, 8);
        assert!(host.handles.is_empty());
    }
}
