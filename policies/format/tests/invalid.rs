//! Each rule that makes tables a policy, broken once.

use std::num::{NonZeroU16, NonZeroU32};

use locket_policy::{
    Backoff, Channel, ChannelIndex, Container, ContainerIndex, Cpu, EncodeError, Grant, Invalid, Kind, KindIndex,
    Object, Policy, Problem, Restart, RestartWhen, Rights, RuleId, Signer, SignerIndex, Table, Tables, Text, Version,
    VersionRange, WhenFull,
};

/// Tables that can be damaged.
struct Parts {
    strings: &'static str,
    device: Text,
    signers: Vec<Signer>,
    containers: Vec<Container>,
    kinds: Vec<Kind>,
    channels: Vec<Channel>,
    grants: Vec<Grant>,
}

impl Parts {
    fn encode(&self) -> Vec<u8> {
        let tables = Tables {
            strings: self.strings,
            device: self.device,
            epoch: 1,
            signers: &self.signers,
            containers: &self.containers,
            kinds: &self.kinds,
            channels: &self.channels,
            grants: &self.grants,
        };
        let mut bytes = vec![0; tables.encoded_len()];
        tables.encode(&mut bytes).unwrap();
        bytes
    }
}

/// Long enough for every name; each name is one piece of it.
const STRINGS: &str = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyzß";

const fn text(start: u16, length: u16) -> Text {
    Text { start, length }
}

/// Two containers, a pin for the first, a channel from the first to the second.
fn tables() -> Parts {
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
    Parts {
        strings: STRINGS,
        device: text(0, 1),
        signers: vec![Signer { name: text(0, 4), key: [0; 32] }],
        containers: vec![container(text(0, 1)), container(text(1, 1))],
        kinds: vec![
            kind(text(0, 1), text(0, 1)),
            kind(text(1, 1), text(0, 1)),
            kind(text(1, 1), text(1, 1)),
            kind(text(2, 1), Text::EMPTY),
        ],
        channels: vec![Channel {
            name: text(5, 3),
            message: NonZeroU32::new(32).unwrap(),
            depth: NonZeroU16::new(4).unwrap(),
            rate: None,
            when_full: WhenFull::Reject,
            rule: RuleId(4),
        }],
        grants: vec![
            grant(0, 0, text(3, 2), Object::Board(text(7, 2))),
            grant(0, 1, text(5, 3), Object::Sender(ChannelIndex(0))),
            grant(0, 3, Text::EMPTY, Object::Interface),
            grant(1, 2, text(5, 3), Object::Receiver(ChannelIndex(0))),
        ],
    }
}

#[track_caller]
fn refused(table: Table, entry: usize, problem: Problem, damage: impl FnOnce(&mut Parts)) {
    let mut tables = tables();
    damage(&mut tables);
    assert_eq!(Policy::decode(&tables.encode()), Err(Invalid { table, entry, problem }.into()));
}

/// Where the bytes of each table start, and those of the strings.
fn start_of(table: Table) -> usize {
    let (signers, containers, kinds, channels) = (1, 2, 4, 1);
    match table {
        Table::Device => 0,
        Table::Signers => 28,
        Table::Containers => start_of(Table::Signers) + signers * 36,
        Table::Kinds => start_of(Table::Containers) + containers * 55,
        Table::Channels => start_of(Table::Kinds) + kinds * 12,
        Table::Grants => start_of(Table::Channels) + channels * 20,
    }
}

/// Sets bytes from `offset` on, counted from the start of the table.
#[track_caller]
fn refused_bytes(table: Table, entry: usize, problem: Problem, offset: usize, values: &[u8]) {
    let mut bytes = tables().encode();
    bytes[start_of(table) + offset..][..values.len()].copy_from_slice(values);
    assert_eq!(Policy::decode(&bytes), Err(Invalid { table, entry, problem }.into()));
}

#[test]
fn the_undamaged_tables_are_a_policy() {
    Policy::decode(&tables().encode()).unwrap();
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

/// Tables in which the grant of the whole interface comes with `settings`.
fn with_settings(settings: &str) -> Parts {
    let mut tables = tables();
    tables.strings = format!("{STRINGS}{settings}").leak();
    let [start, length] = [STRINGS, settings].map(|text| u16::try_from(text.len()).unwrap());
    tables.grants[2].object = Object::Settings(text(start, length));
    tables
}

#[test]
fn settings() {
    let bytes = with_settings("key\0value\0empty\0\0").encode();
    let policy = Policy::decode(&bytes).unwrap();
    let of_grant = |grant| policy.settings(&policy.grants().get(grant).unwrap()).collect::<Vec<_>>();
    assert_eq!(of_grant(2), [("key", "value"), ("empty", "")]);
    assert_eq!(of_grant(0), [], "a pin has no settings");
    let many = "k\0v\0".repeat(33);
    for bad in ["key\0value", "key\0", "\0value\0", "key\0value\0key\0", many.as_str()] {
        let refused = Invalid { table: Table::Grants, entry: 2, problem: Problem::Settings };
        assert_eq!(Policy::decode(&with_settings(bad).encode()), Err(refused.into()), "{bad:?}");
    }
    let labelled = |t: &mut Parts| (t.grants[2].object, t.grants[2].label) = (Object::Settings(text(0, 0)), text(0, 1));
    refused(Table::Grants, 2, Problem::Label, labelled);
    refused(Table::Grants, 0, Problem::Object, |t| t.grants[0].object = Object::Settings(Text::EMPTY));
}

#[test]
fn channels() {
    let far = NonZeroU32::new(65_537).unwrap();
    refused(Table::Channels, 0, Problem::LongMessage, |t| t.channels[0].message = far);
    refused(Table::Channels, 0, Problem::NoSender, |t| t.grants.retain(|grant| grant.container.0 == 1));
    refused(Table::Channels, 0, Problem::NoReceiver, |t| t.grants.truncate(3));
    refused(Table::Channels, 0, Problem::Receivers, |t| {
        let first = Grant { container: ContainerIndex(0), ..t.grants[3] };
        t.grants.insert(2, first);
    });
}

#[test]
fn values_without_meaning() {
    let value = Problem::Value;
    refused_bytes(Table::Device, 0, value, 5, &[1]);
    // Of the second container, the first being like it.
    let second = 55;
    refused_bytes(Table::Containers, 1, value, second + 20, &[2]); // pre-releases
    refused_bytes(Table::Containers, 1, value, second + 22, &[0; 4]); // memory
    refused_bytes(Table::Containers, 1, value, second + 26, &[0; 4]); // stack
    refused_bytes(Table::Containers, 1, value, second + 30, &[0; 2]); // cpu
    refused_bytes(Table::Containers, 1, value, second + 30, &1001_u16.to_le_bytes());
    refused_bytes(Table::Containers, 1, value, second + 40, &[3]); // restart: no such rule
    refused_bytes(Table::Containers, 1, value, second + 40, &[1]); // without pauses
    refused_bytes(Table::Containers, 1, value, second + 41, &[1]); // never, with a pause
    refused_bytes(Table::Containers, 1, value, second + 49, &[1]); // never, with a count
    refused_bytes(Table::Channels, 0, value, 4, &[0; 4]); // message
    refused_bytes(Table::Channels, 0, value, 8, &[0; 2]); // depth
    refused_bytes(Table::Channels, 0, value, 10, &[1]); // a rate without a period
    refused_bytes(Table::Channels, 0, value, 12, &[1]); // a period without a count
    refused_bytes(Table::Channels, 0, value, 10, &[1, 0, 4]); // no such period
    refused_bytes(Table::Channels, 0, value, 13, &[3]); // full: no such rule
    refused_bytes(Table::Channels, 0, value, 13, &[2]); // waits for no time
    refused_bytes(Table::Channels, 0, value, 14, &[1]); // a time without a wait
    refused_bytes(Table::Grants, 0, value, 6, &[5]); // no such object
    refused_bytes(Table::Grants, 2, value, 2 * 22 + 7, &[1]); // the interface, with a number
    refused_bytes(Table::Grants, 1, value, 22 + 8, &[1]); // channel 256
}

#[test]
fn strings_are_utf_8() {
    let mut bytes = tables().encode();
    *bytes.last_mut().unwrap() = 0xff;
    let invalid = Invalid { table: Table::Device, entry: 0, problem: Problem::Utf8 };
    assert_eq!(Policy::decode(&bytes), Err(invalid.into()));
}

#[test]
fn tables_end_where_no_index_reaches() {
    let many = |name, entry| {
        refused(name, entry, Problem::TooMany, |t| match name {
            Table::Signers => t.signers.resize(entry + 1, t.signers[0]),
            Table::Containers => t.containers.resize(entry + 1, t.containers[0]),
            Table::Kinds => t.kinds.resize(entry + 1, t.kinds[0]),
            Table::Channels => t.channels.resize(entry + 1, t.channels[0]),
            Table::Device | Table::Grants => unreachable!("they have no such limit"),
        });
    };
    many(Table::Signers, 64);
    many(Table::Containers, 64);
    many(Table::Kinds, 32);
    many(Table::Channels, 256);
}

#[test]
fn what_cannot_be_written_is_refused() {
    let parts = tables();
    let grants = vec![parts.grants[0]; 65_536];
    let tables = Tables { grants: &grants, ..Tables::default() };
    let mut buffer = vec![0; tables.encoded_len()];
    let error = tables.encode(&mut buffer).unwrap_err();
    assert_eq!(error.to_string(), "the policy has 65536 grants; no policy has room for more than 65535");
    let tables = Tables { strings: STRINGS, ..Tables::default() };
    assert_eq!(tables.encode(&mut buffer[..tables.encoded_len() - 1]), Err(EncodeError::Buffer));
}
