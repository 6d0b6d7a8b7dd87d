//! The ends of channels that the policy gives this container.

use alloc::vec::Vec;

pub use crate::bindings::locket::ipc::channel::{Error, Receiver, Sender};

impl Receiver {
    /// Takes the oldest message; waits for one if there is none.
    ///
    /// Does not wait for a sender: [`Closed`](Error::Closed) says that no message is left and no sender is running.
    pub fn wait(&self) -> Result<Vec<u8>, Error> {
        loop {
            match self.receive() {
                Err(Error::Empty) => self.subscribe()?.block(),
                received => return received,
            }
        }
    }
}
