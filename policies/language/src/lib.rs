//! The policy file: check, explain, compile
