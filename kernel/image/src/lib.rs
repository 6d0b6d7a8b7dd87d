//! Signed container images: pack, verify, inspect
