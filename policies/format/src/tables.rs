//! The policy's tables, and reading them.

use heapless::Vec;
use serde::Serialize;

use crate::{
    Channel, ChannelIndex, Container, ContainerIndex, Grant, Invalid, Kind, KindIndex, MAX_CHANNELS, MAX_CONTAINERS,
    MAX_KINDS, Object, Signer, Text,
};

/// What a policy says, not yet checked.
///
/// Capacities: `C` containers and as many signers, `G` grants, `H` channels ([`Profile`](crate::Profile)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tables<'a, const C: usize, const G: usize, const H: usize> {
    /// All strings in one; at most 64 KiB, so that [`Text`] reaches them.
    pub strings: &'a str,
    /// The device's name.
    pub device: Text,
    /// The policy's anti-rollback number: a device takes no policy whose epoch is below the one it has.
    pub epoch: u32,
    /// Whose images are taken.
    pub signers: Vec<Signer, C>,
    /// The containers, in the order in which they start.
    pub containers: Vec<Container, C>,
    /// What grants are about, sorted by interface and resource.
    pub kinds: Vec<Kind, MAX_KINDS>,
    /// The channels.
    pub channels: Vec<Channel, H>,
    /// The grants, sorted by container, kind and label.
    pub grants: Vec<Grant, G>,
}

/// A whole policy: all that [`Invalid`] lists has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy<'a, const C: usize, const G: usize, const H: usize> {
    tables: Tables<'a, C, G, H>,
}

impl<'a, const C: usize, const G: usize, const H: usize> Policy<'a, C, G, H> {
    /// Checks the tables.
    pub fn new(tables: Tables<'a, C, G, H>) -> Result<Self, Invalid> {
        const { assert!(C <= MAX_CONTAINERS && H <= MAX_CHANNELS, "indices and container sets have no room for more") };
        crate::check::check(&tables)?;
        Ok(Self { tables })
    }

    /// The tables, as they are encoded.
    #[must_use]
    pub fn tables(&self) -> &Tables<'a, C, G, H> {
        &self.tables
    }

    /// The text of a [`Text`] of this policy; empty for one that is not from this policy and leads nowhere.
    #[must_use]
    pub fn text(&self, text: Text) -> &'a str {
        text.of(self.tables.strings).unwrap_or_default()
    }

    /// The device's name.
    #[must_use]
    pub fn device(&self) -> &'a str {
        self.text(self.tables.device)
    }

    /// The anti-rollback number.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.tables.epoch
    }

    /// The signers.
    #[must_use]
    pub fn signers(&self) -> &[Signer] {
        &self.tables.signers
    }

    /// The signer whose signature a container's image needs.
    #[must_use]
    pub fn signer_of(&self, container: ContainerIndex) -> Option<&Signer> {
        self.tables.signers.get(self.container(container)?.signer.get())
    }

    /// The containers, in the order in which they start.
    #[must_use]
    pub fn containers(&self) -> &[Container] {
        &self.tables.containers
    }

    /// One container.
    #[must_use]
    pub fn container(&self, index: ContainerIndex) -> Option<&Container> {
        self.tables.containers.get(index.get())
    }

    /// The container of this name.
    #[must_use]
    pub fn find_container(&self, name: &str) -> Option<ContainerIndex> {
        let position = self.tables.containers.iter().position(|container| self.text(container.name) == name)?;
        u8::try_from(position).ok().map(ContainerIndex)
    }

    /// The kinds that the policy grants, sorted by interface and resource.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.tables.kinds
    }

    /// One kind.
    #[must_use]
    pub fn kind(&self, index: KindIndex) -> Option<&Kind> {
        self.tables.kinds.get(index.get())
    }

    /// The kind of this interface and resource (empty: the whole interface), if the policy grants any such thing.
    #[must_use]
    pub fn find_kind(&self, interface: &str, resource: &str) -> Option<KindIndex> {
        let position = self
            .tables
            .kinds
            .binary_search_by(|kind| (self.text(kind.interface), self.text(kind.resource)).cmp(&(interface, resource)))
            .ok()?;
        u8::try_from(position).ok().map(KindIndex)
    }

    /// The channels.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.tables.channels
    }

    /// One channel.
    #[must_use]
    pub fn channel(&self, index: ChannelIndex) -> Option<&Channel> {
        self.tables.channels.get(index.get())
    }

    /// The containers that may send on a channel, in ascending order.
    pub fn senders(&self, channel: ChannelIndex) -> impl Iterator<Item = ContainerIndex> {
        self.holders(Object::Sender(channel))
    }

    /// The containers that receive a channel's messages, in ascending order.
    pub fn receivers(&self, channel: ChannelIndex) -> impl Iterator<Item = ContainerIndex> {
        self.holders(Object::Receiver(channel))
    }

    fn holders(&self, object: Object) -> impl Iterator<Item = ContainerIndex> {
        self.tables.grants.iter().filter(move |grant| grant.object == object).map(|grant| grant.container)
    }

    /// All grants, sorted by container, kind and label.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.tables.grants
    }

    /// A container's grants, sorted by kind and label.
    #[must_use]
    pub fn grants_of(&self, container: ContainerIndex) -> &[Grant] {
        let grants = self.tables.grants.as_slice();
        let start = grants.partition_point(|grant| grant.container < container);
        let end = grants.partition_point(|grant| grant.container <= container);
        grants.get(start..end).unwrap_or_default()
    }
}
