//! A policy file, read and checked as a whole.

use std::{
    fs,
    path::{Path, PathBuf},
};

use locket_policy::Policy;

use crate::{
    board, capacity, channels,
    compile::{self, Declared, TooBig},
    containers::{self, Surroundings},
    cycles, device,
    diagnostics::{Notes, Problem, Report},
    document::{self, Section},
    grants::Objects,
    images::{ImageFacts, Images},
    imports, signers,
    source_map::SourceMap,
    vocabulary::Vocabulary,
};

/// A policy without errors, compiled.
#[derive(Clone, Debug)]
pub struct Checked {
    bytes: Vec<u8>,
    source_map: SourceMap,
    warnings: Vec<Problem>,
    containers: Vec<CheckedContainer>,
    board: Option<PathBuf>,
}

/// A container of a checked policy, and the image that was found for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedContainer {
    /// The name in the policy.
    pub name: String,
    /// The image.
    pub image: ImageFacts,
}

impl Checked {
    /// The compiled policy, as a device takes it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The compiled policy, decoded.
    ///
    /// # Panics
    /// Never: the bytes are those that the compiler encoded.
    #[must_use]
    pub fn policy(&self) -> Policy<'_> {
        Policy::decode(&self.bytes).expect("the compiler encoded these bytes from a policy")
    }

    /// The lines of the rule ids.
    #[must_use]
    pub fn source_map(&self) -> &SourceMap {
        &self.source_map
    }

    /// What is probably not meant.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The containers with their images, in the order of the compiled policy.
    #[must_use]
    pub fn containers(&self) -> &[CheckedContainer] {
        &self.containers
    }

    /// The board file that the policy names.
    #[must_use]
    pub fn board(&self) -> Option<&Path> {
        self.board.as_deref()
    }
}

/// Reads, checks and compiles the policy in the file `path`.
pub fn load(path: &Path, vocabulary: &Vocabulary, images: &dyn Images) -> Result<Checked, Report> {
    let text = fs::read_to_string(path).map_err(|error| Report::unreadable(path, &error))?;
    check(path, &text, vocabulary, images)
}

/// Checks and compiles the policy `text`. Files that it names are looked for beside `path`, which is not read.
pub fn check(path: &Path, text: &str, vocabulary: &Vocabulary, images: &dyn Images) -> Result<Checked, Report> {
    let mut notes = Notes::new(path, text.to_owned());
    let mut problems = Vec::new();
    let checked = document::parse(text, &mut notes).and_then(|table| {
        let root = Section::root("the policy", &table);
        let (declared, board) = declare(root, path, vocabulary, images, &mut notes, &mut problems);
        let usable = !notes.has_errors() && problems.iter().all(Problem::is_warning);
        usable.then(|| compile(declared?, board, path, text, vocabulary, &mut notes)).flatten()
    });
    let name = notes.name();
    problems.extend(notes.into_problems());
    match checked {
        Some(checked) => Ok(Checked { warnings: problems, ..checked }),
        None => Err(Report::new(name, problems)),
    }
}

/// Reads every table of the policy, then compares them with each other. `problems` takes those of other files.
fn declare<'d>(
    mut root: Section<'d>,
    path: &Path,
    vocabulary: &Vocabulary,
    images: &dyn Images,
    notes: &mut Notes,
    problems: &mut Vec<Problem>,
) -> (Option<Declared<'d>>, Option<PathBuf>) {
    let folder = path.parent().unwrap_or(Path::new(""));
    let device = device::read(&mut root, notes);
    let board_path = device.as_ref().and_then(|device| device.board.as_ref());
    let board = board_path.and_then(|(name, span)| board::read(&folder.join(name), span, vocabulary, notes, problems));
    let signers = signers::read(&mut root, notes);
    let objects = Objects {
        vocabulary,
        board: board.as_ref().map(|(_, board)| board),
        // A policy without [device] has been told so; that it names no board follows from it.
        has_board: device.is_none() || board_path.is_some(),
    };
    let surroundings = Surroundings { folder, images, signers: &signers, objects };
    let containers = containers::read(&mut root, &surroundings, notes);
    let channels = channels::read(&mut root, &containers, vocabulary, notes);
    root.finish(notes);
    signers::check_used(&signers, &containers, notes);
    imports::check(&containers, &channels, vocabulary, notes);
    cycles::check(&channels, &containers, notes);
    if let Some(device) = &device {
        capacity::check(device, &containers, &channels, notes);
    }
    let declared = device.map(|device| Declared { device, signers, containers, channels });
    (declared, board.map(|(path, _)| path))
}

fn compile(
    declared: Declared<'_>,
    board: Option<PathBuf>,
    path: &Path,
    text: &str,
    vocabulary: &Vocabulary,
    notes: &mut Notes,
) -> Option<Checked> {
    match compile::compile(&declared, vocabulary, path, text) {
        Ok((bytes, source_map)) => {
            let containers = declared.containers.into_iter().filter_map(|container| {
                Some(CheckedContainer { name: container.name.to_owned(), image: container.image?.facts })
            });
            Some(Checked { bytes, source_map, warnings: Vec::new(), containers: containers.collect(), board })
        }
        Err(TooBig(why)) => {
            notes.error(&declared.device.span, format!("the policy cannot be compiled: {why}"));
            None
        }
    }
}
