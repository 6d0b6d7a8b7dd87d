//! `locket policy explain`: may this container do that, and which line says so?

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use locket_policy::RuleId;
use miette::{MietteDiagnostic, Result, miette};

use crate::images::ImageFolder;

const EXAMPLES: &str = "\
Examples:
  locket policy explain valve locket:gpio/digital/output.set valve --policy greenhouse.toml
  locket policy explain soil wasi:logging/logging/log --policy greenhouse.toml
  locket policy explain --rule 17 --policy greenhouse.toml

Exit codes: 0 allowed, 1 denied, 2 the question or the policy is wrong.";

/// Say whether a call is allowed, and by which line of the policy
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The container that calls
    #[arg(value_name = "CONTAINER", required_unless_present = "rule")]
    container: Option<String>,
    /// What it calls, such as locket:gpio/digital/output.set
    #[arg(value_name = "INTERFACE/FUNCTION", required_unless_present = "rule")]
    function: Option<String>,
    /// The label of what it calls that on; none for an interface that is granted whole
    #[arg(value_name = "LABEL")]
    label: Option<String>,
    /// The policy file
    #[arg(long, value_name = "FILE", default_value = "policy.toml")]
    policy: PathBuf,
    /// Where to look for images, besides the policy's own folder; may be given more than once
    #[arg(long, value_name = "DIR")]
    images: Vec<PathBuf>,
    /// Show the line of a rule, whose number a device's log has, instead
    #[arg(long, value_name = "NUMBER", conflicts_with = "container")]
    rule: Option<u16>,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let checked = super::load(&options.policy, &ImageFolder::new(&options.images))?;
    if let Some(rule) = options.rule {
        let Some(line) = checked.source_map().locate(RuleId(rule)) else {
            return Err(miette!(
                help = "give the policy that the device runs, of the same epoch",
                "{} has no rule {rule}",
                options.policy.display()
            ));
        };
        println!("{line}: {}", line.text);
        return Ok(ExitCode::SUCCESS);
    }
    let container = options.container.as_deref().unwrap_or_default();
    let function = options.function.as_deref().unwrap_or_default();
    let label = options.label.as_deref();
    let vocabulary = super::vocabulary()?;
    let answer = locket_policy_lang::explain(&checked, &vocabulary, container, function, label).map_err(|error| {
        let refusal = MietteDiagnostic::new(format!("{}: {}", options.policy.display(), error.message));
        error.help.map_or(refusal.clone(), |help| refusal.with_help(help))
    })?;
    println!("{answer}");
    Ok(if answer.allowed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
