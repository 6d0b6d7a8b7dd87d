//! How a board file, in TOML, describes simulated pins.
//!
//! ```toml
//! [digital-in.soil0]
//! wave = "square"
//! period = "400ms"
//!
//! [digital-in.button]
//! level = "high"
//!
//! [digital-in.feedback]
//! follows = "valve0"
//!
//! [digital-out.valve0]
//! ```
//!
//! A host's board takes the pins from here as it starts; a microcontroller's has [`PinTables::source`] write them into
//! a table when it is built.

use std::borrow::ToOwned;
use std::boxed::Box;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::format;
use std::string::String;
use std::time::Duration;
use std::vec::Vec;

use lock_api::RawMutex;
use serde::Deserialize;

use crate::{Input, Output, Shows, SimulatedPins, digital};

/// The tables of a board file that describe pins.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct PinTables {
    /// Simulated inputs by object name.
    #[serde(default, rename = "digital-in")]
    pub digital_in: BTreeMap<String, Signal>,
    /// Simulated outputs by object name.
    #[serde(default, rename = "digital-out")]
    pub digital_out: BTreeMap<String, Drive>,
}

/// What a simulated input shows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "SignalText")]
pub enum Signal {
    /// The same level always.
    Constant(Level),
    /// Low for half of `period`, then high for the other half, from the board's start on.
    Square {
        /// Length of one whole wave; above zero.
        period: Duration,
    },
    /// The level of the output of this name.
    Follows(String),
}

/// A simulated output; it starts at `initial`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drive {
    /// Level before anyone drives the pin.
    #[serde(default)]
    pub initial: Level,
}

/// A level as the board file spells it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Inactive.
    #[default]
    Low,
    /// Active.
    High,
}

impl From<Level> for digital::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::Low => Self::Low,
            Level::High => Self::High,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignalText {
    level: Option<Level>,
    wave: Option<String>,
    period: Option<String>,
    follows: Option<String>,
}

impl TryFrom<SignalText> for Signal {
    type Error = String;

    fn try_from(text: SignalText) -> Result<Self, String> {
        match text {
            SignalText { level, wave: None, period: None, follows: None } => {
                Ok(Self::Constant(level.unwrap_or_default()))
            }
            SignalText { level: None, wave: Some(wave), period: Some(period), follows: None } => {
                if wave != "square" {
                    return Err(format!("unknown wave `{wave}`; there is `square`"));
                }
                Ok(Self::Square { period: parse_period(&period)? })
            }
            SignalText { level: None, wave: None, period: None, follows: Some(output) } => Ok(Self::Follows(output)),
            _ => Err("an input has either `level`, or `wave` with `period`, or `follows`".to_owned()),
        }
    }
}

fn parse_period(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("a period of zero has no wave".to_owned()),
        Ok(period) => Ok(period),
        Err(error) => Err(format!("period `{text}`: {error}; write for example \"400ms\"")),
    }
}

impl PinTables {
    /// Checks what goes beyond the form of single tables: that an input follows an output that there is.
    pub fn check(&self) -> Result<(), String> {
        for (name, signal) in &self.digital_in {
            if let Signal::Follows(output) = signal
                && !self.digital_out.contains_key(output)
            {
                return Err(format!("[digital-in.{name}] follows `{output}`, but there is no [digital-out.{output}]"));
            }
        }
        Ok(())
    }

    /// The pins, for as long as the process lives; in the alphabetical order of their names.
    #[must_use]
    pub fn leak<L: RawMutex>(&self) -> SimulatedPins<'static, L> {
        let leak = |name: &String| -> &'static str { Box::leak(name.clone().into_boxed_str()) };
        let inputs = self.digital_in.iter().map(|(name, signal)| Input { name: leak(name), shows: self.shows(signal) });
        let outputs = self.digital_out.iter().map(|(name, drive)| Output::new(leak(name), drive.initial.into()));
        SimulatedPins::new(inputs.collect::<Vec<_>>().leak(), outputs.collect::<Vec<_>>().leak())
    }

    /// The pins as Rust source: `PINS`, a static `SimulatedPins` whose locks are of the type `lock`. The including
    /// module has `locket_gpio` as a dependency.
    #[must_use]
    pub fn source(&self, lock: &str) -> String {
        let mut text = String::new();
        let level = |level: Level| format!("::locket_gpio::digital::Level::{level:?}");
        // Writing to a string does not fail.
        let _ = writeln!(text, "static INPUTS: [::locket_gpio::Input<'static>; {}] = [", self.digital_in.len());
        for (name, signal) in &self.digital_in {
            let shows = match self.shows(signal) {
                Shows::Constant(digital::Level::Low) => format!("Constant({})", level(Level::Low)),
                Shows::Constant(digital::Level::High) => format!("Constant({})", level(Level::High)),
                Shows::Square { half } => format!("Square {{ half: {half} }}"),
                Shows::Output(output) => format!("Output({output})"),
            };
            let _ =
                writeln!(text, "    ::locket_gpio::Input {{ name: {name:?}, shows: ::locket_gpio::Shows::{shows} }},");
        }
        let outputs = self.digital_out.len();
        let _ = writeln!(text, "];\nstatic OUTPUTS: [::locket_gpio::Output<'static, {lock}>; {outputs}] = [");
        for (name, drive) in &self.digital_out {
            let _ = writeln!(text, "    ::locket_gpio::Output::new({name:?}, {}),", level(drive.initial));
        }
        let _ = writeln!(
            text,
            "];\n/// The board's simulated pins.\n\
             pub static PINS: ::locket_gpio::SimulatedPins<'static, {lock}> =\n    \
             ::locket_gpio::SimulatedPins::new(&INPUTS, &OUTPUTS);"
        );
        text
    }

    fn shows(&self, signal: &Signal) -> Shows {
        match signal {
            Signal::Constant(level) => Shows::Constant((*level).into()),
            Signal::Square { period } => {
                Shows::Square { half: u64::try_from(period.as_nanos()).unwrap_or(u64::MAX) >> 1 }
            }
            // `check` has seen that it is there.
            Signal::Follows(output) => {
                let place = self.digital_out.keys().position(|name| name == output);
                Shows::Output(place.and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::MAX))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<PinTables, String> {
        let tables: PinTables =
            toml_edit::de::from_str(text).map_err(|error| std::string::ToString::to_string(&error))?;
        tables.check().map(|()| tables)
    }

    const EVERY_KIND: &str = "[digital-in.a]\nwave = \"square\"\nperiod = \"400ms\"\n\
         [digital-in.b]\nlevel = \"high\"\n[digital-in.c]\nfollows = \"v\"\n[digital-in.d]\n\
         [digital-out.u]\n[digital-out.v]\ninitial = \"high\"\n";

    #[test]
    fn every_kind_of_signal_is_read() {
        let tables = parse(EVERY_KIND).unwrap();
        assert_eq!(tables.digital_in["a"], Signal::Square { period: Duration::from_millis(400) });
        assert_eq!(tables.digital_in["b"], Signal::Constant(Level::High));
        assert_eq!(tables.digital_in["c"], Signal::Follows("v".to_owned()));
        assert_eq!(tables.digital_in["d"], Signal::Constant(Level::Low));
        assert_eq!(tables.digital_out["v"], Drive { initial: Level::High });
    }

    #[test]
    fn pins_behave_as_described() {
        let pins = parse(EVERY_KIND).unwrap().leak::<parking_lot::RawMutex>();
        let input = |name: &str| pins.find_input(name).unwrap();
        assert_eq!(pins.sample(input("a"), 200_000_000), Ok(digital::Level::High));
        assert_eq!(pins.sample(input("c"), 0), Ok(digital::Level::High), "it follows v, not u");
        pins.drive(pins.find_output("v").unwrap(), digital::Level::Low).unwrap();
        assert_eq!(pins.sample(input("c"), 0), Ok(digital::Level::Low));
    }

    #[test]
    fn a_device_gets_a_table() {
        let source = parse(EVERY_KIND).unwrap().source("crate::Lock");
        for line in [
            r#"    ::locket_gpio::Input { name: "a", shows: ::locket_gpio::Shows::Square { half: 200000000 } },"#,
            r#"    ::locket_gpio::Input { name: "c", shows: ::locket_gpio::Shows::Output(1) },"#,
            r#"    ::locket_gpio::Output::new("v", ::locket_gpio::digital::Level::High),"#,
            "static OUTPUTS: [::locket_gpio::Output<'static, crate::Lock>; 2] = [",
        ] {
            assert!(source.lines().any(|found| found == line), "{line}\nis not in\n{source}");
        }
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for (text, part) in [
            ("[digital-in.a]\nwave = \"sine\"\nperiod = \"1s\"", "unknown wave `sine`"),
            ("[digital-in.a]\nwave = \"square\"\nperiod = \"0s\"", "period of zero"),
            ("[digital-in.a]\nwave = \"square\"\nperiod = \"soon\"", "write for example"),
            ("[digital-in.a]\nwave = \"square\"", "either `level`"),
            ("[digital-in.a]\nlevel = \"medium\"", "unknown variant `medium`"),
            ("[digital-in.a]\nfollows = \"b\"", "no [digital-out.b]"),
            ("[digital-in.a]\ncolour = 1", "unknown field `colour`"),
            ("[analogue.a]", "unknown field `analogue`"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
