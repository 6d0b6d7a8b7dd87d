//! Reading a policy.

use crate::{Channel, ChannelIndex, Container, ContainerIndex, Grant, Kind, KindIndex, Object, Records, Signer, Text};

/// A whole policy: all that [`DecodeError`](crate::DecodeError) lists has been checked.
///
/// It holds nothing of what it says, only where that is: a few words, to be copied freely. Made by
/// [`decode`](Self::decode) alone, but for [`Policy::EMPTY`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy<'a> {
    pub(crate) strings: &'a str,
    pub(crate) device: Text,
    pub(crate) epoch: u32,
    pub(crate) signers: Records<'a, Signer>,
    pub(crate) containers: Records<'a, Container>,
    pub(crate) kinds: Records<'a, Kind>,
    pub(crate) channels: Records<'a, Channel>,
    pub(crate) grants: Records<'a, Grant>,
}

impl Policy<'static> {
    /// What a device is allowed that has no policy: nothing. It has no containers and no name.
    pub const EMPTY: Self = Self {
        strings: "",
        device: Text::EMPTY,
        epoch: 0,
        signers: Records::EMPTY,
        containers: Records::EMPTY,
        kinds: Records::EMPTY,
        channels: Records::EMPTY,
        grants: Records::EMPTY,
    };
}

impl<'a> Policy<'a> {
    /// The text of a [`Text`] of this policy; empty for one that is not from this policy and leads nowhere.
    #[must_use]
    #[inline]
    pub fn text(&self, text: Text) -> &'a str {
        text.of(self.strings).unwrap_or_default()
    }

    /// The device's name.
    #[must_use]
    pub fn device(&self) -> &'a str {
        self.text(self.device)
    }

    /// The anti-rollback number.
    #[must_use]
    pub const fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The signers.
    #[must_use]
    pub const fn signers(&self) -> Records<'a, Signer> {
        self.signers
    }

    /// The signer whose signature a container's image needs.
    #[must_use]
    pub fn signer_of(&self, container: ContainerIndex) -> Option<Signer> {
        self.signers.get(self.container(container)?.signer.get())
    }

    /// The containers, in the order in which they start.
    #[must_use]
    pub const fn containers(&self) -> Records<'a, Container> {
        self.containers
    }

    /// One container.
    #[must_use]
    pub fn container(&self, index: ContainerIndex) -> Option<Container> {
        self.containers.get(index.get())
    }

    /// The container of this name.
    #[must_use]
    pub fn find_container(&self, name: &str) -> Option<ContainerIndex> {
        let position = self.containers.iter().position(|container| self.text(container.name) == name)?;
        u8::try_from(position).ok().map(ContainerIndex)
    }

    /// The kinds that the policy grants, sorted by interface and resource.
    #[must_use]
    pub const fn kinds(&self) -> Records<'a, Kind> {
        self.kinds
    }

    /// One kind.
    #[must_use]
    pub fn kind(&self, index: KindIndex) -> Option<Kind> {
        self.kinds.get(index.get())
    }

    /// The kind of this interface and resource (empty: the whole interface), if the policy grants any such thing.
    #[must_use]
    pub fn find_kind(&self, interface: &str, resource: &str) -> Option<KindIndex> {
        let position = self
            .kinds
            .binary_search_by(|kind| (self.text(kind.interface), self.text(kind.resource)).cmp(&(interface, resource)))
            .ok()?;
        u8::try_from(position).ok().map(KindIndex)
    }

    /// The channels.
    #[must_use]
    pub const fn channels(&self) -> Records<'a, Channel> {
        self.channels
    }

    /// One channel.
    #[must_use]
    pub fn channel(&self, index: ChannelIndex) -> Option<Channel> {
        self.channels.get(index.get())
    }

    /// The containers that may send on a channel, in ascending order.
    pub fn senders(&self, channel: ChannelIndex) -> impl Iterator<Item = ContainerIndex> + use<'a> {
        self.holders(Object::Sender(channel))
    }

    /// The containers that receive a channel's messages, in ascending order.
    pub fn receivers(&self, channel: ChannelIndex) -> impl Iterator<Item = ContainerIndex> + use<'a> {
        self.holders(Object::Receiver(channel))
    }

    fn holders(&self, object: Object) -> impl Iterator<Item = ContainerIndex> + use<'a> {
        self.grants.iter().filter(move |grant| grant.object == object).map(|grant| grant.container)
    }

    /// All grants, sorted by container, kind and label.
    #[must_use]
    pub const fn grants(&self) -> Records<'a, Grant> {
        self.grants
    }

    /// The settings that a grant gives its holder, as pairs of key and value.
    pub fn settings(&self, grant: &Grant) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        crate::grant::settings(match grant.object {
            Object::Settings(settings) => self.text(settings),
            _ => "",
        })
    }

    /// A container's grants, sorted by kind and label.
    #[must_use]
    pub fn grants_of(&self, container: ContainerIndex) -> Records<'a, Grant> {
        let start = self.grants.partition_point(|grant| grant.container < container);
        let end = self.grants.partition_point(|grant| grant.container <= container);
        self.grants.range(start..end)
    }
}
