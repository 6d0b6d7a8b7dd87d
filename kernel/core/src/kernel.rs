//! The kernel of one device: its tables, and what the board may ask of it.

use core::sync::atomic::{
    AtomicBool, AtomicU8,
    Ordering::{Relaxed, SeqCst},
};

use heapless::Vec;
use lock_api::Mutex;
use locket_policy::{ChannelIndex, ContainerIndex, Object};

use crate::admission::{self, LoadError, ObjectName};
use crate::audit::Audit;
use crate::capability::{Capability, Class};
use crate::capacity::{CHANNELS, CONTAINERS, GRANTS};
use crate::channel::{self, Channel};
use crate::gate::Gates;
use crate::lifecycle::{Phase, Record};
use crate::table::Table;
use crate::{Account, AuditRecord, ContainerId, ContainerSet, ContainerState, Limits, Platform};

/// The policy of a device, which stays where it lies: in flash, for one.
pub type Policy = locket_policy::Policy<'static>;

/// Why a container was not started; nothing has changed then.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StartError {
    /// The policy has no such container.
    #[error("the policy has no such container")]
    Unknown,
    /// It runs already.
    #[error("it is running")]
    Running,
    /// It was killed while it waited for its restart.
    #[error("it was killed")]
    Killed,
    /// The device shuts down.
    #[error("the device is shutting down")]
    ShuttingDown,
    /// Derived capabilities of other containers fill the capability table.
    #[error("the capability table is full")]
    TableFull,
}

/// One device's kernel. `B` is its board; both live as long as the device runs.
///
/// All functions may be called from any thread, provided that the board is `Sync`.
pub struct Kernel<B: Platform> {
    pub(crate) board: B,
    /// `None` before a policy was loaded.
    loaded: Option<Policy>,
    /// The board's number for the object of each grant, or the number of its channel.
    pub(crate) objects: [u32; GRANTS],
    pub(crate) gates: Gates,
    pub(crate) flags: [Flags; CONTAINERS],
    pub(crate) capabilities: Mutex<B::RawMutex, Table>,
    pub(crate) containers: Mutex<B::RawMutex, Vec<Record, CONTAINERS>>,
    pub(crate) channels: Vec<Mutex<B::RawMutex, Channel>, CHANNELS>,
    pub(crate) audit: Mutex<B::RawMutex, Audit>,
    pub(crate) shutdown: AtomicBool,
    pub(crate) tracing: AtomicBool,
}

/// What is read of a container without its lock.
pub(crate) struct Flags {
    /// Whether it is to end at the next opportunity. Written under the lock of the records.
    pub(crate) stop: AtomicBool,
    /// A [`Phase`]. Written by its own thread.
    pub(crate) phase: AtomicU8,
}

impl<B: Platform> Kernel<B> {
    /// A kernel with `policy` loaded, as [`Kernel::unloaded`] and [`Kernel::load`] make it, but returned by value: for
    /// boards whose stack has room for the tables twice.
    pub fn new(
        board: B,
        policy: Policy,
        message_storage: &'static mut [u8],
        objects: impl FnMut(&B, &ObjectName<'_>) -> Option<u32>,
    ) -> Result<Self, LoadError> {
        let mut kernel = Self::unloaded(board);
        kernel.load(policy, message_storage, objects)?;
        Ok(kernel)
    }

    /// A kernel without a policy: there is no container to start.
    ///
    /// The tables take some 17 KiB in the standard profile. Every bit of them is 0, so that a kernel that is a static
    /// costs neither flash for a first value nor a stack to make it on.
    pub const fn unloaded(board: B) -> Self {
        Self {
            board,
            loaded: None,
            objects: [0; GRANTS],
            gates: Gates::new(),
            flags: [const { Flags { stop: AtomicBool::new(false), phase: AtomicU8::new(Phase::Idle as u8) } };
                CONTAINERS],
            capabilities: Mutex::new(Table::new()),
            containers: Mutex::new(Vec::new()),
            channels: Vec::new(),
            audit: Mutex::new(Audit::new()),
            shutdown: AtomicBool::new(false),
            tracing: AtomicBool::new(false),
        }
    }

    /// Loads `policy`. `message_storage` is where the channels keep their messages; `objects` gives the board's
    /// number for each granted object, `None` if there is none of that name.
    ///
    /// After an error, the kernel has no policy. Loading again begins anew.
    pub fn load(
        &mut self,
        policy: Policy,
        message_storage: &'static mut [u8],
        mut objects: impl FnMut(&B, &ObjectName<'_>) -> Option<u32>,
    ) -> Result<(), LoadError> {
        self.loaded = None;
        self.channels.clear();
        self.containers.get_mut().clear();
        admission::check(&policy, message_storage.len() as u64, self.board.container_memory())?;
        for (number, grant) in self.objects.iter_mut().zip(policy.grants()) {
            *number = match grant.object {
                Object::Interface | Object::Settings(_) => 0,
                Object::Sender(ChannelIndex(channel)) | Object::Receiver(ChannelIndex(channel)) => channel.into(),
                Object::Board(object) => {
                    let text = |text| policy.text(text);
                    let kind = policy.kind(grant.kind);
                    let granted_as = kind.map_or("", |kind| text(kind.word));
                    let name = ObjectName {
                        interface: kind.map_or("", |kind| text(kind.interface)),
                        resource: kind.map_or("", |kind| text(kind.resource)),
                        granted_as,
                        object: text(object),
                    };
                    objects(&self.board, &name).ok_or(LoadError::UnknownObject {
                        container: policy.container(grant.container).map_or("", |container| text(container.name)),
                        label: text(grant.label),
                        granted_as,
                        object: text(object),
                    })?
                }
            };
        }
        let mut rest = message_storage;
        for channel in policy.channels() {
            let (depth, message) = (channel.depth.get(), channel.message.get());
            let size = usize::try_from(channel::storage(depth, message)).unwrap_or(usize::MAX);
            // The sum was checked, and the policy has no more channels than this kernel.
            let Some((storage, tail)) = rest.split_at_mut_checked(size) else { break };
            rest = tail;
            let _ = self.channels.push(Mutex::new(Channel::new(storage, depth, message, channel.when_full)));
        }
        // As many as the policy's containers, which were counted.
        let records = (0..policy.containers().len()).map(|_| Record::IDLE);
        self.containers.get_mut().extend(records.take(CONTAINERS));
        self.loaded = Some(policy);
        Ok(())
    }

    /// The board.
    #[inline]
    pub const fn board(&self) -> &B {
        &self.board
    }

    /// The policy; an empty one before it was loaded.
    #[inline]
    pub const fn policy(&self) -> Policy {
        match self.loaded {
            Some(policy) => policy,
            None => Policy::EMPTY,
        }
    }

    /// All containers of the policy, in the order in which they are to be started. A board starts all of them before
    /// it lets the first one run, so that no channel is found closed only because its other end is yet to come.
    pub fn containers(&self) -> impl Iterator<Item = ContainerId> {
        (0..self.policy().containers().len()).filter_map(ContainerId::new)
    }

    /// The container of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<ContainerId> {
        ContainerId::new(self.policy().find_container(name)?.get())
    }

    /// A container's name in the policy; empty for one that the policy does not have.
    #[must_use]
    pub fn name(&self, container: ContainerId) -> &'static str {
        self.policy_of(container).map_or("", |entry| self.policy().text(entry.name))
    }

    /// The labels under which the policy grants `container` something, in alphabetical order.
    pub fn labels(&self, container: ContainerId) -> impl Iterator<Item = &'static str> {
        let grants = self.policy().grants_of(index_of(container));
        // Grants are sorted by kind first. There are few of a container: the next label is looked for each time.
        core::iter::successors(Some(""), move |last| {
            grants.iter().map(|grant| self.policy().text(grant.label)).filter(|label| label > last).min()
        })
        .skip(1)
    }

    /// What the policy allows `container`.
    #[must_use]
    pub fn limits(&self, container: ContainerId) -> Limits {
        let entry = self.policy_of(container);
        Limits {
            memory: entry.map_or(0, |entry| entry.memory.get()),
            cpu_permille: entry.map_or(0, |entry| entry.cpu.permille()),
            fuel: entry.and_then(|entry| entry.fuel).map(core::num::NonZeroU64::get),
            handles: u16::try_from(crate::capacity::HANDLES).unwrap_or(u16::MAX),
        }
    }

    /// Where `container` is in its life.
    #[must_use]
    pub fn state(&self, container: ContainerId) -> ContainerState {
        let record = self.with_record(container, |record| (record.active, record.ended));
        match record {
            Some((true, _)) => match self.phase(container) {
                Some(Phase::Waiting) => ContainerState::Waiting,
                Some(Phase::Throttled) => ContainerState::Throttled,
                _ => ContainerState::Running,
            },
            Some((false, Some(reason))) => ContainerState::Ended(reason),
            _ => ContainerState::Idle,
        }
    }

    /// How often `container` was started since the device started.
    #[must_use]
    pub fn start_count(&self, container: ContainerId) -> u32 {
        self.with_record(container, |record| record.starts).unwrap_or(0)
    }

    /// What `container` has used, as of its last wait, slice or end.
    #[must_use]
    pub fn account(&self, container: ContainerId) -> Account {
        self.with_record(container, |record| record.account).unwrap_or_default()
    }

    /// The denials that the audit ring still holds, oldest first. No lock is held between two of them; denials that
    /// come in meanwhile are seen too.
    pub fn audit(&self) -> impl Iterator<Item = AuditRecord> + '_ {
        let mut next = 0;
        core::iter::from_fn(move || {
            let audit = self.audit.lock();
            let (number, record) = audit.at_or_after(next)?;
            next = number.saturating_add(1);
            Some(record.clone())
        })
    }

    /// How many records the audit ring has overwritten.
    #[must_use]
    pub fn audit_overwritten(&self) -> u32 {
        self.audit.lock().overwritten()
    }

    /// Turns [`crate::Event::Call`] on or off.
    pub fn set_tracing(&self, on: bool) {
        self.tracing.store(on, Relaxed);
    }

    /// Ends `container` at its next call, slice or wait, and its wait at once; also a restart that it is waiting for.
    /// `false` if it neither runs nor waits for a restart.
    pub fn kill(&self, container: ContainerId) -> bool {
        let stopped = self.with_record(container, |record| {
            let stops = record.active || record.restarting;
            if stops && let Some(flags) = self.flags.get(container.index()) {
                flags.stop.store(true, SeqCst);
            }
            stops
        });
        self.board.unpark(container);
        stopped.unwrap_or(false)
    }

    /// Kills every container, and lets none start any more.
    pub fn shutdown(&self) {
        self.shutdown.store(true, SeqCst);
        for container in self.containers() {
            self.kill(container);
        }
    }

    /// Whether [`Kernel::shutdown`] was called.
    #[must_use]
    pub fn is_shut_down(&self) -> bool {
        self.shutdown.load(SeqCst)
    }

    /// The capability that `container` has from the policy under `label`, of the kind that is granted as `granted_as`
    /// (with an empty label: a whole interface); `None` if there is none, it does not run, or it was revoked.
    #[must_use]
    pub fn capability(&self, container: ContainerId, granted_as: &str, label: &str) -> Option<Capability> {
        let text = |text| self.policy().text(text);
        let grants = self.policy().grants();
        let grant = grants.iter().position(|grant| {
            grant.container == index_of(container)
                && text(grant.label) == label
                && self.policy().kind(grant.kind).is_some_and(|kind| text(kind.word) == granted_as)
        })?;
        self.capabilities.lock().granted(grant, &self.gates)
    }

    /// The board's number of the object that `capability` is about, or the number of its channel; 0 for a whole
    /// interface. It is the same for all that was derived from one grant.
    #[must_use]
    #[inline]
    pub fn object(&self, capability: &Capability) -> u32 {
        self.objects.get(usize::from(capability.grant)).copied().unwrap_or(0)
    }

    /// How many capabilities exist; for tests and health reports.
    #[must_use]
    pub fn capability_count(&self) -> usize {
        self.capabilities.lock().len()
    }

    /// How many messages of the channel called `name` some receiver has yet to take.
    #[must_use]
    pub fn channel_len(&self, name: &str) -> Option<usize> {
        let index = self.policy().channels().iter().position(|channel| self.policy().text(channel.name) == name)?;
        usize::try_from(self.channels.get(index)?.lock().len()).ok()
    }

    pub(crate) fn policy_of(&self, container: ContainerId) -> Option<locket_policy::Container> {
        self.policy().container(index_of(container))
    }

    pub(crate) fn with_record<T>(&self, container: ContainerId, f: impl FnOnce(&mut Record) -> T) -> Option<T> {
        self.containers.lock().get_mut(container.index()).map(f)
    }

    pub(crate) fn phase(&self, container: ContainerId) -> Option<Phase> {
        self.flags.get(container.index()).map(|flags| Phase::from_byte(flags.phase.load(SeqCst)))
    }

    pub(crate) fn set_phase(&self, container: ContainerId, phase: Phase) {
        if let Some(flags) = self.flags.get(container.index()) {
            flags.phase.store(phase as u8, SeqCst);
        }
    }

    pub(crate) fn is_stopped(&self, container: ContainerId) -> bool {
        self.flags.get(container.index()).is_none_or(|flags| flags.stop.load(SeqCst))
    }

    pub(crate) fn with_channel<T>(&self, channel: u32, f: impl FnOnce(&mut Channel) -> T) -> Option<T> {
        let channel = self.channels.get(usize::try_from(channel).ok()?)?;
        Some(f(&mut channel.lock()))
    }

    pub(crate) fn wake(&self, containers: ContainerSet) {
        for container in containers {
            self.board.unpark(container);
        }
    }

    /// Brings a channel's ends up to date after `container` lost a capability on it. Its ends are the containers that
    /// the policy names: what a sender passes on ends with its own end, so it keeps no channel open.
    pub(crate) fn leave_channel(&self, class: Class, channel: u32, container: ContainerId) {
        let holds = || self.capabilities.lock().holds(container, class, channel);
        if class == Class::Board {
            return;
        }
        if holds() {
            // It may have stood in line with the one that is gone.
            if class == Class::Sender {
                let woken = self.with_channel(channel, |channel| channel.leave_line(container));
                self.wake(woken.unwrap_or_default());
            }
            return;
        }
        let woken = self.with_channel(channel, |channel| match class {
            Class::Receiver => channel.leave_receivers(container),
            Class::Board | Class::Sender => channel.leave_senders(container),
        });
        self.wake(woken.unwrap_or_default());
        // Its next run may have begun since the table was looked at.
        if holds() {
            self.join_channel(class, channel, container);
        }
    }

    /// Makes `container` an end of a channel, if it is not yet.
    pub(crate) fn join_channel(&self, class: Class, channel: u32, container: ContainerId) {
        self.with_channel(channel, |channel| match class {
            Class::Board => {}
            Class::Sender => channel.join_senders(container),
            // The number of receivers was checked when the policy was loaded.
            Class::Receiver => drop(channel.join_receivers(container)),
        });
    }

    pub(crate) fn capability_of_grant(&self, grant: &locket_policy::Grant) -> Option<Capability> {
        let key = |grant: &locket_policy::Grant| (grant.container, grant.kind, self.policy().text(grant.label));
        let position = self.policy().grants().binary_search_by(|other| key(&other).cmp(&key(grant))).ok()?;
        self.capabilities.lock().granted(position, &self.gates)
    }

    #[inline]
    pub(crate) fn is_stop_requested(&self, container: ContainerId) -> bool {
        self.flags.get(container.index()).is_none_or(|flags| flags.stop.load(Relaxed))
    }

    #[inline]
    pub(crate) fn is_tracing(&self) -> bool {
        self.tracing.load(Relaxed)
    }
}

/// The policy's way of naming a container.
pub(crate) fn index_of(container: ContainerId) -> ContainerIndex {
    // Below CONTAINERS, which is at most 64.
    ContainerIndex(u8::try_from(container.index()).unwrap_or(u8::MAX))
}
