//! The board description: which objects there are to grant.
//!
//! Each is a table `[<grant word>.<object>]`. What stands inside is between the board and its providers, and is not
//! looked at here.

use std::path::{Path, PathBuf};

use crate::{
    diagnostics::{Notes, Problem, Span},
    document::{self, Section},
    suggest::did_you_mean,
    vocabulary::Vocabulary,
};

/// The objects of a board.
#[derive(Debug, Default)]
pub(crate) struct Board {
    /// Grant word and name of each object.
    objects: Vec<(String, String)>,
}

impl Board {
    /// The names of the objects of one kind.
    pub(crate) fn of_kind<'b>(&'b self, word: &'b str) -> impl Iterator<Item = &'b str> {
        self.objects.iter().filter(move |(kind, _)| kind == word).map(|(_, name)| name.as_str())
    }

    /// The grant words of all objects of this name.
    pub(crate) fn kinds_of<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b str> {
        self.objects.iter().filter(move |(_, object)| object == name).map(|(kind, _)| kind.as_str())
    }
}

/// Reads the board file that a policy names at `span`. Its own problems are added to `others`.
pub(crate) fn read(
    path: &Path,
    span: &Span,
    vocabulary: &Vocabulary,
    notes: &mut Notes,
    others: &mut Vec<Problem>,
) -> Option<(PathBuf, Board)> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            notes.error(span, format!("the board file cannot be read: {error}"));
            return None;
        }
    };
    let mut board_notes = Notes::new(path, text.clone());
    let board = parse(&text, vocabulary, &mut board_notes);
    others.extend(board_notes.into_problems());
    Some((path.to_owned(), board?))
}

fn parse(text: &str, vocabulary: &Vocabulary, notes: &mut Notes) -> Option<Board> {
    let table = document::parse(text, notes)?;
    let mut board = Board::default();
    for kind in Section::root("the board", &table).others() {
        if vocabulary.board_kind(kind.key()).is_none() {
            notes
                .error(&kind.key_span(), format!("no object is granted as `{}`", kind.key()))
                .maybe_help(did_you_mean(kind.key(), vocabulary.board_words()));
            continue;
        }
        for object in kind.entries(notes) {
            // Only that it is a table: the settings in it are the provider's.
            let _ = object.section(object.key(), notes);
            board.objects.push((kind.key().to_owned(), object.key().to_owned()));
        }
    }
    Some(board)
}
