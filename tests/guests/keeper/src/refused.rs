//! What is refused.

use locket_guest::kv::{Bucket, Change, Error};
use locket_guest::log::Line;
use locket_guest::records::{self, Records};
use locket_guest::{Result, info};

use crate::{UNEXPECTED, exit};

/// More than any key or value may have.
const LONG: [u8; 8193] = [b'k'; 8193];

/// `LONG` bytes of text.
fn text(len: usize) -> &'static str {
    LONG.get(..len).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
}

/// May read, and is refused all else: what writes, and what reads and writes.
pub fn read_only() -> Result<u8> {
    let state = Bucket::open("state")?;
    let no = Err(Error::NotPermitted);
    let refused = state.set("a", b"1") == no
        && state.delete("a") == no
        && state.commit(&[Change::Delete("a")]) == no
        && state.compare_and_set("a", None, b"1") == Err(Error::NotPermitted)
        && state.increment("a", 1) == Err(Error::NotPermitted);
    exit(refused && state.get("a")?.is_none())
}

/// May write, and learns nothing of what is there, by no detour.
pub fn write_only() -> Result<u8> {
    let state = Bucket::open("state")?;
    state.set("a", b"1")?;
    let refused = state.get("a") == Err(Error::NotPermitted)
        && state.exists("a") == Err(Error::NotPermitted)
        && state.list_keys(None).is_err_and(|error| error == Error::NotPermitted)
        && state.compare_and_set("a", Some(b"1"), b"2") == Err(Error::NotPermitted)
        && state.increment("n", 0) == Err(Error::NotPermitted);
    exit(refused)
}

/// May append, and nothing else.
pub fn append_only() -> Result<u8> {
    let events = Records::open("events")?;
    events.append(b"1")?;
    let no = records::Error::NotPermitted;
    let refused = events.read(0).is_err_and(|error| error == no)
        && events.stat().is_err_and(|error| error == no)
        && events.clear(1) == Err(no);
    exit(refused)
}

/// Has a quota of 1,000 bytes of a bucket that holds more.
pub fn fills() -> Result<u8> {
    let state = Bucket::open("state")?;
    // Each takes 16 + 2 + 82 bytes: ten of them fit.
    for number in 10..20_u8 {
        state.set(Line::<4>::new().number(number).as_str(), &[0; 82])?;
    }
    let full = Err(Error::QuotaExceeded);
    let one_more = [Change::Delete("10"), Change::Set(("30", &[0; 82])), Change::Set(("31", &[0; 82]))];
    if state.set("20", b"") != full || state.set("10", &[0; 83]) != full || state.commit(&one_more) != full {
        return Ok(UNEXPECTED);
    }
    // Nothing of what was refused was done.
    if state.keys().count() != 10 || !state.exists("10")? {
        return Ok(UNEXPECTED);
    }
    state.delete("10")?;
    state.set("20", &[0; 82])?;
    let events = Records::open("events")?;
    let too_large = events.append(&LONG[..1000]) == Err(records::Error::QuotaExceeded);
    // The log's quota is 200 bytes: five records of 40.
    for _ in 0..8 {
        events.append(&[0; 8])?;
    }
    let span = events.stat()?;
    exit(too_large && span.next - span.first == 5)
}

/// No label but its own opens anything: not the object's name, not another kind's label.
pub fn no_label() -> Result<u8> {
    let labels = ["", "soil", "STATE", "events", "state "];
    let refused = labels.iter().all(|label| Bucket::open(label).is_err_and(|error| error == Error::UnknownLabel));
    exit(refused && Records::open("state").is_err_and(|error| error == records::Error::UnknownLabel))
}

/// Keys, values, batches and records that are too long, or a key that is empty, are refused.
pub fn bad_sizes() -> Result<u8> {
    let state = Bucket::open("state")?;
    let no = Err(Error::InvalidSize);
    let many = [const { Change::Delete("a") }; 17];
    let long = [Change::Set(("a", &LONG[..600])), Change::Set(("b", &LONG[..600]))];
    let refused = state.set("", b"1") == no
        && state.set(text(65), b"1") == no
        && state.get(text(256)) == Err(Error::InvalidSize)
        && state.set("a", &LONG[..1025]) == no
        && state.set("a", &LONG[..4096]) == no
        && state.commit(&many) == no
        && state.commit(&long) == no
        && Records::open("events")?.append(&LONG[..1025]) == Err(records::Error::InvalidSize);
    state.set(text(64), &LONG[..1024])?;
    exit(refused && state.keys().count() == 1)
}

/// Trap: too long. A key of 257 bytes.
pub fn longest_key() -> Result<u8> {
    Bucket::open("state")?.exists(text(257))?;
    Ok(UNEXPECTED)
}

/// Trap: too long. A value of 4,097 bytes.
pub fn longest_value() -> Result<u8> {
    Bucket::open("state")?.set("a", &LONG[..4097])?;
    Ok(UNEXPECTED)
}

/// Trap: too long. A batch of more than 8,192 bytes.
pub fn longest_batch() -> Result<u8> {
    Bucket::open("state")?.commit(&[Change::Set(("a", &LONG))])?;
    Ok(UNEXPECTED)
}

/// Writes until it is told that the bucket was revoked.
pub fn until_revoked() -> Result<u8> {
    let state = Bucket::open("state")?;
    state.set("a", b"0")?;
    info!("writing");
    loop {
        match state.increment("n", 1) {
            Ok(_) => {}
            Err(error) => return exit(error == Error::Revoked && Bucket::open("state").is_err()),
        }
    }
}
