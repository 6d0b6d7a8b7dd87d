//! The proof that an operation may be done.

use core::cell::Cell;
use core::num::NonZeroU32;

use crate::capability::{Capability, Class};
use crate::kernel::index_of;
use crate::{ContainerId, Denial, Instance, Interface, Kernel, Platform, Rep, Rights};

/// Proof that the caller holds a capability with the right that the operation needs, that its rate was debited, and
/// that it is not revoked. While it lives a revocation waits, so a provider uses it and lets go; it never blocks.
///
/// A provider acts with [`Access::object`], and with nothing wider (principle 2). One `Access` of an instance is open
/// at a time. It is closed when it is dropped, and before that when the instance waits or writes a result.
#[must_use = "the operation is only permitted while this is held"]
pub struct Access<'i, B: Platform> {
    pub(crate) instance: &'i Instance<'i, B>,
    /// `None` where holding the handle is authority enough.
    pub(crate) capability: Option<Capability>,
    number: u32,
}

impl<B: Platform> Instance<'_, B> {
    /// Begins an operation on what a handle stands for, if it has `rights`.
    ///
    /// A rate is debited once in a call: to enter again after a wait costs nothing.
    #[inline]
    pub fn enter(&self, rep: &Rep, rights: Rights) -> Result<Access<'_, B>, Denial> {
        match rep {
            Rep::Capability(capability) => self.enter_capability(capability, rights),
            // The table knows types, so a pollable never arrives where a capability is expected.
            Rep::Pollable(_) => Err(self.deny(Denial::NotPermitted, "", crate::RuleId::POLICY)),
        }
    }

    /// Begins an operation of an interface that is granted whole.
    #[inline]
    pub fn enter_interface(&self, interface: &'static Interface) -> Result<Access<'_, B>, Denial> {
        for known in &self.interfaces {
            match known.get() {
                Some((known, capability)) if core::ptr::eq(known, interface) => {
                    return self.enter_capability(&capability, Rights::empty());
                }
                Some(_) => {}
                None => break,
            }
        }
        let capability = self.find_interface(interface)?;
        self.enter_capability(&capability, Rights::empty())
    }

    /// Begins an operation that needs no grant.
    #[inline]
    pub fn enter_free(&self) -> Access<'_, B> {
        Access { instance: self, capability: None, number: 0 }
    }

    #[inline]
    fn enter_capability(&self, capability: &Capability, rights: Rights) -> Result<Access<'_, B>, Denial> {
        if capability.holder != self.id || !capability.rights.contains(rights) || self.open.get() != 0 {
            return Err(self.deny_use(Denial::NotPermitted, capability));
        }
        if !self.kernel.gates.open(self.id, capability.index, capability.generation) {
            return Err(self.deny_use(Denial::Revoked, capability));
        }
        let number = self.last.get().wrapping_add(1).max(1);
        self.last.set(number);
        self.open.set(number);
        self.using.set((capability.index, capability.generation));
        let access = Access { instance: self, capability: Some(*capability), number };
        // A channel's rate counts messages, when they are sent.
        if capability.metered && capability.class != Class::Sender {
            access.debit()?;
        }
        Ok(access)
    }

    #[cold]
    fn find_interface(&self, interface: &'static Interface) -> Result<Capability, Denial> {
        // The compiler may have made several copies of the one constant.
        let mut known = self.interfaces.iter().filter_map(Cell::get);
        if let Some((_, capability)) = known.find(|(known, _)| known.name == interface.name) {
            return Ok(capability);
        }
        let policy = self.kernel.policy();
        let request = locket_policy::Request {
            kind: policy.find_kind(interface.name, ""),
            label: "",
            rights: locket_policy::Rights::NONE,
        };
        let grant = match policy.decide(index_of(self.id), &request) {
            locket_policy::Decision::Allowed(grant) => grant,
            locket_policy::Decision::Denied { rule, .. } => {
                return Err(self.deny(Denial::NotPermitted, "", rule));
            }
        };
        let Some(capability) = self.kernel.capability_of_grant(&grant) else {
            return Err(self.deny(Denial::Revoked, "", grant.rule));
        };
        if let Some(free) = self.interfaces.iter().find(|known| known.get().is_none()) {
            free.set(Some((interface, capability)));
        }
        Ok(capability)
    }

    /// Runs `f`, for which no revocation waits: an operation that is open is closed meanwhile, and open again
    /// afterwards. `None` if it was revoked.
    pub(crate) fn outside<T>(&self, f: impl FnOnce() -> T) -> Option<T> {
        let number = self.open.get();
        if number == 0 {
            return Some(f());
        }
        self.close();
        let result = f();
        let (index, generation) = self.using.get();
        self.kernel.gates.open(self.id, index, generation).then(|| {
            self.open.set(number);
            result
        })
    }

    /// Whether the operation that is open has been revoked, so that a revocation waits for its end.
    pub(crate) fn is_open_but_revoked(&self) -> bool {
        let (index, generation) = self.using.get();
        self.open.get() != 0 && !self.kernel.gates.is_current(index, generation)
    }

    /// Closes the operation that is open, if any.
    #[inline]
    pub(crate) fn close(&self) {
        self.open.set(0);
        self.kernel.gates.close(self.id);
    }
}

impl<B: Platform> Access<'_, B> {
    /// The board's number for the object; 0 for a whole interface.
    #[inline]
    #[must_use]
    pub fn object(&self) -> u32 {
        self.capability.map_or(0, |capability| self.instance.kernel.object(&capability))
    }

    /// What may be done with the object.
    #[inline]
    #[must_use]
    pub fn rights(&self) -> Rights {
        self.capability.map_or(Rights::empty(), |capability| capability.rights)
    }

    /// The container that calls.
    #[inline]
    #[must_use]
    pub fn caller(&self) -> ContainerId {
        self.instance.id
    }

    /// The run that calls.
    #[inline]
    #[must_use]
    pub fn instance(&self) -> &Instance<'_, B> {
        self.instance
    }

    /// The kernel.
    #[inline]
    #[must_use]
    pub fn kernel(&self) -> &Kernel<B> {
        self.instance.kernel
    }

    /// The board.
    #[inline]
    #[must_use]
    pub fn board(&self) -> &B {
        &self.instance.kernel.board
    }

    /// The capability itself, to derive from; `None` where none was needed.
    #[must_use]
    pub fn capability(&self) -> Option<&Capability> {
        self.capability.as_ref()
    }

    /// The settings that the policy gives the caller with this grant, as pairs of key and value.
    pub fn settings(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let policy = self.instance.kernel.policy();
        let grant = self.capability.and_then(|capability| policy.grants().get(usize::from(capability.grant)));
        grant.into_iter().flat_map(move |grant| policy.settings(&grant))
    }

    /// How many bytes the object may hold after a change through this capability; `None`: as many as its provider
    /// allows. Providers of objects with a quota ask before they change one.
    #[must_use]
    pub fn quota(&self) -> Option<u32> {
        let capability = self.capability.as_ref()?;
        self.instance.kernel.capabilities.lock().quota(capability).map(NonZeroU32::get)
    }

    /// Records that the provider refuses the operation, because the object would hold more than the quota or the
    /// object itself allows, and returns the denial.
    #[cold]
    #[must_use]
    pub fn deny_over_quota(&self) -> Denial {
        match &self.capability {
            Some(capability) => self.instance.deny_use(Denial::QuotaExceeded, capability),
            None => self.instance.deny(Denial::QuotaExceeded, "", crate::RuleId::POLICY),
        }
    }

    /// Whether this operation is still open.
    pub(crate) fn is_open(&self) -> bool {
        self.number == self.instance.open.get()
    }

    /// Takes one use from the rates of the capability, once in a call.
    pub(crate) fn debit(&self) -> Result<(), Denial> {
        let Some(capability) = &self.capability else { return Ok(()) };
        if self.instance.paid.get() == Some(capability.index) {
            return Ok(());
        }
        let kernel = self.instance.kernel;
        let now = kernel.board.monotonic();
        let debited = kernel.capabilities.lock().debit(capability, now, &kernel.gates);
        debited.map_err(|denial| self.instance.deny_use(denial, capability))?;
        self.instance.paid.set(Some(capability.index));
        Ok(())
    }

    /// Gives back what [`Access::debit`] took.
    pub(crate) fn credit(&self) {
        if let Some(capability) = &self.capability
            && self.instance.paid.take() == Some(capability.index)
        {
            let kernel = self.instance.kernel;
            kernel.capabilities.lock().credit(capability, &kernel.gates);
        }
    }
}

impl<B: Platform> Drop for Access<'_, B> {
    #[inline]
    fn drop(&mut self) {
        // Not if it was closed before and another one is open by now.
        if self.number != 0 && self.is_open() {
            self.instance.close();
        }
    }
}
