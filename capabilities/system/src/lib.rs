//! Providers of waiting, clocks, randomness, logging and container information
