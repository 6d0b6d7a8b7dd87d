//! What happened, as the board's console, log and trace are told.

use core::fmt;

use crate::{AuditRecord, ExitReason, RuleId, Stop};

/// Something that happened. `Display` is the one line of text that every board writes; the line starts with the name
/// of the container, without a time and without a line end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Event<'e> {
    /// A container was started.
    Started {
        /// Its name.
        container: &'e str,
        /// How often it has been started since the device started, this time included.
        start_count: u32,
    },
    /// A container writes to the log.
    Log {
        /// Its name.
        container: &'e str,
        /// How much it matters.
        level: LogLevel,
        /// The part of it that speaks; may be empty.
        context: &'e str,
        /// The line.
        message: &'e str,
    },
    /// The kernel denied something. A denial that repeats is told at each doubling of its count.
    Denied {
        /// Name of the container.
        container: &'e str,
        /// The record in the audit ring.
        record: &'e AuditRecord,
    },
    /// An image imports what the policy does not grant; one event for each missing grant.
    MissingGrant {
        /// Name of the container.
        container: &'e str,
        /// The imported interface.
        interface: &'static str,
        /// The grant word that would cover it.
        granted_as: &'static str,
        /// The policy line that decided: the container's table of grants.
        rule: RuleId,
    },
    /// A container ended.
    Exited {
        /// Its name.
        container: &'e str,
        /// Why.
        reason: ExitReason,
    },
    /// A container that ended is going to be started again.
    Restarting {
        /// Its name.
        container: &'e str,
        /// In how many nanoseconds.
        after: u64,
    },
    /// A container has failed as often as its policy allows and stays down.
    GaveUp {
        /// Its name.
        container: &'e str,
        /// How often it failed in a row.
        failures: u32,
    },
    /// A provider drove a pin to another level.
    PinChanged {
        /// Name of the container that did it.
        container: &'e str,
        /// The pin, by the board's name for it.
        object: &'e str,
        /// Whether it is active now.
        high: bool,
    },
    /// A call to the kernel has returned; only while tracing is on.
    Call {
        /// Name of the container.
        container: &'e str,
        /// The interface called.
        interface: &'static str,
        /// The function, as the guest imports it.
        function: &'static str,
        /// Nanoseconds from entry to return.
        duration: u64,
        /// Why it ended the container, if it did.
        stop: Option<Stop>,
    },
}

/// How much a log line matters, as in `wasi:logging`, ascending.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LogLevel {
    /// Step by step, for its author.
    Trace,
    /// For whoever looks for a fault.
    Debug,
    /// Normal news.
    Info,
    /// Something unusual that was dealt with.
    Warn,
    /// Something failed.
    Error,
    /// The container cannot go on.
    Critical,
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Critical => "critical",
        })
    }
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started { container, start_count: 1 } => write!(f, "{container}: started"),
            Self::Started { container, start_count } => write!(f, "{container}: started (start {start_count})"),
            Self::Log { container, level, context, message } => {
                write!(f, "{container}: {level}: ")?;
                if !context.is_empty() {
                    write!(f, "{}: ", OneLine(context))?;
                }
                write!(f, "{}", OneLine(message))
            }
            Self::Denied { container, record } => write!(f, "{container}: denied: {record}"),
            Self::MissingGrant { container, interface, granted_as, rule } => {
                write!(f, "{container}: imports {interface}, and no `{granted_as}` is granted (rule {})", rule.0)
            }
            Self::Exited { container, reason } => write!(f, "{container}: {reason}"),
            Self::Restarting { container, after } => write!(f, "{container}: restarts in {}", Span(*after)),
            Self::GaveUp { container, failures } => write!(f, "{container}: failed {failures} times, stays down"),
            Self::PinChanged { container, object, high } => {
                write!(f, "{container}: {object} = {}", if *high { "high" } else { "low" })
            }
            Self::Call { container, interface, function, duration, stop } => {
                write!(f, "{container}: {interface} {function} ({})", Span(*duration))?;
                stop.map_or(Ok(()), |stop| write!(f, ": {stop}"))
            }
        }
    }
}

/// Text of a container on one line: control characters, which could forge lines or steer a terminal, are escaped.
struct OneLine<'e>(&'e str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use core::fmt::Write;
        self.0
            .chars()
            .try_for_each(|c| if c.is_control() { write!(f, "{}", c.escape_default()) } else { f.write_char(c) })
    }
}

/// A length of time, in the largest unit that shows it whole.
struct Span(u64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(1_000_000_000_u64, "s"), (1_000_000, "ms"), (1_000, "us")];
        let whole = units.into_iter().find(|(unit, _)| self.0 >= *unit && self.0.is_multiple_of(*unit));
        let (unit, name) = whole.unwrap_or((1, "ns"));
        write!(f, "{}{name}", self.0.checked_div(unit).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_container_cannot_forge_a_line() {
        let event = Event::Log {
            container: "soil",
            level: LogLevel::Info,
            context: "a\rb",
            message: "x\nvalve: killed \u{1b}[2J",
        };
        assert_eq!(event.to_string(), "soil: info: a\\rb: x\\nvalve: killed \\u{1b}[2J");
    }

    #[test]
    fn lines_read_as_sentences() {
        assert_eq!(Event::Started { container: "a", start_count: 1 }.to_string(), "a: started");
        assert_eq!(Event::Restarting { container: "a", after: 1_500_000_000 }.to_string(), "a: restarts in 1500ms");
        assert_eq!(Event::Exited { container: "a", reason: ExitReason::Exited(3) }.to_string(), "a: exited(3)");
    }
}
