//! The audit ring: every denial, the newest ones kept.

use core::fmt;

use heapless::Deque;

use crate::capacity::{AUDIT, LABEL};
use crate::{ContainerId, Denial, RuleId};

/// The label that a container asked for, cut to [`LABEL`] bytes.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Label {
    text: heapless::String<LABEL>,
    cut: bool,
}

impl Label {
    /// Takes as much of `text` as there is room for, cut between characters.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let kept = text.char_indices().map(|(at, c)| at.saturating_add(c.len_utf8())).take_while(|end| *end <= LABEL);
        let end = kept.last().unwrap_or(0);
        let mut label = Self { text: heapless::String::new(), cut: end < text.len() };
        // It was cut to fit.
        let _ = label.text.push_str(text.get(..end).unwrap_or_default());
        label
    }

    /// The label, or the beginning of a longer one.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())?;
        if self.cut { f.write_str("…") } else { Ok(()) }
    }
}

/// One denial, or several equal ones of one container in a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditRecord {
    /// When it happened last, in nanoseconds since the device started.
    pub time: u64,
    /// Whose operation was denied.
    pub container: ContainerId,
    /// The interface, such as `locket:gpio/digital@0.1.0`; empty if the kernel itself was asked.
    pub interface: &'static str,
    /// The function as guests import it, such as `[method]output.set`.
    pub function: &'static str,
    /// The label asked for, or under which the capability was granted; empty for a whole interface.
    pub label: Label,
    /// Why.
    pub denial: Denial,
    /// The policy line that decided.
    pub rule: RuleId,
    /// How often in a row, from 1 on.
    pub count: u32,
}

impl AuditRecord {
    fn repeats(&self, other: &Self) -> bool {
        self.denial == other.denial
            && self.rule == other.rule
            && core::ptr::eq(self.function, other.function)
            && core::ptr::eq(self.interface, other.interface)
            && self.label == other.label
    }
}

impl fmt::Display for AuditRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.interface, self.function)?;
        if !self.label.as_str().is_empty() {
            write!(f, " {}", self.label)?;
        }
        write!(f, ": {} (rule {})", self.denial, self.rule.0)?;
        if self.count > 1 { write!(f, " x{}", self.count) } else { Ok(()) }
    }
}

/// The newest denials, and how many were overwritten.
#[derive(Debug)]
pub(crate) struct Audit {
    records: Deque<AuditRecord, AUDIT>,
    overwritten: u32,
}

impl Audit {
    pub(crate) const fn new() -> Self {
        Self { records: Deque::new(), overwritten: 0 }
    }

    /// Notes a denial and returns its record as it now stands. A container that repeats itself fills one record, so it
    /// cannot push the others' denials out of the ring that way.
    pub(crate) fn record(&mut self, record: AuditRecord) -> AuditRecord {
        let newest_of_container = self.records.iter_mut().rev().find(|old| old.container == record.container);
        if let Some(old) = newest_of_container
            && old.repeats(&record)
        {
            old.count = old.count.saturating_add(1);
            old.time = record.time;
            return old.clone();
        }
        if self.records.is_full() {
            self.records.pop_front();
            self.overwritten = self.overwritten.saturating_add(1);
        }
        let copy = record.clone();
        // There is room now.
        let _ = self.records.push_back(record);
        copy
    }

    pub(crate) fn get(&self, index: usize) -> Option<&AuditRecord> {
        self.records.iter().nth(index)
    }

    pub(crate) const fn overwritten(&self) -> u32 {
        self.overwritten
    }
}
