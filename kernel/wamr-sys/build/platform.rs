//! What a target's operating system adds to the build.
//!
//! A further platform is one more case of [`Platform`] and one more folder beside `platform/linux`, with a
//! `platform_internal.h` and, where WAMR has no files for it, the C functions that WAMR's
//! `platform_api_vmcore.h` declares and the linker asks for.

use std::env;

/// An operating system that WAMR is built for.
#[derive(Clone, Copy)]
pub(crate) enum Platform {
    /// Linux with a C library: the host of tests, and the Linux board.
    Linux,
}

impl Platform {
    /// The platform of the target that cargo builds for.
    pub(crate) fn of_target() -> Result<Self, String> {
        match env::var("CARGO_CFG_TARGET_OS").as_deref() {
            Ok("linux") => Ok(Self::Linux),
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
        }
    }

    pub(crate) fn includes(self) -> &'static [&'static str] {
        match self {
            Self::Linux => &["core/shared/platform/linux"],
        }
    }

    pub(crate) fn defines(self) -> &'static [(&'static str, Option<&'static str>)] {
        match self {
            Self::Linux => &[("BH_PLATFORM_LINUX", None), ("_GNU_SOURCE", None)],
        }
    }

    pub(crate) fn sources(self) -> &'static [&'static str] {
        match self {
            Self::Linux => {
                &["core/shared/platform/linux/platform_init.c", "core/shared/platform/common/posix/posix_thread.c"]
            }
        }
    }

    pub(crate) fn libraries(self) -> &'static [&'static str] {
        match self {
            Self::Linux => &["m", "pthread"],
        }
    }
}
