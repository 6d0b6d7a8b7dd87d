//! Containers on threads of their own: no wake-up is lost, no message is, and an end in the middle of it is seen.

#![allow(
    clippy::large_stack_arrays,
    clippy::redundant_closure_for_method_calls,
    reason = "the method of `Access` is of one lifetime, and the closure of any"
)]

mod support;

use locket_kernel::testing::{self, FakeGuest, FakePlatform, PolicyBuilder, rate};
use locket_kernel::{ChannelError, ContainerState, ExitReason, Instant, Kernel, Stop, Wait, WaitSource};
use locket_policy::WhenFull;
use support::*;

fn pipeline(depth: u16) -> Box<Kernel<FakePlatform>> {
    let wait = WhenFull::Wait { timeout_ms: 1.try_into().unwrap() };
    testing::kernel(
        FakePlatform::threaded(),
        PolicyBuilder::new()
            .container("a", |c| c)
            .container("b", |c| c)
            .container("c", |c| c)
            .channel("first", channel(&["a"], &["b"], depth, None, wait))
            .channel("second", channel(&["b"], &["c"], depth, None, wait))
            .build(),
    )
}

/// Receives one message, waiting for it through a pollable.
fn take(run: &Run<'_>, label: &str) -> Result<Result<Vec<u8>, ChannelError>, Stop> {
    let receiver = run.open(&RECEIVER, label).unwrap();
    loop {
        match receive_into(run, &mut FakeGuest::new(64), &receiver)? {
            Err(ChannelError::Empty) => {}
            result => return Ok(result),
        }
        // As a call without grants does, such as `poll`.
        let source = run.enter(&receiver, RECEIVE).map(|access| access.receivable());
        run.wait(&Wait::from(source.unwrap().unwrap()))?;
    }
}

#[test]
fn a_pipeline_of_waiting_containers_loses_nothing_and_ends() {
    // The clock stands still, so a send that waits never times out: what ends its wait is a wake-up, or nothing.
    for depth in [1, 3] {
        let kernel = pipeline(depth);
        let (a, b, c) = (start(&kernel, "a"), start(&kernel, "b"), start(&kernel, "c"));
        let count = 3_000_u32;
        let kernel = &kernel;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let sender = a.open(&SENDER, "first").unwrap();
                for number in 0..count {
                    assert_eq!(send(&a, &sender, &number.to_le_bytes()), Ok(Ok(())));
                }
                kernel.finish(a, ExitReason::Exited(0));
            });
            scope.spawn(move || {
                let sender = b.open(&SENDER, "second").unwrap();
                while let Ok(message) = take(&b, "first").unwrap() {
                    assert_eq!(send(&b, &sender, &message), Ok(Ok(())));
                }
                kernel.finish(b, ExitReason::Exited(0));
            });
            let mut numbers = 0..count;
            while let Ok(message) = take(&c, "second").unwrap() {
                assert_eq!(message, numbers.next().unwrap().to_le_bytes());
            }
            assert_eq!(numbers.next(), None, "the end is seen after the last message only");
        });
        drop(c);
        assert_eq!(kernel.capability_count(), 0);
    }
}

#[test]
fn a_receiver_that_ends_lets_its_waiting_sender_go() {
    let kernel = pipeline(1);
    let (a, b) = (start(&kernel, "a"), start(&kernel, "b"));
    let id = a.id();
    std::thread::scope(|scope| {
        let thread = scope.spawn(move || {
            let sender = a.open(&SENDER, "first").unwrap();
            (send(&a, &sender, b"1"), send(&a, &sender, b"2"))
        });
        kernel.board().wait_until_parked(id);
        assert_eq!(kernel.state(id), ContainerState::Waiting);
        kernel.finish(b, ExitReason::Exited(0));
        assert_eq!(thread.join().unwrap(), (Ok(Ok(())), Ok(Err(ChannelError::Closed))));
    });
}

#[test]
fn an_end_in_the_middle_of_traffic_leaves_nothing_behind() {
    let kernel = &testing::kernel(
        FakePlatform::threaded(),
        PolicyBuilder::new()
            .container("a", |c| c)
            .container("b", |c| c)
            .channel("news", channel(&["a"], &["b"], 2, Some(rate(u16::MAX)), WhenFull::DropOldest))
            .build(),
    );
    for round in 0..40 {
        let (a, b) = (start(kernel, "a"), start(kernel, "b"));
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let sender = a.open(&SENDER, "news").unwrap();
                kernel.board().advance(SECOND);
                while let Ok(Ok(())) = send(&a, &sender, &[round]) {}
                kernel.finish(a, ExitReason::Exited(0));
            });
            let receiver = scope.spawn(move || {
                let end = loop {
                    match take(&b, "news") {
                        Ok(Ok(message)) => assert_eq!(message, [round], "nothing of the run before"),
                        Ok(Err(error)) => break Ok(error),
                        Err(stop) => break Err(stop),
                    }
                };
                kernel.finish(b, ExitReason::Killed);
                end
            });
            std::thread::yield_now();
            kernel.kill(kernel.find(if round % 2 == 0 { "a" } else { "b" }).unwrap());
            let end = receiver.join().unwrap();
            assert!(matches!(end, Ok(ChannelError::Closed) | Err(Stop::Killed)), "{end:?}");
        });
        assert_eq!((kernel.capability_count(), kernel.channel_len("news")), (0, Some(0)));
    }
}

#[test]
fn several_sources_and_the_one_that_is_ready() {
    let kernel = pipeline(1);
    let (a, b) = (start(&kernel, "a"), start(&kernel, "b"));
    let receiver = b.open(&RECEIVER, "first").unwrap();
    let source = with(&b, &receiver, RECEIVE, |access| access.receivable()).unwrap().unwrap();
    let sources = [WaitSource::Never, WaitSource::Instant(Instant::at(u64::MAX)), source];
    std::thread::scope(|scope| {
        let thread = scope.spawn(move || {
            let woken = b.wait_for_any(&sources, None).unwrap();
            woken.ready().collect::<Vec<_>>()
        });
        kernel.board().wait_until_parked(kernel.find("b").unwrap());
        send(&a, &a.open(&SENDER, "first").unwrap(), b"1").unwrap().unwrap();
        assert_eq!(thread.join().unwrap(), [2]);
    });
}
