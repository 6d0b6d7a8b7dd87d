//! `wasi:io/poll`: all waiting is the kernel's; here it is said for what.

use locket_abi::{List, Trap, heapless::Vec};
use locket_kernel::{Access, Platform, Step, Stop, WaitSource, capacity::WAIT_SOURCES};

use crate::{
    System,
    poll::{Poll, PollReply, Replied},
};

impl<B: Platform> Poll<B> for System {
    fn pollable_ready(&self, caller: &Access<'_, B>, pollable: WaitSource) -> bool {
        caller.instance().is_ready(&pollable)
    }

    fn pollable_block(&self, caller: &Access<'_, B>, pollable: WaitSource) -> Step<()> {
        if caller.instance().is_ready(&pollable) { Step::Done(()) } else { Step::Wait(pollable.into()) }
    }

    fn poll(
        &self,
        caller: &Access<'_, B>,
        pollables: &[WaitSource],
        reply: PollReply<'_, B>,
    ) -> Result<Step<Replied>, Stop> {
        if pollables.is_empty() {
            // Nothing could ever end this wait.
            return Err(Trap::ArgumentCount.into());
        }
        let mut ready: Vec<u32, WAIT_SOURCES> = Vec::new();
        for (index, pollable) in (0..).zip(pollables) {
            if caller.instance().is_ready(pollable) {
                ready.push(index).map_err(|_| Trap::TooLong)?;
            }
        }
        if ready.is_empty() {
            return Ok(Step::WaitForAny);
        }
        reply.send(&List::Host(&ready)).map(Step::Done)
    }
}
