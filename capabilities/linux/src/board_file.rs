//! The board file: which simulated devices there are and how they behave.
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

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

/// What stands in a board file.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct BoardFile {
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

/// Why a board file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// The file cannot be read.
    #[error("board file {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is not a board description; the message names line and column.
    #[error("board file {}: {message}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
}

impl BoardFile {
    /// Reads and checks the file at `path`.
    pub fn load(path: &Path) -> Result<Self, BoardError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| BoardError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text).map_err(|message| BoardError::Invalid { path: path.to_owned(), message })
    }

    /// Checks the text of a board file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: Self = toml_edit::de::from_str(text).map_err(|error| error.to_string())?;
        for (name, signal) in &file.digital_in {
            if let Signal::Follows(output) = signal
                && !file.digital_out.contains_key(output)
            {
                return Err(format!("[digital-in.{name}] follows `{output}`, but there is no [digital-out.{output}]"));
            }
        }
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_signal_is_read() {
        let file = BoardFile::parse(
            "[digital-in.a]\nwave = \"square\"\nperiod = \"400ms\"\n\
             [digital-in.b]\nlevel = \"high\"\n[digital-in.c]\nfollows = \"v\"\n[digital-in.d]\n\
             [digital-out.v]\ninitial = \"high\"\n",
        )
        .unwrap();
        assert_eq!(file.digital_in["a"], Signal::Square { period: Duration::from_millis(400) });
        assert_eq!(file.digital_in["b"], Signal::Constant(Level::High));
        assert_eq!(file.digital_in["c"], Signal::Follows("v".to_owned()));
        assert_eq!(file.digital_in["d"], Signal::Constant(Level::Low));
        assert_eq!(file.digital_out["v"], Drive { initial: Level::High });
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
            let error = BoardFile::parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
