//! Puts Locket's metering into the interpreter.
//!
//! WAMR counts a limit down in a local variable of each entry into the interpreter: a nested entry starts
//! afresh and nothing can be refilled. Here the count stands in the execution environment, so that nested
//! entries share it, and a count that has run out asks the kernel for the next slice. The interpreter's text
//! is changed by exact replacement: **if WAMR's text is not the expected one, the build fails.**

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::config::Interpreter;

/// One replacement.
struct Edit {
    what: &'static str,
    from: &'static str,
    to: &'static str,
    /// How often `from` occurs.
    times: usize,
}

const EDITS: &[Edit] = &[
    Edit {
        what: "the check before each operation",
        from: r#"
#define CHECK_INSTRUCTION_LIMIT()                                 \
    if (instructions_left == 0) {                                 \
        wasm_set_exception(module, "instruction limit exceeded"); \
        goto got_exception;                                       \
    }                                                             \
    else if (instructions_left > 0)                               \
        instructions_left--;
"#,
        to: r#"
#include "locket_wamr.h"
#define CHECK_INSTRUCTION_LIMIT()                                           \
    do {                                                                    \
        if (--exec_env->instructions_to_execute < 0                         \
            && !locket_wamr_refill(exec_env)) {                             \
            wasm_set_exception(module, LOCKET_WAMR_ENDED);                  \
            goto got_exception;                                             \
        }                                                                   \
    } while (0)
"#,
        times: 1,
    },
    Edit {
        what: "the count of one entry",
        from: "
    int instructions_left = -1;
    if (exec_env) {
        instructions_left = exec_env->instructions_to_execute;
    }
",
        to: "\n",
        times: 1,
    },
    Edit {
        what: "the bounds check of bulk memory operations",
        from: "uint64 offset1 = (uint32)(start);",
        to: "uint64 offset1 = (uint32)(start); LOCKET_WAMR_CHARGE_BYTES(exec_env, bytes);",
        times: 2,
    },
];

/// Names that must not be left: each use has gone through an edit.
const GONE: &[&str] = &["instructions_left", "instruction limit exceeded"];

/// Why the interpreter could not be changed.
#[derive(Debug)]
pub(crate) enum Failed {
    Io(PathBuf, io::Error),
    Unexpected { file: PathBuf, what: &'static str, expected: usize, found: usize },
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Unexpected { file, what, expected, found } => write!(
                f,
                "{}: expected {expected} times the known text of {what}, found it {found} times\n\
                 help: WAMR has changed; without metering no container could be stopped. Review its metering and \
                 kernel/wamr-sys/build/metering.rs",
                file.display()
            ),
        }
    }
}

impl std::error::Error for Failed {}

/// Writes the metered interpreter to `out` and returns its path.
pub(crate) fn add(wamr: &Path, interpreter: Interpreter, out: &Path) -> Result<PathBuf, Failed> {
    let file = wamr.join(interpreter.file());
    let mut text = fs::read_to_string(&file).map_err(|error| Failed::Io(file.clone(), error))?;
    for Edit { what, from, to, times } in EDITS {
        let found = text.matches(from).count();
        if found != *times {
            return Err(Failed::Unexpected { file, what, expected: *times, found });
        }
        text = text.replace(from, to);
    }
    for what in GONE {
        let found = text.matches(what).count();
        if found != 0 {
            return Err(Failed::Unexpected { file, what, expected: 0, found });
        }
    }
    let metered = out.join("locket_interpreter.c");
    fs::write(&metered, text).map_err(|error| Failed::Io(metered.clone(), error))?;
    Ok(metered)
}
