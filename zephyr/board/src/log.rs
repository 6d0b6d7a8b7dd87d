//! The end of the event log, kept in RAM.

/// The last `SIZE` bytes of what was written; older ones are overwritten.
pub(crate) struct Log<const SIZE: usize> {
    bytes: [u8; SIZE],
    /// How many were ever written. Wraps around, after which the log seems to begin anew.
    written: u32,
}

impl<const SIZE: usize> Log<SIZE> {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; SIZE], written: 0 }
    }

    /// Appends `text`.
    pub(crate) fn write(&mut self, text: &str) {
        for byte in text.bytes() {
            let at = self.written.wrapping_rem(Self::size());
            if let Some(place) = usize::try_from(at).ok().and_then(|at| self.bytes.get_mut(at)) {
                *place = byte;
            }
            self.written = self.written.wrapping_add(1);
        }
    }

    /// As a divisor: not 0.
    #[expect(clippy::cast_possible_truncation, reason = "`configured` has seen that it fits")]
    const fn size() -> u32 {
        if SIZE == 0 { 1 } else { SIZE as u32 }
    }
}

/// For the shell.
#[cfg(any(feature = "shell", test))]
impl<const SIZE: usize> Log<SIZE> {
    /// Where the oldest whole line begins that is still there.
    pub(crate) fn oldest(&self) -> u32 {
        let Some(overwritten) = self.written.checked_sub(Self::size()).filter(|overwritten| *overwritten > 0) else {
            return 0;
        };
        // The byte before the oldest one is gone, so nobody knows whether that one begins a line.
        let end = (overwritten..self.written).find(|at| self.at(*at) == b'\n');
        end.map_or(self.written, |end| end.wrapping_add(1))
    }

    /// Copies what was written from position `from` on; how many bytes there were.
    pub(crate) fn read(&self, from: u32, into: &mut [u8]) -> usize {
        let positions = from..self.written;
        into.iter_mut().zip(positions).map(|(byte, at)| *byte = self.at(at)).count()
    }

    fn at(&self, position: u32) -> u8 {
        let at = usize::try_from(position.wrapping_rem(Self::size())).ok();
        at.and_then(|at| self.bytes.get(at)).copied().unwrap_or(b'?')
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::String;
    use std::vec;

    use super::*;

    fn all<const SIZE: usize>(log: &Log<SIZE>) -> String {
        let mut bytes = vec![0; 64];
        let length = log.read(log.oldest(), &mut bytes);
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    }

    #[test]
    fn keeps_what_there_is_room_for() {
        let mut log = Log::<16>::new();
        assert_eq!(all(&log), "");
        log.write("one\n");
        log.write("two\n");
        assert_eq!(all(&log), "one\ntwo\n");
    }

    #[test]
    fn drops_the_oldest_lines_as_a_whole() {
        let mut log = Log::<16>::new();
        log.write("first line\n");
        log.write("second\n");
        assert_eq!(all(&log), "second\n");
        log.write("a line of more than sixteen bytes\n");
        assert_eq!(all(&log), "", "no line is there as a whole");
        log.write("next\n");
        assert_eq!(all(&log), "next\n");
    }

    #[test]
    fn a_log_without_room_keeps_nothing() {
        let mut log = Log::<0>::new();
        log.write("line\n");
        assert_eq!(all(&log), "");
    }

    #[test]
    fn is_read_piece_by_piece() {
        let mut log = Log::<32>::new();
        log.write("one\ntwo\n");
        let (mut piece, mut at) = ([0; 3], log.oldest());
        let mut read = String::new();
        loop {
            let length = log.read(at, &mut piece);
            if length == 0 {
                break;
            }
            read.push_str(std::str::from_utf8(&piece[..length]).unwrap());
            at += u32::try_from(length).unwrap();
        }
        assert_eq!(read, "one\ntwo\n");
    }
}
