//! The compiled policy and the one function that decides
