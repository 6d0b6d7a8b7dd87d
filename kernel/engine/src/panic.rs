//! Carries a panic of the kernel or a provider past WAMR.
//!
//! Rust must not unwind through C. With the standard library a panic in a host call is therefore kept until WAMR has
//! returned, and goes on from there: the container is taken down on the way, and the other containers run on
//! (principle 9). Without it, a panic ends the device's program anyway.

#[cfg(feature = "std")]
mod std_panic {
    use std::any::Any;
    use std::boxed::Box;
    use std::cell::Cell;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

    /// Where a panic waits.
    pub(crate) struct Caught(Cell<Option<Box<dyn Any + Send>>>);

    impl Caught {
        pub(crate) const fn new() -> Self {
            Self(Cell::new(None))
        }

        /// Runs `f`; `otherwise` is the result if it panics.
        pub(crate) fn catch<T>(&self, otherwise: T, f: impl FnOnce() -> T) -> T {
            // What the panic left half done is not used any more: the container ends.
            catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|panic| {
                self.0.set(Some(panic));
                otherwise
            })
        }

        /// Goes on with the panic that was caught, if any.
        pub(crate) fn resume(&self) {
            if let Some(panic) = self.0.take() {
                resume_unwind(panic);
            }
        }
    }
}

#[cfg(not(feature = "std"))]
mod no_panic {
    /// Catches nothing.
    pub(crate) struct Caught;

    #[expect(clippy::unused_self, reason = "the same interface as with the standard library")]
    impl Caught {
        pub(crate) const fn new() -> Self {
            Self
        }

        pub(crate) fn catch<T>(&self, _: T, f: impl FnOnce() -> T) -> T {
            f()
        }

        pub(crate) fn resume(&self) {}
    }
}

#[cfg(not(feature = "std"))]
pub(crate) use no_panic::Caught;
#[cfg(feature = "std")]
pub(crate) use std_panic::Caught;
