//! What became of each container, after the run.

use locket_kernel::{Account, ContainerState, ExitReason, Kernel};
use locket_linux::Linux;
use serde_json::json;

use super::events::Form;

/// One container's end.
pub struct Outcome {
    name: &'static str,
    state: ContainerState,
    starts: u32,
    account: Account,
}

impl Outcome {
    /// Whether it ended with exit code 0.
    pub fn is_success(&self) -> bool {
        matches!(self.state, ContainerState::Ended(ExitReason::Exited(0)))
    }
}

/// All containers, in the policy's order.
pub fn outcomes(kernel: &Kernel<Linux>) -> Vec<Outcome> {
    kernel
        .containers()
        .map(|id| Outcome {
            name: kernel.name(id),
            state: kernel.state(id),
            starts: kernel.start_count(id),
            account: kernel.account(id),
        })
        .collect()
}

/// Writes them to standard output.
pub fn write(form: Form, outcomes: &[Outcome]) {
    match form {
        Form::Json => {
            for outcome in outcomes {
                let Account { fuel, calls, denials, messages_sent, messages_received, .. } = outcome.account;
                println!(
                    "{}",
                    json!({
                        "event": "summary", "container": outcome.name, "state": text(outcome.state),
                        "starts": outcome.starts, "fuel": fuel, "calls": calls, "denials": denials,
                        "messages-sent": messages_sent, "messages-received": messages_received,
                    })
                );
            }
        }
        Form::Text => {
            let width = outcomes.iter().map(|outcome| outcome.name.len()).max().unwrap_or(0);
            println!();
            for outcome in outcomes {
                let Account { calls, denials, messages_sent, messages_received, .. } = outcome.account;
                println!(
                    "{:width$}  {} (starts: {}; last run: {calls} calls, {denials} denied, {messages_sent} sent, \
                     {messages_received} received)",
                    outcome.name,
                    text(outcome.state),
                    outcome.starts,
                );
            }
        }
    }
}

fn text(state: ContainerState) -> String {
    match state {
        ContainerState::Idle => "not started".to_owned(),
        ContainerState::Running => "running".to_owned(),
        ContainerState::Waiting => "waiting".to_owned(),
        ContainerState::Throttled => "throttled".to_owned(),
        ContainerState::Ended(reason) => reason.to_string(),
    }
}
