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
