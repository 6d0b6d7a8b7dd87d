//! The kernel's own wait, in which alone a container sleeps (principle 6).

use crate::capacity::WAIT_SOURCES;
use crate::lifecycle::Phase;
use crate::{End, Instance, Platform, Stop, Wait, WaitSource, Woken};

impl<B: Platform> Instance<'_, B> {
    /// Waits for what an operation said that it waits for; see [`Instance::wait_for_any`].
    pub fn wait(&self, wait: &Wait) -> Result<Woken, Stop> {
        self.wait_for_any(core::slice::from_ref(&wait.source), wait.deadline)
    }

    /// Waits until one of the first [`WAIT_SOURCES`] `sources` is ready or the deadline has come. A kill and a shutdown
    /// end the wait, and the container, at once. If nothing of it can become ready and there is no deadline, it waits
    /// for those.
    ///
    /// The operation that is open ends here: enter it again afterwards.
    pub fn wait_for_any(&self, sources: &[WaitSource], deadline: Option<u64>) -> Result<Woken, Stop> {
        let sources = sources.get(..WAIT_SOURCES).unwrap_or(sources);
        self.close();
        self.burnt.set(0);
        if self.kernel.is_stopped(self.id) {
            return Err(self.stopped(Stop::Killed));
        }
        let now = self.board().monotonic();
        if self.waited.get().is_none() {
            self.waited.set(Some(now));
        }
        let woken = self.look(sources, now, false);
        if !woken.timed_out() || deadline.is_some_and(|deadline| now >= deadline) {
            return Ok(woken);
        }
        self.charge();
        self.publish();
        self.kernel.set_phase(self.id, Phase::Waiting);
        let result = self.sleep(sources, deadline);
        self.kernel.set_phase(self.id, Phase::Running);
        for end in ends(sources) {
            self.kernel.with_channel(end.channel.into(), |channel| channel.unwatch(self.id));
        }
        result
    }

    fn sleep(&self, sources: &[WaitSource], deadline: Option<u64>) -> Result<Woken, Stop> {
        loop {
            // Each of these is looked at after it was arranged that a change of it leaves a token; so the park below
            // returns at once if something changes in between.
            if self.kernel.is_stopped(self.id) {
                return Err(self.stopped(Stop::Killed));
            }
            let now = self.board().monotonic();
            let woken = self.look(sources, now, true);
            if !woken.timed_out() || deadline.is_some_and(|deadline| now >= deadline) {
                return Ok(woken);
            }
            let instants = sources.iter().filter_map(|source| match source {
                WaitSource::Instant(at) => Some(at.nanoseconds()),
                _ => None,
            });
            self.board().park(self.id, instants.chain(deadline).min());
        }
    }

    /// What of `sources` is ready at `now`; with `watch`, the others will leave a token when they change.
    fn look(&self, sources: &[WaitSource], now: u64, watch: bool) -> Woken {
        let mut ready = 0;
        for (bit, source) in sources.iter().enumerate() {
            if self.source_ready(source, now, watch) {
                // At most WAIT_SOURCES, which is 16.
                ready |= 1_u16 << (bit & 15);
            }
        }
        Woken { ready }
    }

    /// Whether waiting for `source` would return at once.
    pub fn is_ready(&self, source: &WaitSource) -> bool {
        self.source_ready(source, self.board().monotonic(), false)
    }

    fn source_ready(&self, source: &WaitSource, now: u64, watch: bool) -> bool {
        match source {
            WaitSource::Ready => true,
            WaitSource::Never => false,
            WaitSource::Instant(at) => now >= at.nanoseconds(),
            WaitSource::Receivable(end) => self.end_ready(*end, watch, |channel| channel.is_receivable(self.id)),
            WaitSource::Sendable(end) => self.end_ready(*end, watch, |channel| channel.is_sendable(self.id)),
        }
    }

    fn end_ready(&self, end: End, watch: bool, ready: impl Fn(&crate::channel::Channel) -> bool) -> bool {
        let ready = self.kernel.with_channel(end.channel.into(), |channel| {
            if watch {
                channel.watch(self.id);
            }
            ready(channel)
        });
        // What was revoked or is unknown is ready for good: the next call on it says what is the matter.
        ready.unwrap_or(true) || !self.kernel.gates.is_current(end.index, end.generation)
    }
}

fn ends(sources: &[WaitSource]) -> impl Iterator<Item = End> {
    sources.iter().filter_map(|source| match source {
        WaitSource::Receivable(end) | WaitSource::Sendable(end) => Some(*end),
        _ => None,
    })
}
