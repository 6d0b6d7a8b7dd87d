//! Events on the terminal: one line each, as text or as JSON.

use std::io::Write;
use std::sync::Mutex;
use std::time::Instant;

use locket_kernel::{Event, RuleId};
use locket_policy_lang::SourceMap;
use serde_json::{Map, Value, json};

/// How output is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// For programs: one JSON object per line.
    Json,
}

/// Writes events to standard output as they come, with the time since the start and, for a denial, the policy line
/// that decided.
pub struct Events {
    form: Form,
    rules: SourceMap,
    started: Instant,
    /// Lines of different threads do not mix, and times on them do not go back.
    output: Mutex<()>,
}

impl Events {
    pub fn new(form: Form, rules: SourceMap) -> Self {
        Self { form, rules, started: Instant::now(), output: Mutex::new(()) }
    }

    /// Writes one event. A closed pipe is not an event's concern.
    pub fn write(&self, event: &Event<'_>) {
        let _one_at_a_time = self.output.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let time = self.started.elapsed();
        let line = match self.form {
            Form::Text => format!("{:>9.3}s  {}{}", time.as_secs_f64(), event, self.place(event)),
            Form::Json => {
                let mut object = fields(event);
                object.insert("time".to_owned(), json!(time.as_secs_f64()));
                if let Some(location) = rule(event).and_then(|rule| self.rules.locate(rule)) {
                    object.insert("policy".to_owned(), json!(location.to_string()));
                }
                Value::Object(object).to_string()
            }
        };
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    fn place(&self, event: &Event<'_>) -> String {
        rule(event)
            .and_then(|rule| self.rules.locate(rule))
            .map(|location| format!("\n            └─ {location}: {}", location.text))
            .unwrap_or_default()
    }
}

/// The policy line behind an event.
fn rule(event: &Event<'_>) -> Option<RuleId> {
    match event {
        Event::Denied { record, .. } => Some(record.rule),
        Event::MissingGrant { rule, .. } => Some(*rule),
        _ => None,
    }
}

fn fields(event: &Event<'_>) -> Map<String, Value> {
    let value = match event {
        Event::Started { container, start_count } => {
            json!({ "event": "started", "container": container, "start-count": start_count })
        }
        Event::Log { container, level, context, message } => json!({
            "event": "log", "container": container, "level": level.to_string(), "context": context, "message": message,
        }),
        Event::Denied { container, record } => json!({
            "event": "denied", "container": container, "interface": record.interface, "function": record.function,
            "label": record.label.as_str(), "why": record.denial.to_string(), "rule": record.rule.0,
            "count": record.count,
        }),
        Event::MissingGrant { container, interface, granted_as, rule } => json!({
            "event": "missing-grant", "container": container, "interface": interface, "granted-as": granted_as,
            "rule": rule.0,
        }),
        Event::Exited { container, reason } => {
            json!({ "event": "exited", "container": container, "reason": reason.to_string() })
        }
        Event::Restarting { container, after } => {
            json!({ "event": "restarting", "container": container, "after-ns": after })
        }
        Event::GaveUp { container, failures } => {
            json!({ "event": "gave-up", "container": container, "failures": failures })
        }
        Event::PinChanged { container, object, high } => {
            json!({ "event": "pin-changed", "container": container, "object": object, "high": high })
        }
        Event::Call { container, interface, function, duration, stop } => json!({
            "event": "call", "container": container, "interface": interface, "function": function,
            "duration-ns": duration, "stop": stop.map(|stop| stop.to_string()),
        }),
        // An event of a later kernel still has its line of text.
        other => json!({ "event": "other", "text": other.to_string() }),
    };
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
