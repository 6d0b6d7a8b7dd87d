//! Policies built in code.

use core::num::{NonZeroU16, NonZeroU32, NonZeroU64};
use std::{borrow::ToOwned, boxed::Box, string::String, vec, vec::Vec};

use locket_policy::{
    Backoff, Channel, ChannelIndex, Container, ContainerIndex, Cpu, Grant, Kind, KindIndex, Object, Period, Rate,
    Restart, RestartWhen, Rights, RuleId, Signer, SignerIndex, Tables, Text, Version, VersionRange, WhenFull,
};

use crate::kernel::Policy;

use super::std;

/// `count` times in a second.
///
/// # Panics
/// If `count` is 0.
#[must_use]
pub fn rate(count: u16) -> Rate {
    Rate { count: NonZeroU16::new(count).unwrap(), period: Period::Second }
}

/// Interface, resource and grant word of both ends of channels.
const CHANNEL: &str = "locket:ipc/channel@0.1.0";

/// A policy in the making. Rules are numbered from 1 on in the order in which things are added: a container takes two
/// (itself, its table of grants), a grant and a channel one.
#[derive(Debug, Default)]
pub struct PolicyBuilder {
    containers: Vec<ContainerSpec>,
    channels: Vec<(String, u16, ChannelSpec)>,
    rules: u16,
}

/// A container in the making.
#[derive(Debug)]
pub struct ContainerSpec {
    name: String,
    memory: u32,
    permille: u16,
    fuel: Option<u64>,
    restart: Restart,
    grants: Vec<GrantSpec>,
    rule: u16,
    rules: u16,
}

#[derive(Debug)]
struct GrantSpec {
    kind: (String, String, String),
    label: String,
    object: String,
    rights: u16,
    rate: Option<Rate>,
    quota: Option<u32>,
    settings: Option<String>,
    rule: u16,
}

/// A channel in the making.
#[derive(Clone, Copy, Debug)]
pub struct ChannelSpec {
    /// Names of the containers that send.
    pub from: &'static [&'static str],
    /// Names of the containers that receive.
    pub to: &'static [&'static str],
    /// Bytes of the longest message.
    pub message: u32,
    /// Messages that it holds.
    pub depth: u16,
    /// How often each sender may send.
    pub rate: Option<Rate>,
    /// What happens when it is full.
    pub when_full: WhenFull,
}

impl ContainerSpec {
    /// Bytes that it may use; 16 KiB if nothing is said.
    #[must_use]
    pub const fn memory(mut self, bytes: u32) -> Self {
        self.memory = bytes;
        self
    }

    /// Thousandths of a processor core; a whole one if nothing is said.
    #[must_use]
    pub const fn cpu(mut self, permille: u16) -> Self {
        self.permille = permille;
        self
    }

    /// Operations between two waits; no limit if nothing is said.
    #[must_use]
    pub const fn fuel(mut self, operations: u64) -> Self {
        self.fuel = Some(operations);
        self
    }

    /// Is started again after it failed, after 10 ms at first and 40 ms at most; never if nothing is said.
    ///
    /// # Panics
    /// Does not.
    #[must_use]
    pub fn restart(mut self, when: RestartWhen, give_up_after: u16) -> Self {
        let ms = |ms| NonZeroU32::new(ms).unwrap();
        let backoff = Backoff { min_ms: ms(10), max_ms: ms(40) };
        self.restart = Restart::Again { when, backoff, give_up_after: NonZeroU16::new(give_up_after) };
        self
    }

    /// Holds `object` under `label`; `kind` is the interface, the resource and the grant word, `rights` the bits.
    #[must_use]
    pub fn grant(
        mut self,
        kind: (&str, &str, &str),
        label: &str,
        object: &str,
        rights: u16,
        rate: Option<Rate>,
    ) -> Self {
        self.rules += 1;
        self.grants.push(GrantSpec {
            kind: (kind.0.to_owned(), kind.1.to_owned(), kind.2.to_owned()),
            label: label.to_owned(),
            object: object.to_owned(),
            rights,
            rate,
            quota: None,
            settings: None,
            rule: self.rule + 1 + self.rules,
        });
        self
    }

    /// The grant added last allows its object `bytes` bytes.
    ///
    /// # Panics
    /// If there is no grant yet.
    #[must_use]
    pub fn quota(mut self, bytes: u32) -> Self {
        self.grants.last_mut().expect("a grant").quota = Some(bytes);
        self
    }

    /// The grant added last, of a whole interface, comes with these settings.
    ///
    /// # Panics
    /// If there is no grant yet.
    #[must_use]
    pub fn settings(mut self, settings: &[(&str, &str)]) -> Self {
        let text = settings.iter().flat_map(|(key, value)| [*key, "\0", *value, "\0"]).collect();
        self.grants.last_mut().expect("a grant").settings = Some(text);
        self
    }

    /// Holds a whole interface, which is granted as `word`.
    #[must_use]
    pub fn interface(self, interface: &str, word: &str, rate: Option<Rate>) -> Self {
        self.grant((interface, "", word), "", "", 0, rate)
    }
}

impl PolicyBuilder {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a container with what `with` says of it.
    #[must_use]
    pub fn container(mut self, name: &str, with: impl FnOnce(ContainerSpec) -> ContainerSpec) -> Self {
        let spec = with(ContainerSpec {
            name: name.to_owned(),
            memory: 16 * 1024,
            permille: 1000,
            fuel: None,
            restart: Restart::Never,
            grants: Vec::new(),
            rule: self.rules + 1,
            rules: 0,
        });
        self.rules += 2 + spec.rules;
        self.containers.push(spec);
        self
    }

    /// Adds a channel called `name`, after its containers.
    #[must_use]
    pub fn channel(mut self, name: &str, spec: ChannelSpec) -> Self {
        self.rules += 1;
        for (ends, resource, right) in [(spec.from, "sender", 1), (spec.to, "receiver", 2)] {
            for end in ends {
                let rule = self.rules;
                if let Some(container) = self.containers.iter_mut().find(|container| container.name == *end) {
                    container.grants.push(GrantSpec {
                        kind: (CHANNEL.to_owned(), resource.to_owned(), resource.to_owned()),
                        label: name.to_owned(),
                        object: name.to_owned(),
                        rights: right,
                        rate: None,
                        quota: None,
                        settings: None,
                        rule,
                    });
                }
            }
        }
        self.channels.push((name.to_owned(), self.rules, spec));
        self
    }

    /// The policy, checked.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn build(self) -> Policy {
        let bytes = Box::leak(self.encode().into_boxed_slice());
        Policy::decode(bytes).unwrap_or_else(|error| panic!("{error}"))
    }

    fn encode(self) -> Vec<u8> {
        let mut strings = String::new();
        let mut text = |part: &str| {
            let at = strings.len();
            strings.push_str(part);
            let short = |n: usize| u16::try_from(n).expect("a test's policy is short");
            Text { start: short(at), length: short(part.len()) }
        };
        let mut kinds: Vec<_> = self.containers.iter().flat_map(|c| c.grants.iter().map(|g| g.kind.clone())).collect();
        kinds.sort();
        kinds.dedup();
        let channel_index = |name: &str| {
            let index = self.channels.iter().position(|(other, ..)| other == name).expect("a channel's end");
            ChannelIndex(u8::try_from(index).expect("a test's policy is short"))
        };
        let mut grants = Vec::new();
        for (container, spec) in (0_u8..).zip(&self.containers) {
            for grant in &spec.grants {
                let kind = kinds.iter().position(|kind| *kind == grant.kind).expect("collected from the grants");
                grants.push(((container, u8::try_from(kind).expect("few kinds"), grant.label.clone()), grant));
            }
        }
        grants.sort_by(|one, other| one.0.cmp(&other.0));
        let grants: Vec<Grant> = grants
            .iter()
            .map(|((container, kind, label), grant)| Grant {
                container: ContainerIndex(*container),
                kind: KindIndex(*kind),
                label: text(label),
                object: match grant.kind.1.as_str() {
                    "" => match &grant.settings {
                        Some(settings) => Object::Settings(text(settings)),
                        None => Object::Interface,
                    },
                    "sender" if grant.kind.0 == CHANNEL => Object::Sender(channel_index(label)),
                    "receiver" if grant.kind.0 == CHANNEL => Object::Receiver(channel_index(label)),
                    _ => Object::Board(text(&grant.object)),
                },
                rights: Rights::from_bits(grant.rights),
                rate: grant.rate,
                quota: grant.quota.and_then(NonZeroU32::new),
                rule: RuleId(grant.rule),
            })
            .collect();
        let containers: Vec<Container> = self
            .containers
            .iter()
            .map(|spec| Container {
                name: text(&spec.name),
                image: text(&spec.name),
                versions: VersionRange { from: Version::MIN, to: Version::MAX, pre_releases: true },
                signer: SignerIndex(0),
                memory: NonZeroU32::new(spec.memory).unwrap(),
                stack: NonZeroU32::new(1).unwrap(),
                cpu: Cpu::from_permille(spec.permille).unwrap(),
                fuel: spec.fuel.and_then(NonZeroU64::new),
                restart: spec.restart,
                rule: RuleId(spec.rule),
                default_deny: RuleId(spec.rule + 1),
            })
            .collect();
        let kinds: Vec<Kind> = kinds
            .iter()
            .map(|(interface, resource, word)| Kind {
                interface: text(interface),
                resource: text(resource),
                word: text(word),
            })
            .collect();
        let channels: Vec<Channel> = self
            .channels
            .iter()
            .map(|(name, rule, spec)| Channel {
                name: text(name),
                message: NonZeroU32::new(spec.message).unwrap(),
                depth: NonZeroU16::new(spec.depth).unwrap(),
                rate: spec.rate,
                when_full: spec.when_full,
                rule: RuleId(*rule),
            })
            .collect();
        let (device, signers) = (text("test"), [Signer { name: text("acme"), key: [0; 32] }]);
        let tables = Tables {
            strings: &strings,
            device,
            epoch: 1,
            signers: &signers,
            containers: &containers,
            kinds: &kinds,
            channels: &channels,
            grants: &grants,
        };
        let mut bytes = vec![0; tables.encoded_len()];
        tables.encode(&mut bytes).unwrap_or_else(|error| panic!("{error}"));
        bytes
    }
}
