//! `locket run`: a policy's containers on this machine.

mod events;
mod summary;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use locket_kernel::{LoadError, Policy};
use locket_linux::{BoardFile, Device, DeviceError, Linux};
use miette::{IntoDiagnostic, MietteDiagnostic, Report, Result, WrapErr, miette};

use crate::images::{self, ImageFolder};
use events::{Events, Form};

const EXAMPLES: &str = "\
Examples:
  locket run greenhouse.toml --images target/images --for 10s
  locket run greenhouse.toml --trace
  locket run greenhouse.toml --json | jq 'select(.event == \"denied\")'

Exit codes: 0 stopped, or every container ended with exit code 0; 1 every container ended, and one
of them failed; 2 the policy or an image was refused, and nothing started.";

/// Run a policy's containers on this machine
///
/// Checks the policy and verifies every image first. Prints what happens, one line each: what the containers log, each
/// denial with the policy line that decided it, each end with its reason; and a summary at the end. The devices are
/// simulated, as the policy's board file describes them.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The policy file
    #[arg(value_name = "POLICY")]
    policy: PathBuf,
    /// Where to look for images, besides the policy's own folder; may be given more than once
    #[arg(long, value_name = "DIR")]
    images: Vec<PathBuf>,
    /// Stop after this long, such as 10s or 2m; otherwise run until every container has ended, or Ctrl-C
    #[arg(long = "for", value_name = "DURATION", value_parser = humantime::parse_duration)]
    limit: Option<Duration>,
    /// Show every call that a container makes
    #[arg(long)]
    trace: bool,
    /// Write one JSON object per line
    #[arg(long)]
    json: bool,
}

/// Checks the policy and every image, then runs the containers. Nothing starts if anything is wrong.
pub fn run(options: &Options) -> Result<ExitCode> {
    let folder = ImageFolder::new(&options.images);
    let checked = crate::policy::load(&options.policy, &folder)?;
    let images = images::read_all(&checked)?;
    let board = match checked.board() {
        Some(path) => BoardFile::load(path).map_err(|error| miette!("{error}"))?,
        None => BoardFile::default(),
    };
    // The kernel keeps the policy for as long as the process lives.
    let bytes: &'static [u8] = checked.bytes().to_vec().leak();
    let policy = Policy::decode(bytes).map_err(|error| miette!("{}: {error}", options.policy.display()))?;

    let form = if options.json { Form::Json } else { Form::Text };
    let events = Arc::new(Events::new(form, checked.source_map().clone()));
    let sink = Arc::clone(&events);
    let board = Linux::new(&board, Box::new(move |event| sink.write(event))).map_err(|error| miette!("{error}"))?;
    let device = Device::new(board, policy, images).map_err(|error| {
        let refusal = MietteDiagnostic::new(format!("{}: {error}", options.policy.display()));
        Report::new(match error {
            DeviceError::Policy(LoadError::TooMany { .. }) => {
                refusal.with_help("this build of `locket` holds fewer containers, grants or channels")
            }
            _ => refusal,
        })
    })?;
    let device = Arc::new(device);
    device.kernel().set_tracing(options.trace);

    let stopped = Arc::clone(&device);
    ctrlc::set_handler(move || stopped.kernel().shutdown()).into_diagnostic().wrap_err("cannot watch for Ctrl-C")?;
    let by_themselves = device.run(options.limit);
    let outcomes = summary::outcomes(device.kernel());
    summary::write(form, &outcomes);
    let failed = by_themselves && outcomes.iter().any(|outcome| !outcome.is_success());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
