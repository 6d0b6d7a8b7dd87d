//! FFI declarations and the build of the pinned WAMR source
