//! What a policy says, before it is bytes.

use crate::{
    Channel, Container, EncodeError, Grant, Kind, MAGIC, Record, Signer, Table, Text, VERSION,
    encoding::HEADER,
    field::{Field, Writer},
};

/// The tables of a policy, not yet checked: that is [`Policy::decode`](crate::Policy::decode)'s business.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tables<'a> {
    /// All strings in one; [`Text`] reaches the first 64 KiB.
    pub strings: &'a str,
    /// The device's name.
    pub device: Text,
    /// The policy's anti-rollback number: a device takes no policy whose epoch is below the one it has.
    pub epoch: u32,
    /// Whose images are taken.
    pub signers: &'a [Signer],
    /// The containers, in the order in which they start.
    pub containers: &'a [Container],
    /// What grants are about, sorted by interface and resource.
    pub kinds: &'a [Kind],
    /// The channels.
    pub channels: &'a [Channel],
    /// The grants, sorted by container, kind and label.
    pub grants: &'a [Grant],
}

impl Tables<'_> {
    /// How many bytes [`encode`](Self::encode) writes.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        HEADER
            .saturating_add(length_of(self.signers))
            .saturating_add(length_of(self.containers))
            .saturating_add(length_of(self.kinds))
            .saturating_add(length_of(self.channels))
            .saturating_add(length_of(self.grants))
            .saturating_add(self.strings.len())
    }

    /// Writes the tables to the front of `buffer` and returns that part.
    pub fn encode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], EncodeError> {
        let mut writer = Writer(buffer);
        writer.put(&MAGIC)?;
        VERSION.write(&mut writer)?;
        0_u8.write(&mut writer)?;
        let counts = [
            (Table::Signers, self.signers.len()),
            (Table::Containers, self.containers.len()),
            (Table::Kinds, self.kinds.len()),
            (Table::Channels, self.channels.len()),
            (Table::Grants, self.grants.len()),
        ];
        for (table, count) in counts {
            u16::try_from(count).map_err(|_| EncodeError::TooMany { table, count })?.write(&mut writer)?;
        }
        u32::try_from(self.strings.len()).map_err(|_| EncodeError::Strings)?.write(&mut writer)?;
        self.epoch.write(&mut writer)?;
        self.device.write(&mut writer)?;
        write_all(&mut writer, self.signers)?;
        write_all(&mut writer, self.containers)?;
        write_all(&mut writer, self.kinds)?;
        write_all(&mut writer, self.channels)?;
        write_all(&mut writer, self.grants)?;
        writer.put(self.strings.as_bytes())?;
        let left = writer.0.len();
        let written = buffer.len().saturating_sub(left);
        buffer.get(..written).ok_or(EncodeError::Buffer)
    }
}

const fn length_of<T: Record>(entries: &[T]) -> usize {
    entries.len().saturating_mul(size_of::<T::Bytes>())
}

fn write_all<T: Record>(writer: &mut Writer<'_>, entries: &[T]) -> Result<(), EncodeError> {
    entries.iter().try_for_each(|entry| entry.write(writer))
}
