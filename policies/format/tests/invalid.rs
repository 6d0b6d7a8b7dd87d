//! Each rule that makes tables a policy, broken once.

use std::num::{NonZeroU16, NonZeroU32};

use locket_policy::{
    Backoff, Channel, ChannelIndex, Container, ContainerIndex, Cpu, Grant, Invalid, Kind, KindIndex, Object, Problem,
    Restart, RestartWhen, Rights, RuleId, Signer, SignerIndex, Table, Text, Version, VersionRange, WhenFull,
};

type Tables<'a> = locket_policy::Tables<'a, 4, 8, 4>;
type Policy<'a> = locket_policy::Policy<'a, 4, 8, 4>;

/// Long enough for every name; each name is one piece of it.
const STRINGS: &str = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyzß";

const fn text(start: u16, length: u16) -> Text {
    Text { start, length }
}

/// Two containers, a pin for the first, a channel from the first to the second.
fn tables() -> Tables<'static> {
    let container = |name| Container {
        name,
        image: text(0, 5),
        versions: VersionRange::ANY,
        signer: SignerIndex(0),
        memory: NonZeroU32::new(8192).unwrap(),
        stack: NonZeroU32::new(2048).unwrap(),
        cpu: Cpu::UNLIMITED,
        fuel: None,
        restart: Restart::Never,
        rule: RuleId(1),
        default_deny: RuleId(2),
    };
    let grant = |container, kind, label, object| Grant {
        container: ContainerIndex(container),
        kind: KindIndex(kind),
        label,
        object,
        rights: Rights::from_bits(1),
        rate: None,
        quota: None,
        rule: RuleId(3),
    };
    let kind = |interface, resource| Kind { interface, resource, word: text(0, 1) };
    let mut tables = Tables { strings: STRINGS, device: text(0, 1), epoch: 1, ..Tables::default() };
    tables.signers.push(Signer { name: text(0, 4), key: [0; 32] }).unwrap();
    tables.containers.extend([container(text(0, 1)), container(text(1, 1))]);
    tables.kinds.extend([
        kind(text(0, 1), text(0, 1)),
        kind(text(1, 1), text(0, 1)),
        kind(text(1, 1), text(1, 1)),
        kind(text(2, 1), Text::EMPTY),
    ]);
    tables
        .channels
        .push(Channel {
            name: text(5, 3),
            message: NonZeroU32::new(32).unwrap(),
            depth: NonZeroU16::new(4).unwrap(),
            rate: None,
            when_full: WhenFull::Reject,
            rule: RuleId(4),
        })
        .unwrap();
    tables.grants.extend([
        grant(0, 0, text(3, 2), Object::Board(text(7, 2))),
        grant(0, 1, text(5, 3), Object::Sender(ChannelIndex(0))),
        grant(0, 3, Text::EMPTY, Object::Interface),
        grant(1, 2, text(5, 3), Object::Receiver(ChannelIndex(0))),
    ]);
    tables
}

#[track_caller]
fn refused(table: Table, entry: usize, problem: Problem, damage: impl FnOnce(&mut Tables<'static>)) {
    let mut tables = tables();
    damage(&mut tables);
    assert_eq!(Policy::new(tables), Err(Invalid { table, entry, problem }));
}

#[test]
fn the_undamaged_tables_are_a_policy() {
    Policy::new(tables()).unwrap();
}

#[test]
fn texts_and_names() {
    refused(Table::Device, 0, Problem::NoName, |t| t.device = Text::EMPTY);
    refused(Table::Signers, 0, Problem::Text, |t| t.signers[0].name = text(50, 90));
    refused(Table::Containers, 0, Problem::NoName, |t| t.containers[0].image = Text::EMPTY);
    // The last character takes two bytes.
    let split = u16::try_from(STRINGS.len() - 1).unwrap();
    refused(Table::Containers, 1, Problem::Text, |t| t.containers[1].name = text(split, 1));
    refused(Table::Containers, 1, Problem::NameTaken, |t| t.containers[1].name = t.containers[0].name);
    refused(Table::Containers, 1, Problem::Text, |t| t.containers[1].name = text(u16::MAX, u16::MAX));
}

#[test]
fn containers() {
    refused(Table::Containers, 0, Problem::Signer, |t| t.containers[0].signer = SignerIndex(1));
    refused(Table::Containers, 0, Problem::Stack, |t| t.containers[0].stack = NonZeroU32::new(8193).unwrap());
    refused(Table::Containers, 1, Problem::Range, |t| {
        t.containers[1].versions = VersionRange { from: Version::MAX, to: Version::MIN, pre_releases: false };
    });
    refused(Table::Containers, 1, Problem::Range, |t| {
        let backoff = Backoff { min_ms: NonZeroU32::new(2).unwrap(), max_ms: NonZeroU32::new(1).unwrap() };
        t.containers[1].restart = Restart::Again { when: RestartWhen::Always, backoff, give_up_after: None };
    });
}

#[test]
fn kinds_are_sorted() {
    refused(Table::Kinds, 3, Problem::Order, |t| t.kinds.swap(2, 3));
    refused(Table::Kinds, 1, Problem::Order, |t| t.kinds[1] = t.kinds[0]);
}

#[test]
fn grants() {
    refused(Table::Grants, 3, Problem::Container, |t| t.grants[3].container = ContainerIndex(2));
    refused(Table::Grants, 0, Problem::Kind, |t| t.grants[0].kind = KindIndex(4));
    refused(Table::Grants, 1, Problem::Channel, |t| t.grants[1].object = Object::Sender(ChannelIndex(1)));
    refused(Table::Grants, 0, Problem::LongLabel, |t| t.grants[0].label = text(0, 33));
    refused(Table::Grants, 0, Problem::Label, |t| t.grants[0].label = Text::EMPTY);
    refused(Table::Grants, 1, Problem::Label, |t| t.grants[1].label = text(6, 3));
    refused(Table::Grants, 2, Problem::Label, |t| t.grants[2].label = text(0, 1));
    refused(Table::Grants, 0, Problem::Object, |t| t.grants[0].object = Object::Interface);
    refused(Table::Grants, 2, Problem::Object, |t| t.grants[2].object = Object::Board(text(0, 1)));
    refused(Table::Grants, 1, Problem::Order, |t| t.grants.swap(0, 1));
}

#[test]
fn channels() {
    let far = NonZeroU32::new(65_537).unwrap();
    refused(Table::Channels, 0, Problem::LongMessage, |t| t.channels[0].message = far);
    refused(Table::Channels, 0, Problem::NoSender, |t| t.grants.retain(|grant| grant.container.0 == 1));
    refused(Table::Channels, 0, Problem::NoReceiver, |t| t.grants.truncate(3));
    refused(Table::Channels, 0, Problem::Receivers, |t| {
        let first = Grant { container: ContainerIndex(0), ..t.grants[3] };
        t.grants.insert(2, first).unwrap();
    });
}
