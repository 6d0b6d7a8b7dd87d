//! From a policy's bytes to a policy, and why not.

use thiserror::Error;

use crate::{
    Invalid, MAX_CHANNELS, MAX_CONTAINERS, MAX_KINDS, Policy, Problem, Record, Records, Table, Text, check,
    field::Reader, records::read,
};

/// The first bytes of every compiled policy.
pub const MAGIC: [u8; 4] = *b"LKTP";

/// The format that this crate writes and reads. It changes whenever the bytes of an old policy would be misread.
pub const VERSION: u8 = 2;

/// Bytes of what stands before the first table.
pub(crate) const HEADER: usize = 28;

/// Why bytes are no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// They do not start with [`MAGIC`].
    #[error("this is no compiled policy")]
    NotAPolicy,
    /// They are of another format.
    #[error("the policy has format {found}; this kernel reads format {VERSION}")]
    Version {
        /// The format.
        found: u8,
    },
    /// They end early.
    #[error("the policy is damaged: it ends early ({0})")]
    Ends(
        /// Where.
        Table,
    ),
    /// Something follows after the policy's end.
    #[error("{0} bytes follow after the policy's end")]
    TrailingBytes(
        /// How many.
        usize,
    ),
    /// An entry has no meaning, or the tables do not add up.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

/// Why tables cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// The buffer is smaller than [`Tables::encoded_len`](crate::Tables::encoded_len).
    #[error("the buffer is too small for the policy")]
    Buffer,
    /// A table has more entries than can be counted in 16 bits.
    #[error("the policy has {count} {table}; no policy has room for more than {}", u16::MAX)]
    TooMany {
        /// The table.
        table: Table,
        /// Its entries.
        count: usize,
    },
    /// The strings are longer than 32 bits count.
    #[error("the policy's strings are too long")]
    Strings,
}

impl<'a> Policy<'a> {
    /// Checks everything, once: what this returns is read without a further check.
    ///
    /// One pass over the bytes; names of signers, containers and channels, of which there are few, are compared each
    /// with each.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let body = bytes.strip_prefix(&MAGIC).ok_or(DecodeError::NotAPolicy)?;
        let (&found, body) = body.split_first().ok_or(DecodeError::Ends(Table::Device))?;
        if found != VERSION {
            return Err(DecodeError::Version { found });
        }
        let mut reader = Reader(body);
        let header = Header::read(&mut reader).ok_or(DecodeError::Ends(Table::Device))?;
        if header.zero != 0 {
            return Err(Invalid { table: Table::Device, entry: 0, problem: Problem::Value }.into());
        }
        let mut rest = reader.0;
        let policy = Self {
            signers: table(&mut rest, Table::Signers, header.signers, MAX_CONTAINERS)?,
            containers: table(&mut rest, Table::Containers, header.containers, MAX_CONTAINERS)?,
            kinds: table(&mut rest, Table::Kinds, header.kinds, MAX_KINDS)?,
            channels: table(&mut rest, Table::Channels, header.channels, MAX_CHANNELS)?,
            grants: table(&mut rest, Table::Grants, header.grants, usize::from(u16::MAX))?,
            strings: strings(&mut rest, header.strings)?,
            device: header.device,
            epoch: header.epoch,
        };
        if !rest.is_empty() {
            return Err(DecodeError::TrailingBytes(rest.len()));
        }
        check::check(&policy)?;
        Ok(policy)
    }
}

/// What follows on the version.
struct Header {
    zero: u8,
    signers: u16,
    containers: u16,
    kinds: u16,
    channels: u16,
    grants: u16,
    strings: u32,
    epoch: u32,
    device: Text,
}

impl Header {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            zero: reader.field()?,
            signers: reader.field()?,
            containers: reader.field()?,
            kinds: reader.field()?,
            channels: reader.field()?,
            grants: reader.field()?,
            strings: reader.field()?,
            epoch: reader.field()?,
            device: reader.field()?,
        })
    }
}

/// Takes a table of `count` entries, of which each can be read and at most `most` may be there.
fn table<'a, T: Record>(
    rest: &mut &'a [u8],
    table: Table,
    count: u16,
    most: usize,
) -> Result<Records<'a, T>, DecodeError> {
    let count = usize::from(count);
    if count > most {
        return Err(Invalid { table, entry: most, problem: Problem::TooMany }.into());
    }
    let (records, after) = Records::split(rest, count).ok_or(DecodeError::Ends(table))?;
    *rest = after;
    match records.entries().iter().position(|bytes| read::<T>(bytes).is_none()) {
        Some(entry) => Err(Invalid { table, entry, problem: Problem::Value }.into()),
        None => Ok(records),
    }
}

fn strings<'a>(rest: &mut &'a [u8], length: u32) -> Result<&'a str, DecodeError> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let (strings, after) = rest.split_at_checked(length).ok_or(DecodeError::Ends(Table::Device))?;
    *rest = after;
    let problem = Problem::Utf8;
    core::str::from_utf8(strings).map_err(|_| Invalid { table: Table::Device, entry: 0, problem }.into())
}
