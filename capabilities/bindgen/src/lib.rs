//! WIT to provider traits, dispatch and import tables
