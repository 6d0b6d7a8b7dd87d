//! What a target's operating system adds to the build.
//!
//! A further platform is one more case of [`Platform`] and one more folder beside `platform/linux`, with a
//! `platform_internal.h` and, where WAMR has no files for it, the C functions that WAMR's
//! `platform_api_vmcore.h` declares and the linker asks for.

use std::env;

/// What WAMR is built for.
#[derive(Clone, Copy)]
pub(crate) enum Platform {
    /// Linux with a C library: the host of tests, and the Linux board.
    Linux,
    /// No operating system that WAMR would know of: bare metal, or a real-time system that links the result.
    Bare,
}

impl Platform {
    /// The platform of the target that cargo builds for; the feature `bare` makes it [`Platform::Bare`] everywhere.
    pub(crate) fn of_target() -> Result<Self, String> {
        if env::var_os("CARGO_FEATURE_BARE").is_some() {
            return Ok(Self::Bare);
        }
        match env::var("CARGO_CFG_TARGET_OS").as_deref() {
            Ok("linux") => Ok(Self::Linux),
            Ok("none") => Ok(Self::Bare),
            other => Err(format!(
                "WAMR has no platform for the operating system `{}` yet\n\
                 help: add it to kernel/wamr-sys/build/platform.rs",
                other.unwrap_or("unknown")
            )),
        }
    }

    /// Below `platform/`; holds the `platform_internal.h` of this crate.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::Bare => "bare",
        }
    }

    /// Folders of WAMR's.
    pub(crate) fn includes(self) -> &'static [&'static str] {
        match self {
            Self::Linux => &["core/shared/platform/linux"],
            Self::Bare => &[],
        }
    }

    pub(crate) fn defines(self) -> &'static [(&'static str, Option<&'static str>)] {
        match self {
            Self::Linux => &[("BH_PLATFORM_LINUX", None), ("_GNU_SOURCE", None)],
            // `_GNU_SOURCE`: C libraries of devices hide `strtok_r` and others otherwise.
            Self::Bare => &[
                ("BH_PLATFORM_LOCKET_BARE", None),
                ("_GNU_SOURCE", None),
                // Where blocks end, as the classic interpreter remembers it for each container: 64 places of 24 bytes
                // are WAMR's choice, and more than the rest of its execution environment.
                ("BLOCK_ADDR_CACHE_SIZE", Some("8")),
            ],
        }
    }

    /// Files of WAMR's.
    pub(crate) fn sources(self) -> &'static [&'static str] {
        match self {
            Self::Linux => {
                &["core/shared/platform/linux/platform_init.c", "core/shared/platform/common/posix/posix_thread.c"]
            }
            Self::Bare => &["core/shared/platform/common/math/math.c"],
        }
    }

    /// Files of this crate's.
    pub(crate) fn own_sources(self) -> &'static [&'static str] {
        match self {
            Self::Linux => &[],
            Self::Bare => &["platform/bare/platform.c"],
        }
    }

    /// What the result is linked with. A device's firmware names its C library itself.
    pub(crate) fn libraries(self) -> &'static [&'static str] {
        match self {
            Self::Linux => &["m", "pthread"],
            Self::Bare => &[],
        }
    }
}
