//! Random policies: the decision against a model without indices, the encoding there and back, damaged bytes.

use std::{
    collections::BTreeMap,
    num::{NonZeroU16, NonZeroU32, NonZeroU64},
};

use locket_policy::{
    Backoff, Channel, ChannelIndex, Container, ContainerIndex, Cpu, Decision, DecodeError, Grant, Kind, KindIndex,
    Object, Period, Policy, Rate, Request, Restart, RestartWhen, Rights, RuleId, Signer, SignerIndex, Tables, Text,
    VersionRange, WhenFull, Why,
};
use proptest::prelude::*;

/// Labels are drawn from few, so that the same one turns up under several kinds and containers.
const LABELS: [&str; 5] = ["a", "b", "bb", "pump", "ähre"];
/// Interface, resource; sorted.
const KINDS: [(&str, &str); 5] =
    [("gpio", "input"), ("gpio", "output"), ("ipc", "receiver"), ("ipc", "sender"), ("log", "")];
const RECEIVER: u8 = 2;
const SENDER: u8 = 3;
const LOG: u8 = 4;

/// A policy as plain data, from which the model answers.
#[derive(Clone, Debug)]
struct Model {
    containers: u8,
    /// Rights by container, kind and label.
    grants: BTreeMap<(u8, u8, String), u16>,
    /// Senders and receivers by channel.
    channels: Vec<(u8, u8)>,
}

impl Model {
    /// What the policy must answer: the rule, and whether it allows.
    fn decide(&self, container: u8, kind: Option<u8>, label: &str, rights: u16) -> (u16, Result<(), Why>) {
        if container >= self.containers {
            return (0, Err(Why::UnknownContainer));
        }
        for (position, ((holder, granted, name), held)) in self.grants.iter().enumerate() {
            if *holder == container && Some(*granted) == kind && name == label {
                let rule = grant_rule(position);
                let missing = rights & !held;
                return (rule, if missing == 0 { Ok(()) } else { Err(Why::MissingRights(Rights::from_bits(missing))) });
            }
        }
        (default_rule(container), Err(Why::NoGrant))
    }

    /// The same policy, compiled.
    fn encode(&self) -> Vec<u8> {
        let mut strings = String::new();
        let mut put = |text: &str| {
            let start = u16::try_from(strings.len()).unwrap();
            strings.push_str(text);
            Text { start, length: u16::try_from(text.len()).unwrap() }
        };
        let device = put("device");
        let signers = [Signer { name: put("acme"), key: [9; 32] }];
        let containers: Vec<Container> =
            (0..self.containers).map(|index| container(put(&format!("c{index}")), put("image"), index)).collect();
        let kinds = KINDS.map(|(interface, resource)| Kind {
            interface: put(interface),
            resource: put(resource),
            word: put("word"),
        });
        let names: Vec<Text> = (0..self.channels.len()).map(|index| put(&channel_name(index))).collect();
        let channels: Vec<Channel> = names.iter().enumerate().map(|(index, name)| channel(*name, index)).collect();
        let mut grants = Vec::new();
        for (position, ((holder, kind, label), rights)) in self.grants.iter().enumerate() {
            let end = label.strip_prefix("channel").map(|index| ChannelIndex(index.parse().unwrap()));
            let object = match (*kind, end) {
                (SENDER, Some(channel)) => Object::Sender(channel),
                (RECEIVER, Some(channel)) => Object::Receiver(channel),
                (LOG, _) => Object::Interface,
                _ => Object::Board(put("thing")),
            };
            grants.push(Grant {
                container: ContainerIndex(*holder),
                kind: KindIndex(*kind),
                label: put(label),
                object,
                rights: Rights::from_bits(*rights),
                rate: NonZeroU16::new(*rights).map(|count| Rate { count, period: Period::Minute }),
                quota: NonZeroU32::new(u32::from(*rights) << 4),
                rule: RuleId(grant_rule(position)),
            });
        }
        encode(&Tables {
            strings: &strings,
            device,
            epoch: 7,
            signers: &signers,
            containers: &containers,
            kinds: &kinds,
            channels: &channels,
            grants: &grants,
        })
    }
}

fn encode(tables: &Tables<'_>) -> Vec<u8> {
    let mut bytes = vec![0; tables.encoded_len()];
    assert_eq!(tables.encode(&mut bytes).unwrap().len(), tables.encoded_len());
    bytes
}

fn grant_rule(position: usize) -> u16 {
    1000 + u16::try_from(position).unwrap()
}

fn default_rule(container: u8) -> u16 {
    100 + u16::from(container)
}

fn channel_name(index: usize) -> String {
    format!("channel{index}")
}

fn container(name: Text, image: Text, index: u8) -> Container {
    let backoff = Backoff { min_ms: NonZeroU32::new(10).unwrap(), max_ms: NonZeroU32::new(60_000).unwrap() };
    let again = Restart::Again { when: RestartWhen::Failed, backoff, give_up_after: NonZeroU16::new(5) };
    Container {
        name,
        image,
        versions: VersionRange::ANY,
        signer: SignerIndex(0),
        memory: NonZeroU32::new(16_384).unwrap(),
        stack: NonZeroU32::new(2048).unwrap(),
        cpu: Cpu::from_permille(200).unwrap(),
        fuel: NonZeroU64::new(u64::from(index) * 1_000_000),
        restart: if index.is_multiple_of(2) { Restart::Never } else { again },
        rule: RuleId(u16::from(index)),
        default_deny: RuleId(default_rule(index)),
    }
}

fn channel(name: Text, index: usize) -> Channel {
    Channel {
        name,
        message: NonZeroU32::new(32).unwrap(),
        depth: NonZeroU16::new(8).unwrap(),
        rate: None,
        when_full: if index.is_multiple_of(2) {
            WhenFull::DropOldest
        } else {
            WhenFull::Wait { timeout_ms: NonZeroU32::new(1000).unwrap() }
        },
        rule: RuleId(u16::try_from(index).unwrap()),
    }
}

fn model() -> impl Strategy<Value = Model> {
    (1_u8..=8)
        .prop_flat_map(|containers| {
            let grant = ((0..containers), 0_u8..2, 0..LABELS.len(), any::<u16>());
            let log = ((0..containers), any::<u16>());
            let channel = ((0..containers), (0..containers));
            (
                Just(containers),
                prop::collection::vec(grant, 0..40),
                prop::collection::vec(log, 0..4),
                prop::collection::vec(channel, 0..6),
            )
        })
        .prop_map(|(containers, objects, logs, channels)| {
            let mut grants = BTreeMap::new();
            for (container, kind, label, rights) in objects {
                grants.insert((container, kind, LABELS[label].to_owned()), rights);
            }
            for (container, rights) in logs {
                grants.insert((container, LOG, String::new()), rights);
            }
            for (index, (sender, receiver)) in channels.iter().enumerate() {
                grants.insert((*sender, SENDER, channel_name(index)), 1);
                grants.insert((*receiver, RECEIVER, channel_name(index)), 2);
            }
            Model { containers, grants, channels }
        })
}

fn request() -> impl Strategy<Value = (u8, Option<u8>, &'static str, u16)> {
    let label = prop::sample::select(&["", "a", "b", "bb", "pump", "ähre", "channel0", "channel1", "none"][..]);
    // Few bits, so that both sides of a rights check turn up.
    (0_u8..9, prop::option::weighted(0.9, 0_u8..5), label, prop_oneof![Just(0), Just(1), Just(2), any::<u16>()])
}

proptest! {
    #[test]
    fn decisions_are_those_of_the_model(model in model(), requests in prop::collection::vec(request(), 1..40)) {
        let bytes = model.encode();
        let policy = Policy::decode(&bytes).unwrap();
        for (container, kind, label, rights) in requests {
            let request = Request { kind: kind.map(KindIndex), label, rights: Rights::from_bits(rights) };
            let decision = policy.decide(ContainerIndex(container), &request);
            let answer = match decision {
                Decision::Allowed(_) => Ok(()),
                Decision::Denied { why, .. } => Err(why),
            };
            prop_assert_eq!((decision.rule().0, answer), model.decide(container, kind, label, rights));
        }
    }

    #[test]
    fn every_grant_of_the_model_is_found(model in model()) {
        let bytes = model.encode();
        let policy = Policy::decode(&bytes).unwrap();
        for ((container, kind, label), rights) in &model.grants {
            let request = Request { kind: Some(KindIndex(*kind)), label, rights: Rights::from_bits(*rights) };
            let decision = policy.decide(ContainerIndex(*container), &request);
            prop_assert!(matches!(decision, Decision::Allowed(grant) if policy.text(grant.label) == label));
        }
        let listed = (0..model.containers).flat_map(|index| policy.grants_of(ContainerIndex(index)));
        prop_assert_eq!(listed.collect::<Vec<_>>(), policy.grants().iter().collect::<Vec<_>>());
        for (index, (sender, receiver)) in (0..).zip(&model.channels) {
            prop_assert_eq!(policy.senders(ChannelIndex(index)).collect::<Vec<_>>(), [ContainerIndex(*sender)]);
            prop_assert_eq!(policy.receivers(ChannelIndex(index)).collect::<Vec<_>>(), [ContainerIndex(*receiver)]);
        }
    }

    #[test]
    fn decoding_undoes_encoding(model in model()) {
        let bytes = model.encode();
        let policy = Policy::decode(&bytes).unwrap();
        prop_assert_eq!((policy.device(), policy.epoch()), ("device", 7));
        // What was read is written again as the same bytes. The strings are their end.
        let signers: Vec<Signer> = policy.signers().iter().collect();
        let containers: Vec<Container> = policy.containers().iter().collect();
        let kinds: Vec<Kind> = policy.kinds().iter().collect();
        let channels: Vec<Channel> = policy.channels().iter().collect();
        let grants: Vec<Grant> = policy.grants().iter().collect();
        let mut tables = Tables {
            strings: "",
            device: Text { start: 0, length: 6 },
            epoch: 7,
            signers: &signers,
            containers: &containers,
            kinds: &kinds,
            channels: &channels,
            grants: &grants,
        };
        tables.strings = std::str::from_utf8(&bytes[tables.encoded_len()..]).unwrap();
        prop_assert_eq!(encode(&tables), bytes);
    }

    #[test]
    fn no_part_of_a_policy_is_a_policy(model in model(), part in any::<prop::sample::Index>()) {
        let bytes = model.encode();
        prop_assert!(Policy::decode(&bytes[..part.index(bytes.len())]).is_err());
    }

    #[test]
    fn damaged_bytes_never_panic(model in model(), flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8), 1..6)) {
        let mut bytes = model.encode();
        for (position, bit) in flips {
            let position = position.index(bytes.len());
            bytes[position] ^= 1_u8 << bit;
        }
        exercise(&bytes);
    }

    #[test]
    fn random_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..512)) {
        let bytes = [&locket_policy::MAGIC[..], &[locket_policy::VERSION], &body].concat();
        exercise(&bytes);
        exercise(&body);
    }
}

/// Whatever decodes must also be usable.
fn exercise(bytes: &[u8]) {
    let Ok(policy) = Policy::decode(bytes) else { return };
    for grant in policy.grants() {
        let request = Request { kind: Some(grant.kind), label: policy.text(grant.label), rights: grant.rights };
        assert_eq!(policy.decide(grant.container, &request), Decision::Allowed(grant));
    }
    for index in 0..policy.channels().len() {
        let channel = ChannelIndex(u8::try_from(index).unwrap());
        assert!(policy.senders(channel).next().is_some() && policy.receivers(channel).next().is_some());
    }
    for container in policy.containers() {
        assert_eq!(
            policy.find_container(policy.text(container.name)).and_then(|found| policy.container(found)),
            Some(container)
        );
    }
}

#[test]
fn a_table_is_read_from_both_ends_and_in_parts() {
    let grants = LABELS.map(|label| ((0, 0, label.to_owned()), 1));
    let bytes = Model { containers: 1, grants: BTreeMap::from(grants), channels: Vec::new() }.encode();
    let policy = Policy::decode(&bytes).unwrap();
    let labels =
        |grants: &mut dyn Iterator<Item = Grant>| grants.map(|grant| policy.text(grant.label)).collect::<Vec<_>>();
    let mut both = policy.grants().iter();
    assert_eq!((both.next_back().map(|grant| policy.text(grant.label)), both.len()), (Some("ähre"), 4));
    assert_eq!(labels(&mut both), ["a", "b", "bb", "pump"]);
    assert_eq!(labels(&mut policy.grants().range(1..3).into_iter()), ["b", "bb"]);
    assert!(policy.grants().range(4..6).is_empty());
    assert_eq!(policy.grants().get(5), None);
    let search = |label| policy.grants().binary_search_by(|grant| policy.text(grant.label).cmp(label));
    assert_eq!([search("bb"), search("c")], [Ok(2), Err(3)]);
}

#[test]
fn other_files_and_formats_are_told_apart() {
    assert_eq!(Policy::decode(b"\0asm\x01\0\0\0"), Err(DecodeError::NotAPolicy));
    assert_eq!(Policy::decode(b"LKTP\x01"), Err(DecodeError::Version { found: 1 }));
}
