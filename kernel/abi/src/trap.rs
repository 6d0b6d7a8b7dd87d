//! Why the ABI ends a container.

/// A breach of the Canonical ABI by a guest. It ends the container: nothing that was lifted from it may be used on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Trap {
    /// A pointer and length reach past the end of the guest's memory.
    #[error("pointer out of bounds")]
    OutOfBounds,
    /// A pointer is not a multiple of its type's alignment.
    #[error("pointer not aligned")]
    Misaligned,
    /// A string is not UTF-8.
    #[error("string is not UTF-8")]
    InvalidUtf8,
    /// A `char` is a surrogate, or above 0x10FFFF.
    #[error("char is not a Unicode scalar value")]
    InvalidChar,
    /// The case number of a variant, enum, option or result has no case.
    #[error("no such case in a variant or enum")]
    InvalidDiscriminant,
    /// A handle index that names no handle: never given out, dropped, or passed on.
    #[error("unknown handle")]
    UnknownHandle,
    /// A handle of another resource type than the one expected.
    #[error("handle of another resource type")]
    WrongHandleType,
    /// A handle was dropped or passed on while it was lent to a call.
    #[error("handle is lent to a call")]
    HandleLent,
    /// An own handle was expected, and a borrowed one was passed.
    #[error("a borrowed handle where an own one is expected")]
    NotOwned,
    /// A guest's function returned without dropping the handles that were lent to it.
    #[error("a borrowed handle was kept past its call")]
    BorrowLeft,
    /// A string or list is longer than its limit.
    #[error("string or list above its limit")]
    TooLong,
    /// One call borrows more than [`MAX_LENDS`](crate::MAX_LENDS) handles.
    #[error("too many handles lent to one call")]
    TooManyLends,
    /// The handle table has no free slot.
    #[error("handle table is full")]
    TableFull,
    /// An import was called from inside `cabi_realloc` or post-return.
    #[error("import called from cabi_realloc or post-return")]
    MayNotLeave,
    /// `cabi_realloc` returned null, a pointer that is not aligned, or one whose memory does not exist.
    #[error("cabi_realloc returned an unusable pointer")]
    BadRealloc,
    /// A core function has another number of parameters or results than its type says.
    #[error("wrong number of core arguments")]
    ArgumentCount,
    /// The guest itself stopped while it was called back (realloc, export, post-return). The engine knows why.
    #[error("the guest stopped while it was called back")]
    Guest,
}
