//! The vocabulary of a set of WIT packages: interfaces, grant words, rights, functions.
//!
//! [`load`] reads a folder, [`load_embedded`] takes the same files from a binary. Both refuse WIT whose rules do not
//! add up (a right that `flags rights` lacks, a method without a right, an `error` without the kernel's cases), so
//! whoever holds a [`Model`] may rely on what is written at each type here.

mod check;
mod directive;
mod error;
mod source;

use std::path::{Path, PathBuf};

use wit_parser::{InterfaceId, Resolve, TypeId};

pub use error::{Error, Place, Problem};
pub(crate) use source::Packages;

/// The cases that an `error` enum of an interface with grants has: the kernel's own answers (`wit/README.md`).
pub const KERNEL_ERRORS: [&str; 4] = ["unknown-label", "not-permitted", "quota-exceeded", "revoked"];

/// The most rights that an interface may define: the kernel keeps them in 16 bits.
pub const MAX_RIGHTS: usize = 16;

/// Reads all WIT packages below `directory`: each folder that holds `.wit` files is one package.
///
/// Packages may use each other in any order. A package that stands there twice with the same text counts once.
pub fn load(directory: impl AsRef<Path>) -> Result<Model, Error> {
    load_all([directory.as_ref()])
}

/// Like [`load`], for packages that are spread over several folders, such as a vendor's own beside Locket's.
pub fn load_all<'a>(directories: impl IntoIterator<Item = &'a Path>) -> Result<Model, Error> {
    let mut packages = Packages::default();
    for directory in directories {
        packages.add_directory(directory)?;
    }
    packages.check()
}

/// Like [`load`], for WIT that is part of a binary: pairs of path and text.
///
/// The folder part of a path groups files into packages, as on disk; nothing is read from there.
pub fn load_embedded(files: &[(&str, &str)]) -> Result<Model, Error> {
    let mut packages = Packages::default();
    for (path, text) in files {
        packages.add_file(Path::new(path), (*text).to_owned());
    }
    packages.check()
}

/// All named interfaces of the packages that were loaded, checked against the rules of `wit/README.md`.
///
/// Grant words are unique across the whole model.
#[derive(Debug)]
pub struct Model {
    interfaces: Vec<Interface>,
    resolve: Resolve,
    files: Vec<PathBuf>,
}

impl Model {
    /// All interfaces, in an order in which each one stands after those that it uses.
    #[must_use]
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// The interface called `name`, with its version (`locket:gpio/digital@0.1.0`) or without.
    ///
    /// Without a version, the first one that was loaded.
    #[must_use]
    pub fn interface(&self, name: &str) -> Option<&Interface> {
        self.interfaces.iter().find(|interface| interface.name == name || interface.name_without_version() == name)
    }

    /// What a grant of `word` gives authority over.
    #[must_use]
    pub fn grantable(&self, word: &str) -> Option<Grantable<'_>> {
        self.grantables().find(|grantable| grantable.word() == word)
    }

    /// Everything that a policy can grant.
    pub fn grantables(&self) -> impl Iterator<Item = Grantable<'_>> {
        self.interfaces.iter().flat_map(|interface| {
            let whole =
                matches!(interface.authority, Authority::Whole { .. }).then_some(Grantable::Interface(interface));
            let kinds = interface
                .resources
                .iter()
                .filter(|resource| resource.granted_as.is_some())
                .map(move |resource| Grantable::Resource(interface, resource));
            whole.into_iter().chain(kinds)
        })
    }

    /// The resolved packages, for tools that need the types themselves.
    #[must_use]
    pub fn resolve(&self) -> &Resolve {
        &self.resolve
    }

    /// The files that were read, or the paths of those that were embedded.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    pub(crate) fn interface_by_id(&self, id: InterfaceId) -> Option<&Interface> {
        self.interfaces.iter().find(|interface| interface.id == id)
    }
}

/// Something that a policy line can grant, by its grant word.
#[derive(Clone, Copy, Debug)]
pub enum Grantable<'m> {
    /// An interface without resources, granted whole: `log = { rate = "20/s" }`.
    Interface(&'m Interface),
    /// A kind of object, granted one by one under a label: `pump = { digital-out = "relay1", rights = ["set"] }`.
    Resource(&'m Interface, &'m Resource),
}

impl<'m> Grantable<'m> {
    /// The word that a policy's grant uses.
    #[must_use]
    pub fn word(&self) -> &'m str {
        match self {
            Self::Interface(interface) => match &interface.authority {
                Authority::Whole { granted_as } => granted_as,
                _ => "",
            },
            Self::Resource(_, resource) => resource.granted_as.as_deref().unwrap_or_default(),
        }
    }

    /// The interface that an image must import to use the grant.
    #[must_use]
    pub fn interface(&self) -> &'m Interface {
        match self {
            Self::Interface(interface) | Self::Resource(interface, _) => interface,
        }
    }
}

/// One interface of a WIT package.
#[derive(Debug)]
pub struct Interface {
    /// The name with which images import it, version included: `locket:gpio/digital@0.1.0`.
    pub name: String,
    /// The doc comment, without the lines that are rules.
    pub docs: String,
    /// What a call into this interface needs.
    pub authority: Authority,
    /// The flags of `flags rights`, in bit order; at most [`MAX_RIGHTS`].
    pub rights: Vec<Right>,
    /// The resources that this interface defines itself.
    pub resources: Vec<Resource>,
    /// The functions, in the order of the file.
    pub functions: Vec<Function>,
    pub(crate) id: InterfaceId,
}

impl Interface {
    /// The name without the version: `locket:gpio/digital`.
    #[must_use]
    pub fn name_without_version(&self) -> &str {
        self.name.split_once('@').map_or(&self.name, |(name, _)| name)
    }

    /// The function that [`Function::path`] names so: `output.set`, `log`.
    #[must_use]
    pub fn function(&self, path: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.path() == path)
    }
}

/// What a call into an interface needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// The interface is granted whole, by this word.
    Whole {
        /// The word that a policy's grant uses.
        granted_as: String,
    },
    /// Each resource is granted by itself; the interface has no other functions.
    Resources,
    /// `Needs no grant.`
    Free,
    /// The WIT says nothing. The kernel offers no such interface: it is for guests to export, or holds only types.
    Unstated,
}

/// One flag of `flags rights`. Its position in [`Interface::rights`] is its bit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// The word that a policy's `rights` list uses.
    pub name: String,
    /// The doc comment.
    pub docs: String,
}

/// One resource of an interface.
#[derive(Debug)]
pub struct Resource {
    /// Its name in WIT: `output`.
    pub name: String,
    /// The doc comment, without the lines that are rules.
    pub docs: String,
    /// The word that a policy's grant uses; `None` for a resource that needs no grant.
    pub granted_as: Option<String>,
    /// Whether a grant may limit the bytes that the object holds (`quota`).
    pub has_quota: bool,
    pub(crate) id: TypeId,
}

/// One function of an interface.
#[derive(Debug)]
pub struct Function {
    /// The name in an image's import section: `[method]output.set`, `log`.
    pub name: String,
    /// The function's own name in WIT: `set`; `constructor` for a constructor.
    pub item: String,
    /// The resource that it belongs to.
    pub resource: Option<String>,
    /// How it is reached.
    pub kind: FunctionKind,
    /// The doc comment, without the lines that are rules.
    pub docs: String,
    /// The rights that the call needs, all of them; a method of a granted resource always names one.
    pub rights: Vec<String>,
    /// Whether the call may be a kernel wait.
    pub waits: bool,
    /// The limits of its string and list parameters. A parameter that has none falls under the kernel's default.
    pub limits: Vec<Limit>,
}

impl Function {
    /// The name in `locket policy explain`: `output.set`, `log`.
    #[must_use]
    pub fn path(&self) -> String {
        match &self.resource {
            Some(resource) => format!("{resource}.{}", self.item),
            None => self.item.clone(),
        }
    }

    /// The most bytes that `parameter` may have, if the WIT says so.
    #[must_use]
    pub fn limit(&self, parameter: &str) -> Option<u32> {
        self.limits.iter().find(|limit| limit.parameter == parameter).map(|limit| limit.bytes)
    }
}

/// How a function is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    /// Not part of a resource.
    Free,
    /// Called on a handle.
    Method,
    /// Part of a resource, called without a handle.
    Static,
    /// Makes a resource.
    Constructor,
    /// The way in to a granted object, `open: static func(label: string) -> result<own, error>`: the kernel's.
    Open,
}

/// ``  `parameter`: at most N bytes. ``
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The parameter's name in WIT.
    pub parameter: String,
    /// Bytes of the string, or of the list's elements together.
    pub bytes: u32,
}
