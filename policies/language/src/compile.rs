//! From what was declared to the compiled policy. Everything has been checked; what fails here is only size.

use std::{collections::BTreeSet, path::Path};

use locket_policy::{
    ChannelIndex, ContainerIndex, KindIndex, Object, Policy, Rights, RuleId, SignerIndex, Tables, Text,
};

use crate::{
    channels::Channel,
    containers::Container,
    device::Device,
    diagnostics::Span,
    grants::Kind,
    signers::Signer,
    source_map::SourceMap,
    vocabulary::{RECEIVER, SENDER, Vocabulary},
};

/// The policy as its file declares it.
pub(crate) struct Declared<'d> {
    pub device: Device<'d>,
    pub signers: Vec<Signer<'d>>,
    pub containers: Vec<Container<'d>>,
    pub channels: Vec<Channel<'d>>,
}

/// A policy that passed every check and still cannot be compiled.
pub(crate) struct TooBig(pub String);

/// Compiles to bytes, and the map from rule ids to lines of `text`.
pub(crate) fn compile(
    declared: &Declared<'_>,
    vocabulary: &Vocabulary,
    file: &Path,
    text: &str,
) -> Result<(Vec<u8>, SourceMap), TooBig> {
    let mut builder = Builder::new(file, text);
    builder.build(declared, vocabulary).ok_or_else(|| TooBig("it is larger than any kernel takes".to_owned()))?;
    let tables = builder.tables();
    let mut bytes = vec![0; tables.encoded_len()];
    tables.encode(&mut bytes).map_err(|error| TooBig(error.to_string()))?;
    Policy::decode(&bytes).map_err(|error| TooBig(error.to_string()))?;
    Ok((bytes, builder.map))
}

struct Builder<'t> {
    strings: String,
    device: Text,
    epoch: u32,
    signers: Vec<locket_policy::Signer>,
    containers: Vec<locket_policy::Container>,
    kinds: Vec<locket_policy::Kind>,
    channels: Vec<locket_policy::Channel>,
    grants: Vec<locket_policy::Grant>,
    map: SourceMap,
    text: &'t str,
}

impl<'t> Builder<'t> {
    fn new(file: &Path, text: &'t str) -> Self {
        Self {
            strings: String::new(),
            device: Text::EMPTY,
            epoch: 0,
            signers: Vec::new(),
            containers: Vec::new(),
            kinds: Vec::new(),
            channels: Vec::new(),
            grants: Vec::new(),
            map: SourceMap::new(file),
            text,
        }
    }

    fn tables(&self) -> Tables<'_> {
        Tables {
            strings: &self.strings,
            device: self.device,
            epoch: self.epoch,
            signers: &self.signers,
            containers: &self.containers,
            kinds: &self.kinds,
            channels: &self.channels,
            grants: &self.grants,
        }
    }

    /// Fills the tables; `None` if something does not fit.
    fn build(&mut self, declared: &Declared<'_>, vocabulary: &Vocabulary) -> Option<()> {
        // `RuleId::POLICY` is the first.
        let rule = self.rule(&declared.device.span)?;
        debug_assert_eq!(rule, RuleId::POLICY);
        self.device = self.string(declared.device.name?)?;
        self.epoch = declared.device.epoch?;
        let ends = [SENDER, RECEIVER].map(|end| vocabulary.channel_end(end));
        let kinds = self.kinds(declared, ends.map(|end| end.map(Kind::from)))?;
        for (position, container) in declared.containers.iter().enumerate() {
            self.container(position, container, declared, &kinds)?;
        }
        let all_rights = ends.map(|end| end.map_or(Rights::NONE, |end| end.all_rights()));
        let end_kinds = ends.map(|end| kinds.iter().position(|kind| Some(kind) == end.map(Kind::from).as_ref()));
        for (position, channel) in declared.channels.iter().enumerate() {
            self.channel(position, channel, end_kinds, all_rights)?;
        }
        let strings = &self.strings;
        self.grants.sort_by(|one, other| {
            (one.container, one.kind, one.label.of(strings)).cmp(&(
                other.container,
                other.kind,
                other.label.of(strings),
            ))
        });
        Some(())
    }

    /// The kinds that are granted, sorted.
    fn kinds(&mut self, declared: &Declared<'_>, ends: [Option<Kind>; 2]) -> Option<Vec<Kind>> {
        let mut kinds: BTreeSet<Kind> = declared
            .containers
            .iter()
            .flat_map(|container| &container.grants)
            .map(|grant| grant.kind.clone())
            .collect();
        if !declared.channels.is_empty() {
            kinds.extend(ends.into_iter().flatten());
        }
        for kind in &kinds {
            let interface = self.string(&kind.interface)?;
            let resource = self.string(&kind.resource)?;
            let word = self.string(&kind.word)?;
            self.kinds.push(locket_policy::Kind { interface, resource, word });
        }
        Some(kinds.into_iter().collect())
    }

    fn container(
        &mut self,
        position: usize,
        container: &Container<'_>,
        declared: &Declared<'_>,
        kinds: &[Kind],
    ) -> Option<()> {
        let image = container.image.as_ref()?;
        let compiled = locket_policy::Container {
            name: self.string(container.name)?,
            image: self.string(&image.facts.name)?,
            versions: image.versions,
            signer: self.signer(declared.signers.get(container.signer?)?)?,
            memory: container.memory.as_ref()?.0.try_into().ok()?,
            stack: container.stack.try_into().ok()?,
            cpu: container.cpu,
            fuel: container.fuel,
            restart: container.restart,
            rule: self.rule(&container.span)?,
            default_deny: self.rule(&container.grants_span)?,
        };
        self.containers.push(compiled);
        for grant in &container.grants {
            let compiled = locket_policy::Grant {
                container: ContainerIndex(u8::try_from(position).ok()?),
                kind: kind_index(kinds.iter().position(|kind| *kind == grant.kind))?,
                label: self.string(grant.label)?,
                object: match (grant.object, &grant.settings) {
                    (Some(object), _) => Object::Board(self.string(object)?),
                    (None, Some(settings)) => Object::Settings(self.string(settings)?),
                    (None, None) => Object::Interface,
                },
                rights: grant.rights,
                rate: grant.rate,
                quota: grant.quota,
                rule: self.rule(&grant.span)?,
            };
            self.grants.push(compiled);
        }
        Some(())
    }

    fn channel(
        &mut self,
        position: usize,
        channel: &Channel<'_>,
        kinds: [Option<usize>; 2],
        rights: [Rights; 2],
    ) -> Option<()> {
        let index = ChannelIndex(u8::try_from(position).ok()?);
        let compiled = locket_policy::Channel {
            name: self.string(channel.name)?,
            message: channel.message?,
            depth: channel.depth?,
            rate: channel.rate,
            when_full: channel.when_full?,
            rule: self.rule(&channel.span)?,
        };
        self.channels.push(compiled);
        let objects = [Object::Sender(index), Object::Receiver(index)];
        let rates = [channel.rate, None];
        for (side, end) in [&channel.from, &channel.to].into_iter().enumerate() {
            let rule = self.rule(&end.span)?;
            for &container in &end.containers {
                let grant = locket_policy::Grant {
                    container: ContainerIndex(u8::try_from(container).ok()?),
                    kind: kind_index(*kinds.get(side)?)?,
                    label: compiled.name,
                    object: *objects.get(side)?,
                    rights: *rights.get(side)?,
                    rate: *rates.get(side)?,
                    quota: None,
                    rule,
                };
                self.grants.push(grant);
            }
        }
        Some(())
    }

    /// A signer's place in the table, which holds only those that some container names.
    fn signer(&mut self, signer: &Signer<'_>) -> Option<SignerIndex> {
        let name = self.string(signer.name)?;
        let known = self.signers.iter().position(|known| known.name == name);
        let position = known.unwrap_or(self.signers.len());
        if known.is_none() {
            self.signers.push(locket_policy::Signer { name, key: signer.key? });
        }
        u8::try_from(position).ok().map(SignerIndex)
    }

    fn rule(&mut self, span: &Span) -> Option<RuleId> {
        self.map.add(self.text, span)
    }

    /// A text's place among the strings, where it may share bytes with others.
    fn string(&mut self, text: &str) -> Option<Text> {
        if text.is_empty() {
            return Some(Text::EMPTY);
        }
        let start = self.strings.find(text).unwrap_or_else(|| {
            self.strings.push_str(text);
            self.strings.len() - text.len()
        });
        Some(Text { start: u16::try_from(start).ok()?, length: u16::try_from(text.len()).ok()? })
    }
}

fn kind_index(position: Option<usize>) -> Option<KindIndex> {
    u8::try_from(position?).ok().map(KindIndex)
}
