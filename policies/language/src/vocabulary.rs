//! The words that a policy may use, out of the WIT packages.

use locket_bindgen::model::{Authority, Function, Grantable, Interface, Model, Resource};
use locket_policy::Rights;

/// The interface whose resources are the ends of channels; `[channels]` grants them.
pub(crate) const CHANNEL: &str = "locket:ipc/channel";
/// Its resources.
pub(crate) const SENDER: &str = "sender";
pub(crate) const RECEIVER: &str = "receiver";

/// The interface that is granted by a container's table `config`.
pub(crate) const CONFIG: &str = "wasi:config/store";

/// What there is to grant: interfaces, kinds of objects, rights.
#[derive(Debug)]
pub struct Vocabulary {
    model: Model,
}

impl Vocabulary {
    /// The words of these WIT packages.
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self { model }
    }

    /// The packages themselves.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The interface of this exact name, version included.
    pub(crate) fn interface(&self, name: &str) -> Option<&Interface> {
        self.model.interfaces().iter().find(|interface| interface.name == name)
    }

    /// The grant words of interfaces that are granted whole.
    pub(crate) fn whole_words(&self) -> impl Iterator<Item = &str> {
        self.model.grantables().filter_map(|grantable| match grantable {
            Grantable::Interface(_) => Some(grantable.word()),
            Grantable::Resource(..) => None,
        })
    }

    /// The grant words of objects that a board has: all kinds but the ends of channels.
    pub(crate) fn board_words(&self) -> impl Iterator<Item = &str> {
        self.board_kinds().map(|kind| kind.word)
    }

    /// Those of them whose grants may have a quota.
    pub(crate) fn quota_words(&self) -> impl Iterator<Item = &str> {
        self.board_kinds().filter(GrantKind::has_quota).map(|kind| kind.word)
    }

    pub(crate) fn whole(&self, word: &str) -> Option<GrantKind<'_>> {
        match self.model.grantable(word)? {
            Grantable::Interface(interface) => {
                Some(GrantKind { word: grant_word(interface)?, interface, resource: None })
            }
            Grantable::Resource(..) => None,
        }
    }

    pub(crate) fn board_kind(&self, word: &str) -> Option<GrantKind<'_>> {
        self.board_kinds().find(|kind| kind.word == word)
    }

    fn board_kinds(&self) -> impl Iterator<Item = GrantKind<'_>> {
        self.object_kinds().filter(|kind| kind.interface.name_without_version() != CHANNEL)
    }

    fn object_kinds(&self) -> impl Iterator<Item = GrantKind<'_>> {
        self.model.grantables().filter_map(|grantable| match grantable {
            Grantable::Interface(_) => None,
            Grantable::Resource(interface, resource) => {
                let word = resource.granted_as.as_deref()?;
                Some(GrantKind { word, interface, resource: Some(resource) })
            }
        })
    }

    /// The kind of one end of a channel, if these packages have channels.
    pub(crate) fn channel_end(&self, resource: &str) -> Option<GrantKind<'_>> {
        self.object_kinds().find(|kind| {
            kind.interface.name_without_version() == CHANNEL
                && kind.resource.is_some_and(|known| known.name == resource)
        })
    }

    /// Whether `word` names an end of a channel.
    pub(crate) fn is_channel_word(&self, word: &str) -> bool {
        [SENDER, RECEIVER].iter().any(|end| self.channel_end(end).is_some_and(|kind| kind.word == word))
    }

    /// The words with which some part of an interface is granted.
    pub(crate) fn words_of(&self, interface: &Interface) -> Vec<&str> {
        self.model
            .grantables()
            .filter(|grantable| grantable.interface().name == interface.name)
            .map(|grantable| grantable.word())
            .collect()
    }
}

fn grant_word(interface: &Interface) -> Option<&str> {
    match &interface.authority {
        Authority::Whole { granted_as } => Some(granted_as),
        _ => None,
    }
}

/// Something that can be granted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GrantKind<'v> {
    pub word: &'v str,
    pub interface: &'v Interface,
    /// `None`: the interface is granted whole.
    pub resource: Option<&'v Resource>,
}

impl<'v> GrantKind<'v> {
    /// The rights that some function of the resource needs; any other is of no use to its holder.
    pub(crate) fn useful_rights(&self) -> Vec<&'v str> {
        let resource = self.resource.map(|resource| resource.name.as_str());
        let of_resource = self.interface.functions.iter().filter(|function| function.resource.as_deref() == resource);
        let needed: Vec<&str> = of_resource.flat_map(|function| function.rights.iter().map(String::as_str)).collect();
        self.interface.rights.iter().map(|right| right.name.as_str()).filter(|right| needed.contains(right)).collect()
    }

    /// Whether a grant may say how many bytes the object may hold.
    pub(crate) fn has_quota(&self) -> bool {
        self.resource.is_some_and(|resource| resource.has_quota)
    }

    /// The bit of a right.
    pub(crate) fn right(&self, name: &str) -> Option<Rights> {
        right(self.interface, name)
    }

    /// All useful rights together.
    pub(crate) fn all_rights(&self) -> Rights {
        self.useful_rights().into_iter().filter_map(|name| self.right(name)).fold(Rights::NONE, |all, one| all | one)
    }
}

/// All rights that a function needs.
pub(crate) fn needed_rights(interface: &Interface, function: &Function) -> Rights {
    function.rights.iter().filter_map(|name| right(interface, name)).fold(Rights::NONE, |all, one| all | one)
}

/// The bit of an interface's right.
pub(crate) fn right(interface: &Interface, name: &str) -> Option<Rights> {
    let bit = interface.rights.iter().position(|right| right.name == name)?;
    let bit = u32::try_from(bit).ok()?;
    1_u16.checked_shl(bit).map(Rights::from_bits)
}

/// The names of the rights in a set.
pub(crate) fn right_names(interface: &Interface, rights: Rights) -> Vec<&str> {
    let held = |name: &str| right(interface, name).is_some_and(|right| rights.contains(right));
    interface.rights.iter().map(|right| right.name.as_str()).filter(|name| held(name)).collect()
}
