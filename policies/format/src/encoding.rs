//! The policy as bytes.

use heapless::Vec;
use serde::Deserialize;
use thiserror::Error;

use crate::{Invalid, Policy, Table, Tables, Text};

/// The first bytes of every compiled policy.
pub const MAGIC: [u8; 4] = *b"LKTP";

/// The format that this crate writes and reads. It changes whenever the bytes of an old policy would be misread.
pub const VERSION: u8 = 1;

/// Why bytes are no policy for this kernel.
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
    /// They end early, or a value in them cannot be.
    #[error("the policy is damaged: {0}")]
    Malformed(
        /// Where reading stopped.
        Table,
    ),
    /// The policy is for a larger kernel.
    #[error("the policy has {count} {table}; this kernel has room for {capacity}")]
    TooMany {
        /// The table.
        table: Table,
        /// Its entries.
        count: usize,
        /// What this kernel has room for.
        capacity: usize,
    },
    /// Something follows after the policy's end.
    #[error("{0} bytes follow after the policy's end")]
    TrailingBytes(
        /// How many.
        usize,
    ),
    /// It can be read, but does not add up.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

/// The buffer is too small for the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the buffer is too small for the policy")]
pub struct EncodeError;

impl<'a, const C: usize, const G: usize, const H: usize> Policy<'a, C, G, H> {
    /// Writes the policy to the front of `buffer` and returns that part.
    pub fn encode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], EncodeError> {
        let header = MAGIC.iter().chain(&[VERSION]).copied();
        let header_length = MAGIC.len().saturating_add(1);
        let (start, rest) = buffer.split_at_mut_checked(header_length).ok_or(EncodeError)?;
        start.iter_mut().zip(header).for_each(|(byte, value)| *byte = value);
        let length = postcard::to_slice(self.tables(), rest).map_err(|_| EncodeError)?.len();
        buffer.get(..header_length.saturating_add(length)).ok_or(EncodeError)
    }

    /// Reads and checks a policy. Its strings stay in `bytes`.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let body = bytes.strip_prefix(&MAGIC).ok_or(DecodeError::NotAPolicy)?;
        let (&found, body) = body.split_first().ok_or(DecodeError::Malformed(Table::Device))?;
        if found != VERSION {
            return Err(DecodeError::Version { found });
        }
        let mut reader = Reader { bytes: body };
        // The order of the fields in `Tables`, which is also that of their encoding.
        let tables = Tables {
            strings: reader.value(Table::Device)?,
            device: reader.value::<Text>(Table::Device)?,
            epoch: reader.value(Table::Device)?,
            signers: reader.table(Table::Signers)?,
            containers: reader.table(Table::Containers)?,
            kinds: reader.table(Table::Kinds)?,
            channels: reader.table(Table::Channels)?,
            grants: reader.table(Table::Grants)?,
        };
        if !reader.bytes.is_empty() {
            return Err(DecodeError::TrailingBytes(reader.bytes.len()));
        }
        Ok(Self::new(tables)?)
    }
}

/// Reads postcard values one by one, so that a table which does not fit is reported as such.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn value<T: Deserialize<'a>>(&mut self, table: Table) -> Result<T, DecodeError> {
        let (value, rest) = postcard::take_from_bytes(self.bytes).map_err(|_| DecodeError::Malformed(table))?;
        self.bytes = rest;
        Ok(value)
    }

    fn table<T: Deserialize<'a>, const N: usize>(&mut self, table: Table) -> Result<Vec<T, N>, DecodeError> {
        let count = self.value::<usize>(table)?;
        let too_many = DecodeError::TooMany { table, count, capacity: N };
        if count > N {
            return Err(too_many);
        }
        let mut entries = Vec::new();
        for _ in 0..count {
            entries.push(self.value(table)?).map_err(|_| too_many)?;
        }
        Ok(entries)
    }
}
