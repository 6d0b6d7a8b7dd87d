//! How much flash and RAM a firmware takes.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use object::{Object, ObjectSection, SectionFlags, SectionKind, elf};

/// Bytes.
pub struct Size {
    flash: u64,
    ram: u64,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of flash, {} bytes of RAM", self.flash, self.ram)
    }
}

/// The size of the program in the ELF file `path`. Data that is not 0 at first counts twice.
pub fn of(path: &Path) -> Result<Size> {
    let file = std::fs::read(path).with_context(|| path.display().to_string())?;
    let file = object::File::parse(&*file).with_context(|| path.display().to_string())?;
    let mut size = Size { flash: 0, ram: 0 };
    for section in file.sections() {
        let SectionFlags::Elf { sh_flags, .. } = section.flags() else { continue };
        if !sh_flags.contains(elf::SHF_ALLOC) {
            continue;
        }
        let is_kept = section.kind() != SectionKind::UninitializedData;
        let is_writable = sh_flags.contains(elf::SHF_WRITE);
        size.flash += if is_kept { section.size() } else { 0 };
        size.ram += if is_writable || !is_kept { section.size() } else { 0 };
    }
    Ok(size)
}
