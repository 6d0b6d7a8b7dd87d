//! The audit ring: every denial, the newest ones kept.

use core::fmt::{self, Write as _};

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
        // Not `{:?}`, which brings tables of Unicode's into a device's flash.
        f.write_str("\"")?;
        for c in self.as_str().chars() {
            if c.is_control() || c == '"' || c == '\\' {
                write!(f, "{}", c.escape_default())?;
            } else {
                f.write_char(c)?;
            }
        }
        f.write_str("\"")?;
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

    /// Record number `number` of all that there ever were, or the oldest after it that is still there; and its number.
    pub(crate) fn at_or_after(&self, number: u32) -> Option<(u32, &AuditRecord)> {
        let index = number.saturating_sub(self.overwritten);
        let record = self.records.iter().nth(usize::try_from(index).ok()?)?;
        Some((self.overwritten.saturating_add(index), record))
    }

    pub(crate) const fn overwritten(&self) -> u32 {
        self.overwritten
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::string::ToString;

    use super::*;

    fn record(container: usize, rule: u16) -> AuditRecord {
        AuditRecord {
            time: 0,
            container: ContainerId::new(container).unwrap(),
            interface: "locket:gpio/digital@0.1.0",
            function: "[static]output.open",
            label: Label::new("valve"),
            denial: Denial::UnknownLabel,
            rule: RuleId(rule),
            count: 1,
        }
    }

    #[test]
    fn repetition_takes_one_record() {
        let mut audit = Audit::new();
        audit.record(record(1, 1));
        for _ in 0..10 * AUDIT {
            audit.record(record(0, 1));
        }
        assert_eq!(audit.overwritten(), 0);
        let (number, flood) = audit.at_or_after(1).unwrap();
        assert_eq!((number, flood.count), (1, u32::try_from(10 * AUDIT).unwrap()));
        assert_eq!(
            flood.to_string(),
            format_args!(
                "locket:gpio/digital@0.1.0 [static]output.open \"valve\": unknown-label (rule 1) x{}",
                flood.count
            )
            .to_string()
        );
    }

    #[test]
    fn the_oldest_make_room_and_are_counted() {
        let mut audit = Audit::new();
        for rule in 0..u16::try_from(AUDIT).unwrap() + 3 {
            audit.record(record(0, rule));
        }
        assert_eq!(audit.overwritten(), 3);
        let (number, oldest) = audit.at_or_after(0).unwrap();
        assert_eq!((number, oldest.rule), (3, RuleId(3)));
        assert_eq!(audit.at_or_after(u32::try_from(AUDIT).unwrap() + 3), None);
    }

    #[test]
    fn a_long_label_is_cut_between_characters() {
        let label = Label::new("0123456789012345678901234567890äöü");
        assert_eq!(label.as_str(), "0123456789012345678901234567890");
        assert_eq!(label.to_string(), "\"0123456789012345678901234567890\"…");
        assert_eq!(Label::new("valve").to_string(), "\"valve\"");
        assert_eq!(Label::new("a\"b\n\\ä").to_string(), r#""a\"b\n\\ä""#);
    }
}
