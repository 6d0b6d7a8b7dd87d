//! One run of one container: its own handle table, its own account, and the one way in for its calls.

use core::cell::{Cell, RefCell};
use core::ffi::CStr;

use locket_abi::{Guest, HandleTable, Lends, Lifting, Lowering, Memory, ResourceId, Trap};
use locket_policy::{Decision, Request};

use crate::capability::Capability;
use crate::capacity::{HANDLES, INTERFACES};
use crate::kernel::index_of;
use crate::share::Share;
use crate::{
    Account, AuditRecord, Call, ContainerId, Denial, Event, ExitReason, Import, Interface, Kernel, Kind, Label,
    Platform, Rep, RuleId, Stop,
};

/// The handles of one container.
pub type Handles = HandleTable<Rep, HANDLES>;

/// One run of a container, from [`Kernel::start`] to [`Kernel::finish`]. It belongs to the thread on which the
/// container runs, and it is what authority comes from: a call can only use what this instance holds (principle 2).
///
/// One operation is open at a time: see [`crate::Access`].
pub struct Instance<'k, B: Platform> {
    pub(crate) kernel: &'k Kernel<B>,
    pub(crate) id: ContainerId,
    table: RefCell<Handles>,
    /// Whether the guest may call imports: not while a call is under way, since then it runs only to allocate.
    may_leave: Cell<bool>,
    /// Number of the [`crate::Access`] that is open; 0 while none is.
    pub(crate) open: Cell<u32>,
    /// The capability and generation that it uses.
    pub(crate) using: Cell<(u16, u32)>,
    /// Number of the `Access` made last.
    pub(crate) last: Cell<u32>,
    /// The call that is under way, for audit records.
    current: Cell<Option<(&'static Interface, &'static CStr)>>,
    /// The capability whose rate the call under way has been debited from.
    pub(crate) paid: Cell<Option<u16>>,
    /// When the call under way first waited.
    pub(crate) waited: Cell<Option<u64>>,
    pub(crate) interfaces: [Cell<Option<(&'static Interface, Capability)>>; INTERFACES],
    calls: Cell<u64>,
    pub(crate) used: Cell<Account>,
    /// Operations since the last wait.
    pub(crate) burnt: Cell<u64>,
    /// The thread's processor time as last read.
    pub(crate) cpu_read: Cell<Option<u64>>,
    pub(crate) share: Cell<Share>,
    pub(crate) stop: Cell<Option<Stop>>,
    retired: Cell<bool>,
}

impl<'k, B: Platform> Instance<'k, B> {
    #[expect(clippy::inline_always, reason = "it is large, and made where it stays")]
    #[inline(always)]
    pub(crate) fn new(kernel: &'k Kernel<B>, id: ContainerId, now: u64) -> Self {
        Self {
            kernel,
            id,
            table: RefCell::new(Handles::new()),
            may_leave: Cell::new(true),
            open: Cell::new(0),
            using: Cell::new((0, 0)),
            last: Cell::new(0),
            current: Cell::new(None),
            paid: Cell::new(None),
            waited: Cell::new(None),
            interfaces: [const { Cell::new(None) }; INTERFACES],
            calls: Cell::new(0),
            used: Cell::new(Account::default()),
            burnt: Cell::new(0),
            cpu_read: Cell::new(None),
            share: Cell::new(Share::new(kernel.limits(id).cpu_permille, now)),
            stop: Cell::new(None),
            retired: Cell::new(false),
        }
    }

    /// Which container this is a run of.
    #[inline]
    pub const fn id(&self) -> ContainerId {
        self.id
    }

    /// The kernel.
    #[inline]
    pub const fn kernel(&self) -> &'k Kernel<B> {
        self.kernel
    }

    /// The board.
    #[inline]
    pub const fn board(&self) -> &'k B {
        &self.kernel.board
    }

    /// Lets the guest call `import`: the one choke point (principle 8). `args` holds the core arguments, and in its
    /// first slot the result afterwards.
    ///
    /// An error ends the container; [`Instance::stop_reason`] keeps it.
    #[inline]
    pub fn dispatch(&self, guest: &mut dyn Guest, import: &Import<B>, args: &mut [u64]) -> Result<(), Stop> {
        self.pass(guest, import.interface, import.field, |call| (import.call)(call, args))
    }

    /// The dispatcher, for anything that acts like an import.
    #[inline]
    pub(crate) fn pass(
        &self,
        guest: &mut dyn Guest,
        interface: &'static Interface,
        field: &'static CStr,
        act: impl FnOnce(&mut Call<'_, B>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        if !self.may_leave.replace(false) {
            return Err(self.stopped(Trap::MayNotLeave.into()));
        }
        if self.kernel.is_stop_requested(self.id) {
            return Err(self.stopped(Stop::Killed));
        }
        self.calls.set(self.calls.get().wrapping_add(1));
        self.current.set(Some((interface, field)));
        self.paid.set(None);
        self.waited.set(None);
        let began = self.kernel.is_tracing().then(|| self.board().monotonic());
        let result = act(&mut Call { guest, instance: self });
        if let Some(began) = began {
            self.trace(interface, field, began, result.err());
        }
        match result {
            Ok(()) => {
                self.may_leave.set(true);
                Ok(())
            }
            // The guest is not run again, so what it may is left as it is.
            Err(stop) => Err(self.stopped(stop)),
        }
    }

    #[cold]
    fn trace(&self, interface: &'static Interface, field: &'static CStr, began: u64, stop: Option<Stop>) {
        self.board().event(&Event::Call {
            container: self.kernel.name(self.id),
            interface: interface.name,
            function: field.to_str().unwrap_or_default(),
            duration: self.board().monotonic().saturating_sub(began),
            stop,
        });
    }

    #[cold]
    pub(crate) fn stopped(&self, stop: Stop) -> Stop {
        if self.stop.get().is_none() {
            self.stop.set(Some(stop));
        }
        stop
    }

    /// Why the kernel ended this run, if it did; the first reason counts. What the engine reports of the guest after
    /// that is only a consequence.
    pub fn stop_reason(&self) -> Option<Stop> {
        self.stop.get()
    }

    /// Lifts arguments out of `memory`. What is borrowed is noted in `lends`, to be ended with
    /// [`Instance::end_lends`].
    #[inline]
    pub fn lift<'m, T>(
        &self,
        memory: Memory<'m>,
        lends: &mut Lends,
        f: impl FnOnce(&mut Lifting<'m, '_, Handles>) -> Result<T, Trap>,
    ) -> Result<T, Stop> {
        let mut table = self.table()?;
        Ok(f(&mut Lifting::new(memory, &mut *table, lends))?)
    }

    /// Gives back what a call borrowed.
    #[inline]
    pub fn end_lends(&self, lends: Lends) {
        if let Ok(mut table) = self.table() {
            lends.end(&mut *table);
        }
    }

    /// Lowers a result into `guest`. The operation has ended: its [`crate::Access`] is closed by now, since writing
    /// the result may run guest code, for which no revocation waits.
    #[inline]
    pub fn lower(
        &self,
        guest: &mut dyn Guest,
        f: impl FnOnce(&mut Lowering<'_, Handles>) -> Result<(), Trap>,
    ) -> Result<(), Stop> {
        self.close();
        let mut table = self.table()?;
        Ok(f(&mut Lowering::new(guest, &mut *table))?)
    }

    #[inline]
    pub(crate) fn table(&self) -> Result<core::cell::RefMut<'_, Handles>, Stop> {
        // Only guest code that runs while a result is lowered could find it taken, and that may not call.
        self.table.try_borrow_mut().map_err(|_| Stop::Trap(Trap::MayNotLeave))
    }

    /// Runs guest code (`cabi_realloc`, post-return) in the middle of a call: it may call no import, and no
    /// revocation waits for it. The engine wraps it around each such re-entry.
    ///
    /// If the operation that is open is revoked meanwhile, the container ends with that reason.
    pub fn reenter<T>(&self, f: impl FnOnce() -> Result<T, Trap>) -> Result<T, Trap> {
        let may_leave = self.may_leave.replace(false);
        let result = self.outside(f);
        self.may_leave.set(may_leave);
        result.unwrap_or_else(|| {
            self.stopped(Stop::Revoked);
            Err(Trap::Guest)
        })
    }

    /// Handles that are open.
    pub fn handle_count(&self) -> usize {
        self.table.try_borrow().map_or(0, |table| table.len())
    }

    /// Opens the object granted under `label`, of this `kind`. The way in to every granted object (principle 1).
    pub fn open(&self, kind: &'static Kind, label: &str) -> Result<Rep, Denial> {
        let policy = self.kernel.policy();
        let request = Request {
            kind: policy.find_kind(kind.interface.name, kind.resource),
            label,
            rights: locket_policy::Rights::NONE,
        };
        let grant = match policy.decide(index_of(self.id), &request) {
            Decision::Allowed(grant) => grant,
            Decision::Denied { rule, .. } => return Err(self.deny(Denial::UnknownLabel, label, rule)),
        };
        let Some(capability) = self.kernel.capability_of_grant(&grant) else {
            return Err(self.deny(Denial::Revoked, label, grant.rule));
        };
        if self.has_room() { Ok(capability.into()) } else { Err(self.deny(Denial::QuotaExceeded, label, grant.rule)) }
    }

    /// Whether one more handle can be opened.
    pub fn has_room(&self) -> bool {
        self.handle_count() < HANDLES
    }

    /// Puts a capability that was derived for this container into its table, as an own handle; `None` if it is not
    /// this container's.
    pub fn insert(&self, id: ResourceId, capability: Capability) -> Result<Option<u32>, Stop> {
        use locket_abi::Handles as _;
        if capability.holder != self.id {
            return Ok(None);
        }
        Ok(Some(self.table()?.insert_own(id, capability.into())?))
    }

    /// Closes the handle at `index`, as the guest's `[resource-drop]` asks.
    pub fn drop_handle(&self, id: ResourceId, index: u32) -> Result<(), Stop> {
        // A capability belongs to its grant and a wait source to nobody: the handle is all that there is to free.
        let _ = self.table()?.drop_handle(index, id)?;
        Ok(())
    }

    /// Takes back a capability and everything derived from it, on behalf of this container; like [`Kernel::revoke`],
    /// and the operation that is open ends with it.
    pub fn revoke(&self, capability: &Capability) -> bool {
        // It would wait for itself otherwise, and two containers that revoke each other's for each other.
        self.close();
        self.kernel.revoke(capability)
    }

    /// Notes how many bytes of its memory the container has in use, as the engine knows.
    pub fn set_memory(&self, bytes: u32) {
        self.update(|account| account.memory = bytes);
    }

    /// Accounts operations that ran since the last slice was given, when no other follows.
    pub fn account_operations(&self, used: u32) {
        let used = u64::from(used);
        self.update(|account| account.fuel = account.fuel.saturating_add(used));
        self.burnt.set(self.burnt.get().saturating_add(used));
    }

    /// What this run has used so far.
    pub fn account(&self) -> Account {
        Account { calls: self.calls.get(), ..self.used.get() }
    }

    pub(crate) fn update(&self, f: impl FnOnce(&mut Account)) {
        let mut account = self.used.get();
        f(&mut account);
        self.used.set(account);
    }

    /// Makes the account visible to [`Kernel::account`].
    pub(crate) fn publish(&self) {
        let account = self.account();
        self.kernel.with_record(self.id, |record| record.account = account);
    }

    /// Records a denial and returns it.
    #[cold]
    pub(crate) fn deny(&self, denial: Denial, label: &str, rule: RuleId) -> Denial {
        self.update(|account| account.denials = account.denials.saturating_add(1));
        let (interface, function) = self
            .current
            .get()
            .map_or(("", ""), |(interface, field)| (interface.name, field.to_str().unwrap_or_default()));
        let record = self.kernel.audit.lock().record(AuditRecord {
            time: self.board().monotonic(),
            container: self.id,
            interface,
            function,
            label: Label::new(label),
            denial,
            rule,
            count: 1,
        });
        if record.count.is_power_of_two() {
            self.board().event(&Event::Denied { container: self.kernel.name(self.id), record: &record });
        }
        denial
    }

    /// Records the denial of a use of `capability`, by the grant that it comes from.
    #[cold]
    pub(crate) fn deny_use(&self, denial: Denial, capability: &Capability) -> Denial {
        let policy = self.kernel.policy();
        match policy.grants().get(usize::from(capability.grant)) {
            Some(grant) => self.deny(denial, policy.text(grant.label), grant.rule),
            None => self.deny(denial, "", RuleId::POLICY),
        }
    }

    /// Its run has ended: no call passes any more.
    pub(crate) fn retire(&self) {
        self.retired.set(true);
        self.may_leave.set(false);
    }

    pub(crate) fn is_retired(&self) -> bool {
        self.retired.get()
    }
}

impl<B: Platform> Drop for Instance<'_, B> {
    /// A run whose thread was lost (it panicked in a provider) ends too, so that nothing of it stays in use.
    fn drop(&mut self) {
        if !self.retired.get() {
            self.kernel.end(self.id, ExitReason::Killed, self.account());
        }
    }
}
