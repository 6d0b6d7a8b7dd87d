//! The linker's map: every piece that it put into the firmware, with the object file that the piece comes from.

/// One input section, where it ended up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Section of the firmware that it lies in.
    pub output: String,
    /// Its name in its object file, such as `.text.memcpy`.
    pub name: String,
    /// Where it lies.
    pub address: u64,
    /// Its length in bytes.
    pub size: u64,
    /// The object file; a member of an archive is `archive(member)`.
    pub object: String,
}

/// The pieces of a map as GNU ld writes it.
pub fn pieces(map: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut output = "";
    // A long name has a line of its own, and the rest follows in the next.
    let mut waiting: Option<&str> = None;
    let lines = map.lines().skip_while(|line| *line != "Linker script and memory map");
    for line in lines.take_while(|line| !line.starts_with("OUTPUT(")) {
        let name = waiting.take();
        if line.starts_with('.') {
            output = line.split_whitespace().next().unwrap_or_default();
        } else if let Some(line) = line.strip_prefix(' ').filter(|line| line.starts_with(['.', 'C'])) {
            match line.split_once(char::is_whitespace) {
                Some((name, rest)) => pieces.extend(piece(output, name, rest)),
                None => waiting = Some(line),
            }
        } else if let Some(name) = name {
            pieces.extend(piece(output, name, line));
        }
    }
    pieces
}

/// `0xADDRESS 0xSIZE OBJECT`; anything else is no piece.
fn piece(output: &str, name: &str, rest: &str) -> Option<Piece> {
    let (address, rest) = rest.trim_start().split_once(char::is_whitespace)?;
    let (size, object) = rest.trim_start().split_once(char::is_whitespace)?;
    let number = |text: &str| u64::from_str_radix(text.strip_prefix("0x")?, 16).ok();
    Some(Piece {
        output: output.to_owned(),
        name: name.to_owned(),
        address: number(address)?,
        size: number(size)?,
        object: object.trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_with_short_and_long_names() {
        let map = "\
Discarded input sections

 .text          0x00000000       0x10 /gone.o

Linker script and memory map

LOAD /a b.o
.text           0x00000400     0x100
                0x00000400                __stext = .
 *(.text .text.*)
 .text.short    0x00000400       0x1a /a b.o
                0x00000400                short
 .text._RNvCs8bAh1Z3wLkq_11locket_qemu4main
                0x0000041c       0x10 /lib.rlib(c.o)
 *fill*         0x0000041a        0x2 
 .rodata.x.str1.1
                0x00000430       0x20 /c.o
                                 0x24 (size before relaxing)
 COMMON         0x00000450        0x4 /d.o
OUTPUT(/firmware elf32-littlearm)
.debug_info     0x00000000        0x4
 .debug_info    0x00000000        0x4 /a b.o
";
        let found: Vec<_> =
            pieces(map).into_iter().map(|piece| (piece.name, piece.address, piece.size, piece.object)).collect();
        let expected = [
            (".text.short", 0x400, 0x1a, "/a b.o"),
            (".text._RNvCs8bAh1Z3wLkq_11locket_qemu4main", 0x41c, 0x10, "/lib.rlib(c.o)"),
            (".rodata.x.str1.1", 0x430, 0x20, "/c.o"),
            ("COMMON", 0x450, 4, "/d.o"),
        ];
        assert_eq!(found, expected.map(|(name, at, size, object)| (name.to_owned(), at, size, object.to_owned())));
    }
}
