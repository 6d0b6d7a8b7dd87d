//! What Zephyr's configuration says, as `zephyr/CMakeLists.txt` passes it on; without it (tests, documentation) the
//! numbers of a typical board.

/// `CONFIG_SYS_CLOCK_TICKS_PER_SEC`.
pub(crate) const TICKS_PER_SECOND: u64 = number(option_env!("LOCKET_TICKS_PER_SECOND"), 10_000);
/// Nodes of the devicetree that are `locket,digital-in`.
pub(crate) const INPUTS: usize = size(option_env!("LOCKET_DIGITAL_INPUTS"), 1);
/// Nodes of the devicetree that are `locket,digital-out`.
pub(crate) const OUTPUTS: usize = size(option_env!("LOCKET_DIGITAL_OUTPUTS"), 1);
/// `CONFIG_LOCKET_LOG_SIZE`.
pub(crate) const LOG_SIZE: usize = size(option_env!("LOCKET_LOG_SIZE"), 2_048);

#[expect(clippy::cast_possible_truncation, reason = "sizes of a device's memory, compared right here")]
const fn size(text: Option<&str>, otherwise: u64) -> usize {
    let number = number(text, otherwise);
    assert!(number <= u32::MAX as u64, "a size from Kconfig or the devicetree is too large");
    number as usize
}

/// The decimal number in `text`.
#[expect(clippy::panic, reason = "evaluated by the compiler: a panic is a build error")]
const fn number(text: Option<&str>, otherwise: u64) -> u64 {
    let Some(text) = text else { return otherwise };
    match u64::from_str_radix(text, 10) {
        Ok(number) => number,
        Err(_) => panic!("zephyr/CMakeLists.txt passes on something that is no number"),
    }
}
