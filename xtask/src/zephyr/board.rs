//! The boards that the application is built for, and what each of them is for.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::zephyr::tools::Toolchain;
use crate::{demo, root};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Board {
    /// Zephyr as a Linux process.
    NativeSim,
    /// A Cortex-M3 with memory in plenty.
    Mps2,
    /// A Cortex-M3 with 64 KiB of RAM.
    QemuCortexM3,
    /// A Cortex-M4 that can be bought.
    Nrf52840,
}

impl Board {
    pub const ALL: [Self; 4] = [Self::NativeSim, Self::Mps2, Self::QemuCortexM3, Self::Nrf52840];

    /// Zephyr's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NativeSim => "native_sim/native/64",
            Self::Mps2 => "mps2/an385",
            Self::QemuCortexM3 => "qemu_cortex_m3",
            Self::Nrf52840 => "nrf52840dk/nrf52840",
        }
    }

    /// Its name as that of a folder.
    pub fn folder(self) -> String {
        self.name().replace('/', "_")
    }

    /// As `CONFIG_LOCKET_RUST_TARGET` says it.
    pub fn rust_target(self) -> &'static str {
        match self {
            Self::NativeSim => "x86_64-unknown-linux-gnu",
            Self::Mps2 | Self::QemuCortexM3 => "thumbv7m-none-eabi",
            Self::Nrf52840 => "thumbv7em-none-eabi",
        }
    }

    pub fn toolchain(self) -> Toolchain {
        match self {
            Self::NativeSim => Toolchain::Host,
            Self::Mps2 | Self::QemuCortexM3 | Self::Nrf52840 => Toolchain::Arm,
        }
    }

    /// Whether it runs in QEMU.
    pub fn is_emulated(self) -> bool {
        matches!(self, Self::Mps2 | Self::QemuCortexM3)
    }

    /// Whether all three containers of the greenhouse run on it, or what there is room for.
    pub fn is_whole(self) -> bool {
        self != Self::QemuCortexM3
    }

    /// What it runs.
    pub fn policy(self) -> PathBuf {
        if self.is_whole() { demo::policy() } else { root().join("zephyr/app/policies/small.toml") }
    }

    /// What runs a build of it, for a limited time.
    pub fn emulator(self, build: &Path) -> Option<Command> {
        let qemu = |machine: &str| {
            let mut command = Command::new("qemu-system-arm");
            command.args(["-M", machine, "-cpu", "cortex-m3", "-nographic", "-vga", "none", "-monitor", "none"]);
            command.args(["-serial", "stdio", "-kernel"]).arg(build.join("zephyr/zephyr.elf"));
            command
        };
        match self {
            Self::NativeSim => {
                let mut command = Command::new(build.join("zephyr/zephyr.exe"));
                // Simulated seconds, which pass as fast as the machine allows.
                command.arg("-stop_at=20");
                Some(command)
            }
            Self::Mps2 => Some(qemu("mps2-an385")),
            Self::QemuCortexM3 => Some(qemu("lm3s6965evb")),
            Self::Nrf52840 => None,
        }
    }
}

impl ValueEnum for Board {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}
