//! From the kernel's `locket:system/run` to the guest's function, and from its result to the exit code.

use crate::error::Describe;
use crate::log::{self, Level};

/// What a guest's main function may return.
///
/// The exit code tells the container's restart policy whether the work is done (0) or has failed (anything else).
pub trait Termination {
    /// The exit code.
    fn exit_code(self) -> u8;
}

impl Termination for u8 {
    fn exit_code(self) -> u8 {
        self
    }
}

impl Termination for () {
    fn exit_code(self) -> u8 {
        0
    }
}

/// An error is logged and becomes exit code 1.
impl<T: Termination, E: Describe> Termination for Result<T, E> {
    fn exit_code(self) -> u8 {
        match self {
            Ok(done) => done.exit_code(),
            Err(error) => {
                log::write(Level::Error, "run", error.describe());
                1
            }
        }
    }
}

/// Makes `fn() -> impl Termination` the container's main function, and the global allocator an arena.
///
/// ```ignore
/// locket_guest::main!(run); // an arena of 1 KiB
/// locket_guest::main!(run, arena = 256); // or of as many bytes as the guest needs
/// ```
///
/// The heap holds what the kernel hands to the guest (a received message, the container's name) and what the guest
/// itself allocates. See [`Arena`](crate::Arena) for what an allocation takes.
#[macro_export]
macro_rules! main {
    ($run:path) => {
        $crate::main!($run, arena = 1024);
    };
    ($run:path, arena = $bytes:expr) => {
        const _: () = {
            #[cfg(target_family = "wasm")]
            #[global_allocator]
            static ARENA: $crate::Arena<{ $bytes }> = $crate::Arena::new();

            struct Container;

            impl $crate::bindings::exports::locket::system::run::Guest for Container {
                fn run() -> u8 {
                    $crate::Termination::exit_code($run())
                }
            }

    $crate::bindings::export!(Container with_types_in $crate::bindings);
        };
    };
}
