//! Flash and statics of each room: the firmware's sections, shared out by the linker's map to the last byte.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use locket_on_target::Firmware;
use object::{Object, ObjectSection, SectionFlags, SectionKind, elf};

use crate::map::{self, Piece};
use crate::report::RoomSize;
use crate::rooms::{self, Room};

/// What a section is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Only in flash.
    Code,
    /// In RAM, its first value in flash.
    Data,
    /// In RAM, all zeros at first.
    Bss,
}

/// A section of the firmware that takes up memory of the device.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Section {
    name: String,
    kind: Kind,
    address: u64,
    size: u64,
}

/// The sizes of all rooms of `firmware`.
pub fn rooms(firmware: &Firmware) -> Result<Vec<RoomSize>> {
    let map = std::fs::read_to_string(&firmware.map).with_context(|| format!("{}", firmware.map.display()))?;
    Ok(share_out(&sections(firmware)?, map::pieces(&map)))
}

fn sections(firmware: &Firmware) -> Result<Vec<Section>> {
    let place = || format!("{}", firmware.elf.display());
    let bytes = std::fs::read(&firmware.elf).with_context(place)?;
    let file = object::File::parse(&*bytes).with_context(place)?;
    let mut sections = Vec::new();
    for section in file.sections() {
        let SectionFlags::Elf { sh_flags, .. } = section.flags() else { continue };
        if sh_flags.0 & elf::SHF_ALLOC.0 == 0 || section.size() == 0 {
            continue;
        }
        let kind = match section.kind() {
            SectionKind::UninitializedData => Kind::Bss,
            _ if sh_flags.0 & elf::SHF_WRITE.0 != 0 => Kind::Data,
            _ => Kind::Code,
        };
        let name = section.name().with_context(place)?.to_owned();
        sections.push(Section { name, kind, address: section.address(), size: section.size() });
    }
    Ok(sections)
}

/// Gives each byte of the sections to one room: to that of the piece that lies there, or to the padding.
fn share_out(sections: &[Section], mut pieces: Vec<Piece>) -> Vec<RoomSize> {
    pieces.sort_by_key(|piece| piece.address);
    let mut rooms = BTreeMap::<Room, [u64; 3]>::new();
    for section in sections {
        let column = section.kind as usize;
        let end = section.address + section.size;
        let mut at = section.address;
        for piece in pieces.iter().filter(|piece| piece.output == section.name) {
            // Equal constants of several objects are one, and the map then has pieces that overlap.
            let (start, stop) = (piece.address.clamp(at, end), (piece.address + piece.size).min(end));
            if stop > start {
                rooms.entry(Room::Padding).or_default()[column] += start - at;
                rooms.entry(rooms::of(piece)).or_default()[column] += stop - start;
                at = stop;
            }
        }
        rooms.entry(Room::Padding).or_default()[column] += end - at;
    }
    let size = |(room, [code, data, bss]): (Room, [u64; 3])| RoomSize { room: room.to_string(), code, data, bss };
    rooms.into_iter().map(size).collect()
}

#[cfg(test)]
mod tests {
    use locket_on_target::{Interpreter, Ram};

    use super::*;

    fn sums(rooms: &[RoomSize]) -> [u64; 3] {
        rooms.iter().fold([0; 3], |[code, data, bss], room| [code + room.code, data + room.data, bss + room.bss])
    }

    fn sizes(sections: &[Section]) -> [u64; 3] {
        let size = |kind| sections.iter().filter(|section| section.kind == kind).map(|section| section.size).sum();
        [size(Kind::Code), size(Kind::Data), size(Kind::Bss)]
    }

    #[test]
    fn gaps_overlaps_and_ends() {
        let section = |name: &str, kind, address, size| Section { name: name.to_owned(), kind, address, size };
        let sections = [section(".text", Kind::Code, 0x100, 0x50), section(".bss", Kind::Bss, 0x2000, 8)];
        let piece = |output: &str, address, size, object: &str| Piece {
            output: output.to_owned(),
            name: ".text".to_owned(),
            address,
            size,
            object: object.to_owned(),
        };
        let pieces = vec![
            piece(".text", 0x120, 0x20, "libwamr_sys.rlib(a.o)"),
            piece(".text", 0x104, 0x10, "libc.a(b.o)"),
            piece(".text", 0x130, 0x18, "libc.a(c.o)"),
            piece(".text", 0x148, 0x40, "odd.o"),
            piece(".debug", 0x100, 0x50, "odd.o"),
            piece(".bss", 0x2000, 4, "libc.a(b.o)"),
        ];
        let rooms = share_out(&sections, pieces);
        let lines: Vec<_> = rooms.iter().map(|room| (room.room.as_str(), room.code, room.data, room.bss)).collect();
        let expected = [("WAMR", 0x20, 0, 0), ("C library", 0x18, 0, 4), ("padding", 0x10, 0, 4), ("other", 0x8, 0, 0)];
        assert_eq!(lines, expected);
        assert_eq!(sums(&rooms), sizes(&sections));
    }

    #[test]
    fn the_rooms_of_the_firmware_add_up_to_its_sections() {
        let firmware = Firmware::build(Interpreter::Classic, Ram::Kib256).expect("the firmware builds");
        let rooms = rooms(&firmware).expect("it has a map");
        assert_eq!(sums(&rooms), sizes(&sections(&firmware).expect("it is an ELF file")));
        let room = |name: &str| rooms.iter().find(|room| room.room == name);
        for name in ["kernel", "abi", "policy", "image", "engine", "signatures", "provider ipc", "WAMR", "board"] {
            assert!(room(name).is_some_and(|room| room.code > 0), "{name}: {rooms:#?}");
        }
        assert!(room("other").is_none(), "a rule is missing: {rooms:#?}");
        assert!(room("padding").is_some_and(|room| room.code < 4096), "the map was not understood: {rooms:#?}");
    }
}
