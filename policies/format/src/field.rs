//! How one value is written: a fixed number of bytes, little-endian, and one way only to write each value.
//!
//! Unused bytes are 0 and are refused otherwise, so that two policies with the same content are the same bytes.

use core::num::{NonZeroU16, NonZeroU32, NonZeroU64};

use crate::{
    Backoff, ChannelIndex, ContainerIndex, Cpu, EncodeError, KindIndex, Object, Period, Rate, Restart, RestartWhen,
    Rights, RuleId, SignerIndex, Text, Version, VersionRange, WhenFull,
};

/// Takes values from the front of bytes.
#[derive(Debug)]
pub struct Reader<'b>(pub(crate) &'b [u8]);

impl Reader<'_> {
    /// The next value; `None` if the bytes end before it does, or have no meaning.
    #[inline]
    pub(crate) fn field<T: Field>(&mut self) -> Option<T> {
        T::read(self)
    }

    #[inline]
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*bytes)
    }
}

/// Puts values to the front of a buffer.
#[derive(Debug)]
pub struct Writer<'b>(pub(crate) &'b mut [u8]);

impl Writer<'_> {
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        let buffer = core::mem::take(&mut self.0);
        let (front, rest) = buffer.split_at_mut_checked(bytes.len()).ok_or(EncodeError::Buffer)?;
        front.copy_from_slice(bytes);
        self.0 = rest;
        Ok(())
    }
}

/// Something of fixed size in a policy's bytes.
pub trait Field: Sized {
    /// The value; `None` if the bytes have no meaning.
    fn read(bytes: &mut Reader<'_>) -> Option<Self>;

    /// The reverse.
    fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError>;
}

/// The fields of a struct, one after the other.
macro_rules! fields {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::field::Field for $name {
            #[inline]
            fn read(bytes: &mut $crate::field::Reader<'_>) -> Option<Self> {
                Some(Self { $($field: bytes.field()?),+ })
            }

            fn write(&self, bytes: &mut $crate::field::Writer<'_>) -> Result<(), $crate::EncodeError> {
                $(self.$field.write(bytes)?;)+
                Ok(())
            }
        }
    };
}
pub(crate) use fields;

fields!(Text { start, length });
fields!(Version { major, minor, patch });
fields!(VersionRange { from, to, pre_releases });
fields!(Backoff { min_ms, max_ms });

macro_rules! integers {
    ($($integer:ty),+) => {$(
        impl Field for $integer {
            #[inline]
            fn read(bytes: &mut Reader<'_>) -> Option<Self> {
                Some(Self::from_le_bytes(bytes.take()?))
            }

            fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError> {
                bytes.put(&self.to_le_bytes())
            }
        }
    )+};
}
integers!(u8, u16, u32, u64);

/// A number that is not 0, and the same where 0 says that there is none.
macro_rules! non_zero {
    ($($non_zero:ty as $integer:ty),+) => {$(
        impl Field for $non_zero {
            #[inline]
            fn read(bytes: &mut Reader<'_>) -> Option<Self> {
                Self::new(bytes.field()?)
            }

            fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError> {
                self.get().write(bytes)
            }
        }

        impl Field for Option<$non_zero> {
            #[inline]
            fn read(bytes: &mut Reader<'_>) -> Option<Self> {
                Some(<$non_zero>::new(bytes.field()?))
            }

            fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError> {
                self.map_or(0, <$non_zero>::get).write(bytes)
            }
        }
    )+};
}
non_zero!(NonZeroU16 as u16, NonZeroU32 as u32, NonZeroU64 as u64);

/// A number with a type of its own.
macro_rules! numbers {
    ($($name:ident),+) => {$(
        impl Field for $name {
            #[inline]
            fn read(bytes: &mut Reader<'_>) -> Option<Self> {
                bytes.field().map(Self)
            }

            fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError> {
                self.0.write(bytes)
            }
        }
    )+};
}
numbers!(ContainerIndex, SignerIndex, KindIndex, ChannelIndex, RuleId);

impl Field for [u8; 32] {
    #[inline]
    fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        bytes.take()
    }

    fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError> {
        bytes.put(self)
    }
}

impl Field for bool {
    #[inline]
    fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        match bytes.field::<u8>()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError> {
        u8::from(*self).write(bytes)
    }
}

impl Field for Rights {
    #[inline]
    fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        bytes.field().map(Self::from_bits)
    }

    fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.bits().write(bytes)
    }
}

impl Field for Cpu {
    #[inline]
    fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        Self::from_permille(bytes.field()?)
    }

    fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.permille().write(bytes)
    }
}

/// Count, then the period: 1 second, 2 minute, 3 hour. Both 0: there is no rate.
impl Field for Option<Rate> {
    #[inline]
    fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        let (count, period) = (bytes.field::<Option<NonZeroU16>>()?, bytes.field::<u8>()?);
        let period = match (count, period) {
            (None, 0) => return Some(None),
            (_, 1) => Period::Second,
            (_, 2) => Period::Minute,
            (_, 3) => Period::Hour,
            _ => return None,
        };
        Some(Some(Rate { count: count?, period }))
    }

    fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError> {
        let period = self.map_or(0_u8, |rate| match rate.period {
            Period::Second => 1,
            Period::Minute => 2,
            Period::Hour => 3,
        });
        self.map(|rate| rate.count).write(bytes)?;
        period.write(bytes)
    }
}

/// 0 never, 1 when it failed, 2 always; then shortest and longest pause and the number of restarts, for 0 all 0.
impl Field for Restart {
    #[inline]
    fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        let tag = bytes.field::<u8>()?;
        let (min_ms, max_ms) = (bytes.field::<Option<NonZeroU32>>()?, bytes.field::<Option<NonZeroU32>>()?);
        let give_up_after = bytes.field::<Option<NonZeroU16>>()?;
        let when = match tag {
            0 if min_ms.is_none() && max_ms.is_none() && give_up_after.is_none() => return Some(Self::Never),
            1 => RestartWhen::Failed,
            2 => RestartWhen::Always,
            _ => return None,
        };
        Some(Self::Again { when, backoff: Backoff { min_ms: min_ms?, max_ms: max_ms? }, give_up_after })
    }

    fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError> {
        let Self::Again { when, backoff, give_up_after } = self else { return bytes.put(&[0; 11]) };
        let tag = match when {
            RestartWhen::Failed => 1_u8,
            RestartWhen::Always => 2,
        };
        tag.write(bytes)?;
        backoff.write(bytes)?;
        give_up_after.write(bytes)
    }
}

/// 0 reject, 1 drop the oldest, 2 wait; then the milliseconds of the wait, otherwise 0.
impl Field for WhenFull {
    #[inline]
    fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        match (bytes.field::<u8>()?, bytes.field::<Option<NonZeroU32>>()?) {
            (0, None) => Some(Self::Reject),
            (1, None) => Some(Self::DropOldest),
            (2, Some(timeout_ms)) => Some(Self::Wait { timeout_ms }),
            _ => None,
        }
    }

    fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError> {
        let (tag, timeout_ms) = match *self {
            Self::Reject => (0_u8, None),
            Self::DropOldest => (1, None),
            Self::Wait { timeout_ms } => (2, Some(timeout_ms)),
        };
        tag.write(bytes)?;
        timeout_ms.write(bytes)
    }
}

/// 0 interface, 1 board, 2 sender, 3 receiver, 4 settings; then the board's name or the settings as a text, or the
/// channel in 4 bytes, or 0.
impl Field for Object {
    #[inline]
    fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        let tag = bytes.field::<u8>()?;
        let Reader(rest) = *bytes;
        let text = bytes.field::<Text>()?;
        let number = Reader(rest).field::<u32>()?;
        let channel = || u8::try_from(number).ok().map(ChannelIndex);
        match tag {
            0 if number == 0 => Some(Self::Interface),
            1 => Some(Self::Board(text)),
            2 => channel().map(Self::Sender),
            3 => channel().map(Self::Receiver),
            4 => Some(Self::Settings(text)),
            _ => None,
        }
    }

    fn write(&self, bytes: &mut Writer<'_>) -> Result<(), EncodeError> {
        let (tag, number) = match *self {
            Self::Interface => (0, 0),
            Self::Board(text) => {
                1_u8.write(bytes)?;
                return text.write(bytes);
            }
            Self::Settings(text) => {
                4_u8.write(bytes)?;
                return text.write(bytes);
            }
            Self::Sender(channel) => (2_u8, channel.0),
            Self::Receiver(channel) => (3, channel.0),
        };
        tag.write(bytes)?;
        u32::from(number).write(bytes)
    }
}
