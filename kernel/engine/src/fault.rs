//! WAMR's texts, as reasons.
//!
//! WAMR says why something failed in English. Exactly these texts are known; any other is
//! [`Fault::Trap`] with `TrapKind::Other`, never a guess. Reasons of the kernel's own do not travel as text: see
//! `context`.

use locket_kernel::TrapKind;

/// Why WAMR stopped or refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// The guest trapped.
    Trap(TrapKind),
    /// WAMR could not allocate.
    Memory,
    /// The kernel ended the container; it knows why.
    Ended,
}

/// The text of the exception that the engine sets to end a container.
pub(crate) const ENDED: &core::ffi::CStr = c"ended by the kernel";

/// The fault that an exception's text stands for.
pub(crate) fn of_exception(text: &str) -> Fault {
    let text = text.strip_prefix(PREFIX).unwrap_or(text);
    Fault::Trap(match text {
        "unreachable" => TrapKind::Unreachable,
        "out of bounds memory access" => TrapKind::MemoryOutOfBounds,
        // The index of an indirect call lies outside of its table.
        "out of bounds table access" | "undefined element" => TrapKind::TableOutOfBounds,
        "uninitialized element" | "indirect call type mismatch" => TrapKind::IndirectCall,
        "integer divide by zero" => TrapKind::DivideByZero,
        "integer overflow" => TrapKind::IntegerOverflow,
        "invalid conversion to integer" => TrapKind::BadConversion,
        "wasm operand stack overflow"
        | "native stack overflow"
        | "wasm auxiliary stack overflow"
        | "wasm auxiliary stack underflow" => TrapKind::StackOverflow,
        "allocate memory failed" => return Fault::Memory,
        _ if text.as_bytes() == ENDED.to_bytes() => return Fault::Ended,
        _ => TrapKind::Other,
    })
}

/// The fault that the text of a failed instantiation stands for; `None` if the module itself is at fault.
pub(crate) fn of_instantiation(text: &str) -> Option<Fault> {
    let text = text.strip_prefix("WASM module instantiate failed: ")?;
    // A start function's exception is passed on as it is.
    if text.starts_with(PREFIX) {
        return Some(of_exception(text));
    }
    match text {
        "out of bounds memory access" | "data segment does not fit" => Some(Fault::Trap(TrapKind::MemoryOutOfBounds)),
        "out of bounds table access" | "type mismatch: elements segment does not fit" => {
            Some(Fault::Trap(TrapKind::TableOutOfBounds))
        }
        "allocate memory failed" | "allocate linear memory failed" | "failed to allocate bitmaps" => {
            Some(Fault::Memory)
        }
        _ => None,
    }
}

const PREFIX: &str = "Exception: ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_have_their_kind_and_others_none() {
        assert_eq!(of_exception("Exception: unreachable"), Fault::Trap(TrapKind::Unreachable));
        assert_eq!(of_exception("Exception: native stack overflow"), Fault::Trap(TrapKind::StackOverflow));
        assert_eq!(of_exception("Exception: allocate memory failed"), Fault::Memory);
        assert_eq!(of_exception("Exception: ended by the kernel"), Fault::Ended);
        assert_eq!(of_exception("Exception: unreachable code"), Fault::Trap(TrapKind::Other));
        assert_eq!(of_exception(""), Fault::Trap(TrapKind::Other));
    }

    #[test]
    fn instantiation_tells_traps_from_bad_modules() {
        let instantiation = |text: &str| of_instantiation(&std::format!("WASM module instantiate failed: {text}"));
        assert_eq!(instantiation("Exception: integer divide by zero"), Some(Fault::Trap(TrapKind::DivideByZero)));
        assert_eq!(instantiation("out of bounds memory access"), Some(Fault::Trap(TrapKind::MemoryOutOfBounds)));
        assert_eq!(instantiation("allocate linear memory failed"), Some(Fault::Memory));
        assert_eq!(instantiation("something else"), None);
    }
}
