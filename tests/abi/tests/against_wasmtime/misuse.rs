//! What comes of each breach of the ABI that `misuse.wat` commits.

use locket_abi::Trap;
use wasmtime::component::Val;

use crate::ours::Running;
use crate::probe::misuse as callers;
use crate::value::Value;

/// One function of the guest that breaks the rules.
pub struct Misuse {
    pub name: &'static str,
    pub call: fn(&mut Running<'_>, &[Val]) -> Result<(), Trap>,
    /// `Ok` where it only looks like a breach.
    pub expected: Result<(), Trap>,
    /// Whether Locket refuses more than the specification asks.
    pub wasmtime_allows: bool,
}

/// `name caller kind expected;` where `kind` says what the caller is given and what it returns.
macro_rules! misuses {
    ($($name:literal $caller:ident $kind:ident $expected:expr;)* stricter: $($more:literal $more_caller:ident $more_trap:expr;)*) => {
        /// All of them.
        pub const MISUSES: &[Misuse] = &[
            $(Misuse {
                name: $name,
                call: misuses!(@call $kind $caller),
                expected: $expected,
                wasmtime_allows: false,
            },)*
            $(Misuse {
                name: $more,
                call: misuses!(@call plain $more_caller),
                expected: Err($more_trap),
                wasmtime_allows: true,
            },)*
        ];
    };
    (@call plain $caller:ident) => { |guest, _| callers::$caller(guest).map(drop) };
    (@call text $caller:ident) => { |guest, _| callers::$caller(guest, |_| ()) };
    (@call token $caller:ident) => {
        |guest, params| callers::$caller(guest, Value::from_val(&params[0])).map(drop)
    };
}

misuses! {
    "bool-two" call_bool_two plain Ok(());
    "u8-with-upper-bits" call_u8_with_upper_bits plain Ok(());
    "s8-with-upper-bits" call_s8_with_upper_bits plain Ok(());
    "s16-with-upper-bits" call_s16_with_upper_bits plain Ok(());
    "nan-with-payload" call_nan_with_payload plain Ok(());
    "flags-without-names" call_flags_without_names plain Ok(());
    "char-surrogate" call_char_surrogate plain Err(Trap::InvalidChar);
    "char-too-large" call_char_too_large plain Err(Trap::InvalidChar);
    "enum-without-case" call_enum_without_case plain Err(Trap::InvalidDiscriminant);
    "variant-without-case" call_variant_without_case plain Err(Trap::InvalidDiscriminant);
    "option-without-case" call_option_without_case plain Err(Trap::InvalidDiscriminant);
    "result-without-case" call_result_without_case plain Err(Trap::InvalidDiscriminant);

    "string-not-utf8" call_string_not_utf8 plain Err(Trap::InvalidUtf8);
    "string-out-of-bounds" call_string_out_of_bounds plain Err(Trap::OutOfBounds);
    "string-wraps-around" call_string_wraps_around plain Err(Trap::OutOfBounds);
    "string-empty-at-the-end" call_string_empty_at_the_end plain Ok(());
    "string-empty-behind-the-end" call_string_empty_behind_the_end plain Err(Trap::OutOfBounds);
    "list-misaligned" call_list_misaligned plain Err(Trap::Misaligned);
    "list-misaligned-empty" call_list_misaligned_empty plain Err(Trap::Misaligned);
    "list-out-of-bounds" call_list_out_of_bounds plain Err(Trap::OutOfBounds);
    "list-length-overflows" call_list_length_overflows plain Err(Trap::TooLong);
    "list-of-bad-strings" call_list_of_bad_strings plain Err(Trap::InvalidUtf8);

    "params-misaligned" call_params_misaligned plain Err(Trap::Misaligned);
    "params-out-of-bounds" call_params_out_of_bounds plain Err(Trap::OutOfBounds);
    "area-misaligned" call_area_misaligned plain Err(Trap::Misaligned);
    "area-out-of-bounds" call_area_out_of_bounds plain Err(Trap::OutOfBounds);

    "handle-zero" call_handle_zero plain Err(Trap::UnknownHandle);
    "handle-unknown" call_handle_unknown plain Err(Trap::UnknownHandle);
    "handle-huge" call_handle_huge plain Err(Trap::UnknownHandle);
    "handle-of-other-type" call_handle_of_other_type plain Err(Trap::WrongHandleType);
    "own-handle-of-other-type" call_own_handle_of_other_type plain Err(Trap::WrongHandleType);
    "own-given-twice" call_own_given_twice plain Err(Trap::UnknownHandle);
    "drop-unknown" call_drop_unknown plain Err(Trap::UnknownHandle);
    "drop-twice" call_drop_twice plain Err(Trap::UnknownHandle);
    "drop-of-other-type" call_drop_of_other_type plain Err(Trap::WrongHandleType);
    "borrow-dropped" call_borrow_dropped token Ok(());
    "borrow-kept" call_borrow_kept token Err(Trap::BorrowLeft);
    "borrow-given-away" call_borrow_given_away token Err(Trap::NotOwned);
    "borrow-returned" call_borrow_returned token Err(Trap::BorrowLeft);

    "realloc-misaligned" call_realloc_misaligned plain Err(Trap::BadRealloc);
    "realloc-out-of-bounds" call_realloc_out_of_bounds plain Err(Trap::BadRealloc);
    "realloc-stops" call_realloc_stops plain Err(Trap::Guest);
    "realloc-imports" call_realloc_imports plain Err(Trap::MayNotLeave);

    "returns-surrogate" call_returns_surrogate plain Err(Trap::InvalidChar);
    "returns-no-case" call_returns_no_case plain Err(Trap::InvalidDiscriminant);
    "returns-bad-string" call_returns_bad_string text Err(Trap::InvalidUtf8);
    "returns-string-out-of-bounds" call_returns_string_out_of_bounds text Err(Trap::OutOfBounds);
    "returns-misaligned" call_returns_misaligned plain Err(Trap::Misaligned);
    "returns-out-of-bounds" call_returns_out_of_bounds plain Err(Trap::OutOfBounds);
    "returns-unknown-handle" call_returns_unknown_handle plain Err(Trap::UnknownHandle);
    "post-return-imports" call_post_return_imports text Err(Trap::MayNotLeave);

    stricter:
    // The specification has no null; an allocator that has run out returns it, and address 0 may hold the stack.
    "realloc-null" call_realloc_null Trap::BadRealloc;
}
