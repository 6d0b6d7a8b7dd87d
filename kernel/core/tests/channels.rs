//! Channels against a model: one queue per running receiver, one bucket per sender.

#![allow(
    clippy::large_stack_arrays,
    clippy::redundant_closure_for_method_calls,
    reason = "the method of `Access` is of one lifetime, and the closure of any"
)]

mod support;

use std::collections::{HashMap, VecDeque};

use locket_kernel::testing::{PolicyBuilder, rate};
use locket_kernel::{ChannelError, Denial, ExitReason};
use locket_policy::WhenFull;
use proptest::prelude::*;
use support::*;

const NAMES: [&str; 4] = ["s0", "s1", "r0", "r1"];
/// Depth of every channel.
const DEPTH: usize = 3;
/// Messages in a second that each sender of `metered` may send.
const RATE: u16 = 4;

struct Spec {
    name: &'static str,
    senders: &'static [&'static str],
    receivers: &'static [&'static str],
    metered: bool,
    when_full: WhenFull,
}

static CHANNELS: [Spec; 3] = [
    Spec {
        name: "news",
        senders: &["s0", "s1"],
        receivers: &["r0", "r1"],
        metered: false,
        when_full: WhenFull::DropOldest,
    },
    Spec { name: "orders", senders: &["s0", "s1"], receivers: &["r0"], metered: false, when_full: WhenFull::Reject },
    // A container can be at both ends.
    Spec { name: "metered", senders: &["s0", "r1"], receivers: &["r1"], metered: true, when_full: WhenFull::Reject },
];

#[derive(Clone, Debug)]
enum Op {
    Start(usize),
    Finish(usize),
    Send(usize, usize, Vec<u8>),
    Receive(usize, usize),
    TakeLost(usize, usize),
    /// Withdraws an end for good: the container, the channel, whether the receiving one.
    Revoke(usize, usize, bool),
    Advance(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let (container, channel) = (0..NAMES.len(), 0..CHANNELS.len());
    let message = prop::collection::vec(any::<u8>(), 0..10);
    prop_oneof![
        3 => container.clone().prop_map(Op::Start),
        1 => container.clone().prop_map(Op::Finish),
        12 => (container.clone(), channel.clone(), message).prop_map(|(by, on, message)| Op::Send(by, on, message)),
        9 => (container.clone(), channel.clone()).prop_map(|(by, on)| Op::Receive(by, on)),
        1 => (container.clone(), channel.clone()).prop_map(|(by, on)| Op::TakeLost(by, on)),
        1 => (container, channel, any::<bool>()).prop_map(|(by, on, end)| Op::Revoke(by, on, end)),
        2 => (0..SECOND).prop_map(Op::Advance),
    ]
}

#[derive(Default)]
struct Queue {
    messages: VecDeque<Vec<u8>>,
    lost: u32,
}

/// A classical token bucket, in nanoseconds instead of tokens.
struct Bucket {
    level: u64,
    filled: u64,
}

impl Bucket {
    const COST: u64 = SECOND / RATE as u64;

    fn fill(&mut self, now: u64) {
        self.level = (self.level + (now - self.filled)).min(SECOND);
        self.filled = now;
    }
}

#[derive(Default)]
struct Channel {
    /// Those that run and have their end.
    senders: HashMap<usize, Option<Bucket>>,
    receivers: HashMap<usize, Queue>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn channels_do_what_queues_do(ops in prop::collection::vec(op(), 1..200)) {
        let mut policy = PolicyBuilder::new();
        for name in NAMES {
            policy = policy.container(name, |container| container);
        }
        for spec in &CHANNELS {
            let limit = spec.metered.then(|| rate(RATE));
            policy = policy.channel(spec.name, channel(spec.senders, spec.receivers, 3, limit, spec.when_full));
        }
        let kernel = kernel(policy);
        let mut runs: [Option<Run<'_>>; 4] = [const { None }; 4];
        let mut model: [Channel; 3] = Default::default();

        for op in ops {
            let now = kernel.board().now();
            match op {
                Op::Start(container) if runs[container].is_none() => {
                    runs[container] = Some(start(&kernel, NAMES[container]));
                    for (spec, channel) in CHANNELS.iter().zip(&mut model) {
                        if spec.senders.contains(&NAMES[container]) {
                            let bucket = spec.metered.then_some(Bucket { level: SECOND, filled: now });
                            channel.senders.insert(container, bucket);
                        }
                        if spec.receivers.contains(&NAMES[container]) {
                            channel.receivers.insert(container, Queue::default());
                        }
                    }
                }
                Op::Finish(container) => {
                    let Some(run) = runs[container].take() else { continue };
                    kernel.finish(run, ExitReason::Exited(0));
                    for channel in &mut model {
                        channel.senders.remove(&container);
                        channel.receivers.remove(&container);
                    }
                }
                Op::Send(by, on, message) => {
                    let Some(run) = &runs[by] else { continue };
                    let (spec, channel) = (&CHANNELS[on], &mut model[on]);
                    let sent = run.open(&SENDER, spec.name).map_err(ChannelError::from);
                    let sent = sent.and_then(|sender| send(run, &sender, &message).unwrap());
                    prop_assert_eq!(sent, channel.send(spec, by, &message, now));
                }
                Op::Receive(by, on) => {
                    let Some(run) = &runs[by] else { continue };
                    let (spec, channel) = (&CHANNELS[on], &mut model[on]);
                    let received = run.open(&RECEIVER, spec.name).map_err(ChannelError::from);
                    let received = received.and_then(|receiver| receive(run, &receiver));
                    prop_assert_eq!(received, channel.receive(spec, by));
                }
                Op::TakeLost(by, on) => {
                    let (Some(run), Some(queue)) = (&runs[by], model[on].receivers.get_mut(&by)) else { continue };
                    let receiver = run.open(&RECEIVER, CHANNELS[on].name).unwrap();
                    let lost = with(run, &receiver, RECEIVE, |access| access.take_lost()).unwrap();
                    prop_assert_eq!(lost, Ok(std::mem::take(&mut queue.lost)));
                }
                Op::Revoke(by, on, receiver) => {
                    let kind = if receiver { &RECEIVER } else { &SENDER };
                    let id = kernel.find(NAMES[by]).unwrap();
                    let Some(end) = kernel.capability(id, kind.granted_as, CHANNELS[on].name) else { continue };
                    kernel.revoke(&end);
                    if receiver {
                        model[on].receivers.remove(&by);
                    } else {
                        model[on].senders.remove(&by);
                    }
                }
                Op::Advance(ns) => kernel.board().advance(ns),
                Op::Start(_) => {}
            }
            for (spec, channel) in CHANNELS.iter().zip(&model) {
                let longest = channel.receivers.values().map(|queue| queue.messages.len()).max().unwrap_or(0);
                prop_assert_eq!(kernel.channel_len(spec.name), Some(longest));
            }
        }
        for run in runs.into_iter().flatten() {
            kernel.finish(run, ExitReason::Exited(0));
        }
        prop_assert_eq!(kernel.capability_count(), 0);
        prop_assert!(CHANNELS.iter().all(|spec| kernel.channel_len(spec.name) == Some(0)), "no slot stays in use");
    }
}

impl Channel {
    fn send(&mut self, spec: &Spec, by: usize, message: &[u8], now: u64) -> Result<(), ChannelError> {
        if !spec.senders.contains(&NAMES[by]) {
            return Err(Denial::UnknownLabel.into());
        }
        let bucket = self.senders.get_mut(&by).ok_or(Denial::Revoked)?;
        if let Some(bucket) = bucket {
            bucket.fill(now);
            if bucket.level < Bucket::COST {
                return Err(Denial::QuotaExceeded.into());
            }
        }
        if message.len() > 8 {
            return Err(ChannelError::TooLong);
        }
        if self.receivers.is_empty() {
            return Err(ChannelError::Closed);
        }
        if spec.when_full == WhenFull::Reject && self.receivers.values().any(|queue| queue.messages.len() == DEPTH) {
            return Err(ChannelError::Full);
        }
        for queue in self.receivers.values_mut() {
            if queue.messages.len() == DEPTH {
                queue.messages.pop_front();
                queue.lost += 1;
            }
            queue.messages.push_back(message.to_vec());
        }
        if let Some(bucket) = bucket {
            bucket.level -= Bucket::COST;
        }
        Ok(())
    }

    fn receive(&mut self, spec: &Spec, by: usize) -> Result<Vec<u8>, ChannelError> {
        if !spec.receivers.contains(&NAMES[by]) {
            return Err(Denial::UnknownLabel.into());
        }
        let queue = self.receivers.get_mut(&by).ok_or(Denial::Revoked)?;
        let empty = if self.senders.is_empty() { ChannelError::Closed } else { ChannelError::Empty };
        queue.messages.pop_front().ok_or(empty)
    }
}
