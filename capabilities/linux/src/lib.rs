//! The Linux board: threads, clocks, simulated devices
