//! The message on the channel `moisture`: what the sender and the receivers must agree on, and nothing else.
#![no_std]

/// One reading of the soil probe.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reading {
    /// Counts the readings since the sender was started; wraps around.
    pub sequence: u16,
    /// Whether the soil is wet enough.
    pub wet: bool,
}

impl Reading {
    /// Bytes of a message.
    pub const LEN: usize = 3;

    /// The message: the sequence number, low byte first, then 1 for wet or 0 for dry.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::LEN] {
        let [low, high] = self.sequence.to_le_bytes();
        [low, high, u8::from(self.wet)]
    }

    /// Reads a message; none if it is not one. A receiver does not trust its sender more than it must.
    #[must_use]
    pub fn from_bytes(message: &[u8]) -> Option<Self> {
        match *message {
            [low, high, wet @ 0..=1] => Some(Self { sequence: u16::from_le_bytes([low, high]), wet: wet == 1 }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Reading;

    #[test]
    fn a_reading_survives_the_journey() {
        for reading in [Reading { sequence: 0x1234, wet: true }, Reading { sequence: u16::MAX, wet: false }] {
            assert_eq!(Reading::from_bytes(&reading.to_bytes()), Some(reading));
        }
    }

    #[test]
    fn other_bytes_are_no_reading() {
        for message in [&[][..], &[1, 2], &[1, 2, 2], &[1, 2, 0, 0]] {
            assert_eq!(Reading::from_bytes(message), None);
        }
    }
}
