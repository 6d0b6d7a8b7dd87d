//! Puts Locket's metering into the interpreter.
//!
//! WAMR counts a limit down in a local variable of each entry into the interpreter, and never writes it back: a
//! nested entry starts afresh, and what an entry has used is lost. Here the variable is written back to the
//! instance's context wherever control leaves the entry, and read again when it comes back, so that there is one
//! count per container; and a count that has run out asks the kernel for the next slice. In between it stays in a
//! register: counting in memory costs tight loops 1.7 times the time. The interpreter's text is changed by exact
//! replacement: **if WAMR's text is not the expected one, the build fails.**

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
        what: "where an entry's count comes from",
        from: "
        instructions_left = exec_env->instructions_to_execute;
",
        to: "
        LOCKET_RETURN();
",
        times: 1,
    },
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
#define CHECK_INSTRUCTION_LIMIT()                          \
    do {                                                   \
        if (--instructions_left < 0) {                     \
            LOCKET_LEAVE();                                \
            if (!locket_wamr_refill(module)) {             \
                wasm_set_exception(module, LOCKET_ENDED);  \
                goto refused_by_kernel;                    \
            }                                              \
            LOCKET_RETURN();                               \
        }                                                  \
    } while (0)
"#,
        times: 1,
    },
    Edit {
        what: "the bounds check of bulk memory operations",
        from: "uint64 offset1 = (uint32)(start);",
        to: "uint64 offset1 = (uint32)(start); LOCKET_CHARGE(bytes);",
        times: 2,
    },
    Edit {
        what: "the call of a native",
        from: "
                wasm_interp_call_func_native(module, exec_env, cur_func,
                                             prev_frame);
",
        to: "
                LOCKET_LEAVE();
                wasm_interp_call_func_native(module, exec_env, cur_func,
                                             prev_frame);
                LOCKET_RETURN();
",
        times: 1,
    },
    Edit {
        what: "the return to a native",
        from: "
            /* Called from native. */
            return;
",
        to: "
            /* Called from native. */
            { LOCKET_LEAVE(); return; }
",
        times: 1,
    },
    Edit {
        what: "the end by an exception",
        from: "
    got_exception:
",
        to: "
    got_exception:
        LOCKET_LEAVE();
    refused_by_kernel:
",
        times: 1,
    },
];

/// Text that must not be left: each use has gone through an edit.
const GONE: &[&str] = &["instruction limit exceeded", "instructions_to_execute"];

/// How often the entry's variable occurs in the end: its declaration and the check.
const VARIABLE: (&str, usize) = ("instructions_left", 2);

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
    let (variable, expected) = VARIABLE;
    let found = text.matches(variable).count();
    if found != expected {
        return Err(Failed::Unexpected { file, what: "its count of operations", expected, found });
    }
    let metered = out.join("locket_interpreter.c");
    fs::write(&metered, text).map_err(|error| Failed::Io(metered.clone(), error))?;
    Ok(metered)
}
