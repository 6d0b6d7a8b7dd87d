//! Building the firmware and running it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use locket_tests::guests::root;

use crate::Output;

/// Rust's name for the processor.
const TARGET: &str = "thumbv7m-none-eabi";
/// Where the firmware looks for the bundle.
const BUNDLE_ADDRESS: &str = "0x200000";
/// One instruction takes 2^5 nanoseconds of virtual time.
const ICOUNT_SHIFT: u32 = 5;
/// Virtual time of one instruction.
pub const NANOSECONDS_PER_INSTRUCTION: u64 = 1 << ICOUNT_SHIFT;
/// Seconds of real time after which a run that has not ended is killed. A test never depends on it being short.
const PATIENCE: &str = "300";

/// Which of WAMR's interpreters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interpreter {
    /// Runs a decoded copy of the code.
    Fast,
    /// Runs the module's bytes.
    Classic,
}

impl Interpreter {
    /// The firmware's cargo feature.
    #[must_use]
    pub fn feature(self) -> &'static str {
        match self {
            Self::Fast => "fast-interp",
            Self::Classic => "classic-interp",
        }
    }
}

/// How much RAM the device has, and with it the kernel's profile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ram {
    /// 256 KiB, standard profile.
    Kib256,
    /// 64 KiB, small profile.
    Kib64,
}

impl Ram {
    /// The profile's name in policies.
    #[must_use]
    pub fn profile(self) -> &'static str {
        match self {
            Self::Kib256 => "standard",
            Self::Kib64 => "small",
        }
    }
}

/// A firmware that was built.
#[derive(Clone, Debug)]
pub struct Firmware {
    /// The linked program.
    pub elf: PathBuf,
    /// The linker's map: which piece of which object file lies where in it.
    pub map: PathBuf,
}

impl Firmware {
    /// Builds the firmware, for size.
    pub fn build(interpreter: Interpreter, ram: Ram) -> Result<Self> {
        let features = match ram {
            Ram::Kib256 => format!("{},profile-standard", interpreter.feature()),
            Ram::Kib64 => format!("{},profile-small,ram-64k", interpreter.feature()),
        };
        // A folder for each variant, so that they do not take turns in rebuilding everything.
        let variant = format!("{}-{}", interpreter.feature(), ram.profile());
        let target = root().join("target/on-target").join(&variant);
        let release = target.join(TARGET).join("release");
        let firmware = Self { elf: release.join("locket-qemu"), map: release.join("locket-qemu.map") };
        let mut map = OsString::from("-Clink-arg=-Map=");
        map.push(&firmware.map);
        let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            // In the firmware's own folder, so that its own linker settings are found.
            .current_dir(root().join("tests/on-target/firmware"))
            .args(["rustc", "--quiet", "--release", "--bin", "locket-qemu"])
            .args(["--no-default-features", "--features", &features, "--target-dir"])
            .arg(&target)
            .args(["--", "-Clink-arg=-Xlinker"])
            .arg(map)
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("CARGO_TARGET_DIR")
            .status()
            .context("cargo does not start")?;
        ensure!(
            status.success(),
            "the firmware ({variant}) does not build; it needs arm-none-eabi-gcc with newlib and the Rust target \
             {TARGET}: `cargo xtask test` installs them"
        );
        Ok(firmware)
    }

    /// Runs `bundle` for at most so many seconds of virtual time; then its containers are killed.
    ///
    /// An error if the firmware faulted, panicked, or refused the bundle, with all that it had said.
    pub fn run(&self, bundle: &[u8], seconds: u32) -> Result<Output> {
        self.run_with(bundle, seconds, &[])
    }

    /// As [`Firmware::run`], with further arguments for the firmware, such as `stack=3072` for the bytes of each
    /// container's thread's stack.
    pub fn run_with(&self, bundle: &[u8], seconds: u32, arguments: &[&str]) -> Result<Output> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("device.bundle");
        std::fs::write(&file, bundle)?;
        let mut semihosting = format!("enable=on,target=native,arg=locket,arg=for={seconds}");
        for argument in arguments {
            semihosting.extend([",arg=", argument]);
        }
        let output = Command::new("timeout")
            .args(["--signal=KILL", PATIENCE, "qemu-system-arm", "-machine", "mps2-an385", "-nographic"])
            .args(["-monitor", "none", "-serial", "none", "-icount"])
            .arg(format!("shift={ICOUNT_SHIFT},sleep=off"))
            .arg("-semihosting-config")
            .arg(semihosting)
            .arg("-kernel")
            .arg(&self.elf)
            .arg("-device")
            .arg(format!("loader,file={},addr={BUNDLE_ADDRESS},force-raw=on", file.display()))
            .output()
            .context("qemu-system-arm does not start; `cargo xtask test` installs it")?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            bail!("the firmware failed ({}):\n{text}{}", output.status, String::from_utf8_lossy(&output.stderr));
        }
        Output::parse(&text)
    }
}
