//! Why a call is allowed or denied, by the decision function that the device uses.

use std::fmt;

use locket_bindgen::model::{Authority, Function, FunctionKind, Interface};
use locket_policy::{ContainerIndex, Decision, Policy, Request, RuleId, Why};

use crate::{
    check::Checked,
    diagnostics::list,
    source_map::Location,
    suggest::did_you_mean,
    vocabulary::{Vocabulary, needed_rights, right_names},
};

/// The answer to "may this container call this?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation<'c> {
    /// Whether the call is allowed, within the grant's rate.
    pub allowed: bool,
    /// Why, in one sentence.
    pub why: String,
    /// The line that decides; `None` if the interface needs no grant.
    pub line: Option<Location<'c>>,
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.allowed { "allowed" } else { "denied" };
        match &self.line {
            Some(line) => write!(f, "{verdict} by {line}: {}\n    {}", self.why, line.text),
            None => write!(f, "{verdict}: {}", self.why),
        }
    }
}

/// A question that makes no sense, with the way to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainError {
    /// What is wrong with it.
    pub message: String,
    /// How to ask instead.
    pub help: Option<String>,
}

impl fmt::Display for ExplainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

impl std::error::Error for ExplainError {}

/// Decides a call of `function`, such as `locket:gpio/digital/output.set`, by `container` on what it holds under
/// `label`. Interfaces that are granted whole, or need no grant, take no label.
pub fn explain<'c>(
    checked: &'c Checked,
    vocabulary: &Vocabulary,
    container: &str,
    function: &str,
    label: Option<&str>,
) -> Result<Explanation<'c>, ExplainError> {
    let policy = checked.policy();
    let Some(index) = policy.find_container(container) else {
        let known = policy.containers().iter().map(|known| policy.text(known.name));
        return Err(unknown(format!("there is no container `{container}`"), container, known));
    };
    let (interface, function) = find(vocabulary, function)?;
    let needed = needed_rights(interface, function);
    let (resource, label) = match &interface.authority {
        Authority::Free => {
            let why = format!("`{}` needs no grant", interface.name);
            return Ok(Explanation { allowed: true, why, line: None });
        }
        Authority::Unstated => {
            let message = format!("`{}` is not for containers to call", interface.name);
            return Err(ExplainError { message, help: None });
        }
        Authority::Whole { .. } => match label {
            Some(label) => {
                let message = format!("`{}` is granted whole; there is no `{label}` of it", interface.name);
                return Err(ExplainError { message, help: Some("ask without a label".to_owned()) });
            }
            None => ("", ""),
        },
        Authority::Resources => {
            let resource = function.resource.as_deref().unwrap_or_default();
            let Some(label) = label else { return Err(no_label(&policy, index, interface, resource)) };
            (resource, label)
        }
    };
    let request = Request { kind: policy.find_kind(&interface.name, resource), label, rights: needed };
    let decision = policy.decide(index, &request);
    let what = match (resource, function.kind) {
        ("", _) => format!("`{}`", interface.name),
        (_, FunctionKind::Open) => format!("opening `{label}`"),
        _ => format!("{} on `{label}`", list(function.rights.iter().map(String::as_str), "and")),
    };
    let why = match decision {
        Decision::Allowed(_) => format!("{what} is granted to `{container}`"),
        Decision::Denied { why: Why::MissingRights(missing), .. } => {
            format!("the grant lacks {}", list(right_names(interface, missing), "and"))
        }
        Decision::Denied { .. } if resource.is_empty() => format!("{what} is not granted to `{container}`"),
        Decision::Denied { .. } => format!("`{container}` holds no {resource} called `{label}`"),
    };
    let allowed = matches!(decision, Decision::Allowed(_));
    Ok(Explanation { allowed, why, line: locate(checked, decision.rule()) })
}

fn locate(checked: &Checked, rule: RuleId) -> Option<Location<'_>> {
    checked.source_map().locate(rule)
}

fn find<'v>(vocabulary: &'v Vocabulary, text: &str) -> Result<(&'v Interface, &'v Function), ExplainError> {
    let Some((interface_name, path)) = text.rsplit_once('/') else {
        let help = Some("write INTERFACE/FUNCTION, such as `locket:gpio/digital/output.set`".to_owned());
        return Err(ExplainError { message: format!("`{text}` names no function of an interface"), help });
    };
    let model = vocabulary.model();
    let Some(interface) = model.interface(interface_name) else {
        let known = model.interfaces().iter().map(Interface::name_without_version);
        return Err(unknown(format!("there is no interface `{interface_name}`"), interface_name, known));
    };
    interface.function(path).map(|function| (interface, function)).ok_or_else(|| {
        let paths: Vec<String> = interface.functions.iter().map(Function::path).collect();
        let message = format!("`{interface_name}` has no function `{path}`");
        unknown(message, path, paths.iter().map(String::as_str))
    })
}

fn no_label(policy: &Policy<'_>, container: ContainerIndex, interface: &Interface, resource: &str) -> ExplainError {
    let kind = policy.find_kind(&interface.name, resource);
    let grants = policy.grants_of(container).iter().filter(|grant| Some(grant.kind) == kind);
    let labels: Vec<&str> = grants.map(|grant| policy.text(grant.label)).collect();
    let help = if labels.is_empty() {
        format!("the container holds no {resource}")
    } else {
        format!("the container holds {}", list(labels, "and"))
    };
    ExplainError { message: format!("say which {resource}, by its label"), help: Some(help) }
}

fn unknown<'k>(message: String, name: &str, known: impl IntoIterator<Item = &'k str>) -> ExplainError {
    ExplainError { message, help: did_you_mean(name, known) }
}
