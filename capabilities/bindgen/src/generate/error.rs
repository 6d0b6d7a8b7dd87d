//! Why no code was generated.

use std::{io, path::PathBuf};

use crate::model;

/// Why no code was generated.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The WIT itself was refused.
    #[error(transparent)]
    Model(#[from] model::Error),
    /// No package has an interface of that name.
    #[error("no interface `{name}`; there is {}", known.join(", "))]
    NoInterface {
        /// The name asked for.
        name: String,
        /// The interfaces that there are.
        known: Vec<String>,
    },
    /// No package has a world of that name.
    #[error("no world `{name}`; there is {}", known.join(", "))]
    NoWorld {
        /// The name asked for.
        name: String,
        /// The worlds that there are.
        known: Vec<String>,
    },
    /// Something in the WIT has no place in Locket's ABI.
    #[error("{place}: {reason}")]
    Unsupported {
        /// The interface and the function or type.
        place: String,
        /// What it is.
        reason: Reason,
    },
    /// What was put together is not Rust; a path given to the generator is not one, or the generator has a fault.
    #[error("the generated code is not Rust: {0}")]
    Internal(String),
    /// The generated code could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What Locket's ABI does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// A type that is not part of it.
    #[error("{0} is not supported")]
    Type(&'static str),
    /// An async function, or a getter or setter.
    #[error("{0} functions are not supported")]
    Function(&'static str),
    /// The kernel would not know what authority a call needs.
    #[error("the interface says neither \"Granted as `…`.\" nor \"Needs no grant.\", so no provider may offer it")]
    NoAuthority,
    /// A handle to a granted object that is not the receiver of the call.
    #[error("`{0}` is a handle to a granted object; only the object that a method is called on is checked")]
    UncheckedHandle(String),
    /// A parameter that can neither be kept while the result is written nor be read again, for its handles.
    #[error("`{0}` holds handles beside strings or lists, and the result holds strings or lists too")]
    HandlesAndBytes(String),
    /// More parameters of an export than there are tuples for.
    #[error("{0} parameters; an export may have at most {max}", max = super::caller::LONGEST_TUPLE)]
    TooManyParameters(usize),
    /// A resource that a guest implements.
    #[error("resources exported by a guest are not supported")]
    ExportedResource,
    /// An interface that is written inside a world, or a function of the world itself.
    #[error("only named interfaces are supported in a world")]
    Inline,
}
