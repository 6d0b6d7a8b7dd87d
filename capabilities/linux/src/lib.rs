//! The Linux board: containers on a development machine or a gateway.
//!
//! * **Guarantees**: each container runs on one thread of its own, in an arena of exactly its policy's memory; only a
//!   verified image is loaded; all threads have ended when [`Device::run`] returns.
//! * **Called by** the `locket run` command and the end-to-end tests.
//! * **Calls** kernel, engine and providers.
//! * **Never** decides what is allowed: that is the kernel's.
//!
//! Devices are simulated as a board file describes them ([`BoardFile`]).
#![forbid(unsafe_code)]

mod board;
mod board_file;
mod device;
mod file_flash;
mod parking;
mod providers;
mod storage;

pub use board::{Linux, Pins, Sink};
pub use board_file::{BoardError, BoardFile};
pub use device::{Device, DeviceError};
pub use providers::TABLES;
pub use storage::{Object, Storage, StorageError, StorageTables};
