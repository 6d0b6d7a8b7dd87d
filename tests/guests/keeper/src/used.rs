//! What works.

use alloc::vec::Vec;

use locket_guest::kv::{Bucket, Change, Error};
use locket_guest::log::{self, Level, Line};
use locket_guest::records::{Records, Span};
use locket_guest::{Result, config, info};

use crate::{UNEXPECTED, exit};

/// The longest value.
static LARGE: [u8; 1024] = [7; 1024];

/// Tries each function of a bucket that is empty and holds at least 30 keys, and leaves it empty.
pub fn every_function_of_a_bucket() -> Result<u8> {
    let state = Bucket::open("state")?;
    state.set("a", b"1")?;
    state.set("empty", b"")?;
    let read = state.get("a")? == Some(b"1".to_vec()) && state.get("empty")? == Some(Vec::new());
    if !read || state.get("b")?.is_some() || !state.exists("empty")? || state.exists("b")? {
        return Ok(UNEXPECTED);
    }
    let changes = [Change::Set(("b", b"2")), Change::Delete("a"), Change::Set(("c", b"3")), Change::Delete("empty")];
    state.commit(&changes)?;
    if state.exists("a")? || state.get("c")? != Some(b"3".to_vec()) {
        return Ok(UNEXPECTED);
    }
    let swapped = [
        state.compare_and_set("b", None, b"4")?,
        state.compare_and_set("b", Some(b"2"), b"4")?,
        state.compare_and_set("d", None, b"5")?,
    ];
    if swapped != [false, true, true] || state.get("b")? != Some(b"4".to_vec()) {
        return Ok(UNEXPECTED);
    }
    let sums = [state.increment("n", 5)?, state.increment("n", -7)?];
    if sums != [5, -2] || state.increment("b", 1) != Err(Error::NotANumber) {
        return Ok(UNEXPECTED);
    }
    state.set("large", &LARGE)?;
    if state.get("large")?.as_deref() != Some(&LARGE) {
        return Ok(UNEXPECTED);
    }
    for number in 0..20_u8 {
        state.set(Line::<8>::new().text("key-").number(number).as_str(), &[number])?;
    }
    let mut keys = state.keys().collect::<core::result::Result<Vec<_>, _>>()?;
    keys.sort_unstable();
    keys.dedup();
    // b, c, d, n, large and the twenty.
    if keys.len() != 25 {
        return Ok(UNEXPECTED);
    }
    for key in &keys {
        state.delete(key)?;
    }
    exit(state.keys().next().is_none())
}

/// Is told `threshold = "30"` and `unit = ""`.
pub fn every_function_of_the_settings() -> Result<u8> {
    let told = config::get("threshold").is_ok_and(|value| value.as_deref() == Some("30"))
        && config::get("unit").is_ok_and(|value| value.as_deref() == Some(""))
        && config::get("other").is_ok_and(|value| value.is_none());
    let all = config::get_all().unwrap_or_default();
    let pairs = all.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    exit(told && pairs.eq([("threshold", "30"), ("unit", "")]))
}

/// Tries each function of a log that is empty and holds ten records.
pub fn every_function_of_a_log() -> Result<u8> {
    let events = Records::open("events")?;
    if events.read(0)?.is_some() {
        return Ok(UNEXPECTED);
    }
    for number in 0..14_u8 {
        if events.append(&[number; 3])? != u64::from(number) {
            return Ok(UNEXPECTED);
        }
    }
    let Span { first, next } = events.stat()?;
    if (first, next) != (4, 14) {
        return Ok(UNEXPECTED);
    }
    let mut reader = events.reader(0);
    for (expected, entry) in (first..).zip(&mut reader) {
        let entry = entry?;
        if entry.number != expected || entry.data.first().map(|byte| u64::from(*byte)) != Some(expected) {
            return Ok(UNEXPECTED);
        }
    }
    if reader.cursor() != 14 {
        return Ok(UNEXPECTED);
    }
    events.clear(9)?;
    let kept = events.read(0)?.map(|entry| entry.number) == Some(9);
    events.clear(u64::MAX)?;
    let span = events.stat()?;
    exit(kept && (span.first, span.next) == (14, 14) && events.read(0)?.is_none())
}

/// Logs `start N`, where N is how often it was started, and fails until that is 3.
pub fn counts_its_starts() -> Result<u8> {
    let state = Bucket::open("state")?;
    let starts = state.increment("starts", 1)?;
    Records::open("events")?.append(b"started")?;
    let records = Records::open("events")?.stat()?.next;
    let mut line = Line::<64>::new();
    line.text("start ").number(starts).text(", record ").number(i64::try_from(records).unwrap_or(-1));
    log::write(Level::Info, "", line.as_str());
    Ok(u8::from(starts < 3))
}

/// Sets `name` to its own name, and expects that nothing else is there.
pub fn finds_only_its_own() -> Result<u8> {
    let state = Bucket::open("state")?;
    let name = info::name();
    let empty = state.keys().next().is_none();
    state.set("name", name.as_bytes())?;
    exit(empty && state.get("name")?.as_deref() == Some(name.as_bytes()))
}

/// Sets `shared`.
pub fn writes() -> Result<u8> {
    Bucket::open("state")?.set("shared", b"by writes")?;
    Ok(0)
}

/// Expects what [`writes`] has set.
pub fn reads() -> Result<u8> {
    let state = Bucket::open("state")?;
    // The other container is running at the same time.
    loop {
        if let Some(value) = state.get("shared")? {
            return exit(value == b"by writes");
        }
    }
}
