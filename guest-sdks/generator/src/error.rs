//! Why no SDK can be generated.

use thiserror::Error;

/// Why no SDK can be generated. Nothing was written then.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// There are no WIT files.
    #[error("there are no `.wit` files")]
    NoWit,
    /// The WIT is wrong; the text names file, line and column.
    #[error("{0}")]
    Wit(String),
    /// No world has this name.
    #[error("there is no world `{world}`; the worlds are {}", known_worlds(.known))]
    UnknownWorld {
        /// The name that was asked for.
        world: String,
        /// The worlds that there are.
        known: Vec<String>,
    },
    /// The world has something that no container can have.
    #[error("{place} has {what}, which do not pass between container and kernel")]
    Unsupported {
        /// The function or type, with its interface.
        place: String,
        /// What it has, in plural.
        what: &'static str,
    },
    /// `wit-bindgen` refused the world.
    #[error("wit-bindgen cannot make {language} of this world: {reason:#}")]
    WitBindgen {
        /// The language.
        language: &'static str,
        /// Its own words.
        reason: anyhow::Error,
    },
}

fn known_worlds(known: &[String]) -> String {
    let mut known = known.to_vec();
    known.sort();
    known.join(", ")
}
