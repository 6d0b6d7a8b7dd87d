//! One or more tests for each principle of the kernel, each trying to break it.

#![allow(
    clippy::large_stack_arrays,
    clippy::redundant_closure_for_method_calls,
    reason = "an instance is large in the gateway's profile; the method of `Access` is of one lifetime, and the closure \
              of any"
)]

mod support;

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use locket_abi::{Guest, Lends, Lift, Trap};
use locket_kernel::testing::{self, FakeGuest, FakePlatform, PolicyBuilder, rate};
use locket_kernel::{
    ChannelError, ContainerState, Denial, DeriveError, ExitReason, Import, Instant, Interface, Platform as _, Refill,
    Refusal, Rep, Restart, Rights, StartError, Stop, TrapKind, Wait, WaitSource, capacity,
};
use locket_policy::{Decision, Request, RestartWhen, WhenFull};
use support::*;

fn import(interface: &'static Interface, granted_as: Option<&'static str>) -> Import<FakePlatform> {
    Import { interface, granted_as, module: c"", field: c"f", signature: c"()", call: |_, _| Ok(()) }
}

#[test]
fn principle_1_an_image_is_refused_with_every_missing_grant_named() {
    let kernel = kernel(PolicyBuilder::new().container("a", |c| output(c, "valve", "pin1", SET, None)));
    let a = kernel.find("a").unwrap();
    // Bindings import an interface as a whole: one grant of it admits it, and each object is asked for when opened.
    let digital = [import(&DIGITAL, Some("digital-out")), import(&DIGITAL, Some("digital-in"))];
    assert_eq!(kernel.admit(a, digital.iter().chain([&import(&CHANNEL, None)])), Ok(()));

    let uncovered = [
        import(&DIGITAL, Some("digital-out")),
        import(&CHANNEL, Some("sender")),
        import(&CHANNEL, Some("sender")),
        import(&LOGGING, Some("log")),
    ];
    assert_eq!(
        kernel.admit(a, &uncovered),
        Err(Refusal::MissingGrant { interface: CHANNEL.name, granted_as: "sender", more: 1 })
    );
    let deny = kernel.policy().containers().get(0).unwrap().default_deny;
    assert_eq!(
        kernel.board().events(),
        [
            format!("a: imports {}, and no `sender` is granted (rule {})", CHANNEL.name, deny.0),
            format!("a: imports {}, and no `log` is granted (rule {})", LOGGING.name, deny.0),
        ]
    );
    assert!(kernel.audit().all(|record| record.rule == deny), "the audit names the line that decided");
}

#[test]
fn principle_1_nothing_opens_that_was_not_granted() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| output(c, "valve", "pin1", SET, None))
            .container("b", |c| output(c, "lamp", "pin2", SET, None)),
    );
    let a = start(&kernel, "a");
    assert!(a.open(&OUTPUT, "valve").is_ok());
    for (kind, label) in [(&OUTPUT, "lamp"), (&OUTPUT, ""), (&OUTPUT, "pin1"), (&INPUT, "valve"), (&SENDER, "valve")] {
        assert_eq!(a.open(kind, label), Err(Denial::UnknownLabel), "{} {label}", kind.resource);
        let record = kernel.audit().last().unwrap();
        assert_eq!((record.label.as_str(), record.denial), (label, Denial::UnknownLabel));
        assert_eq!(record.rule, kernel.policy().containers().get(0).unwrap().default_deny);
    }
    assert_eq!(a.enter_interface(&LOGGING).err(), Some(Denial::NotPermitted));
    assert_eq!(a.account().denials, 6);
}

#[test]
fn principle_2_one_import_gives_each_caller_only_its_own() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| output(c, "pin", "pin1", SET, None))
            .container("b", |c| output(c, "pin", "pin2", SET, None)),
    );
    let (a, b) = (start(&kernel, "a"), start(&kernel, "b"));
    let (of_a, of_b) = (a.open(&OUTPUT, "pin").unwrap(), b.open(&OUTPUT, "pin").unwrap());
    assert_eq!(with(&a, &of_a, SET, |access| access.object()), Ok(1));
    assert_eq!(with(&b, &of_b, SET, |access| access.object()), Ok(2));
    // Not even a provider that mixes up its callers can lend one's authority to the other.
    assert_eq!(touch(&b, &of_a, SET), Err(Denial::NotPermitted));
    let Rep::Capability(capability) = of_a else { unreachable!() };
    assert_eq!(b.insert(OUTPUT.id, capability), Ok(None), "and it does not get into the other's table");
}

#[test]
fn principle_3_a_bad_index_ends_only_its_container() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| output(c, "pin", "pin1", SET, None))
            .container("b", |c| output(c, "pin", "pin1", SET, None)),
    );
    let (a, b) = (start(&kernel, "a"), start(&kernel, "b"));
    let index = insert(&a, "pin");
    let of_b = b.open(&OUTPUT, "pin").unwrap();
    assert_eq!(lend(&a, index), Ok(()));
    for (forged, trap) in [(0, Trap::UnknownHandle), (index + 1, Trap::UnknownHandle), (u32::MAX, Trap::UnknownHandle)]
    {
        assert_eq!(lend(&a, forged), Err(Stop::Trap(trap)));
    }
    assert_eq!(a.drop_handle(INPUT.id, index), Err(Stop::Trap(Trap::WrongHandleType)));
    assert_eq!(a.drop_handle(OUTPUT.id, index), Ok(()));
    assert_eq!(lend(&a, index), Err(Stop::Trap(Trap::UnknownHandle)), "stale");

    let reason = ExitReason::from(Stop::Trap(Trap::UnknownHandle));
    assert_eq!(reason, ExitReason::Trapped(TrapKind::Abi(Trap::UnknownHandle)));
    kernel.finish(a, reason);
    assert_eq!(touch(&b, &of_b, SET), Ok(()), "the other one goes on");
}

#[test]
fn principle_3_a_revoked_handle_is_an_ordinary_error() {
    let kernel = kernel(PolicyBuilder::new().container("a", |c| output(c, "pin", "pin1", SET, None)));
    let a = start(&kernel, "a");
    let rep = a.open(&OUTPUT, "pin").unwrap();
    let index = insert(&a, "pin");
    assert!(kernel.revoke(&kernel.capability(a.id(), "digital-out", "pin").unwrap()));
    assert_eq!(touch(&a, &rep, SET), Err(Denial::Revoked));
    assert_eq!(a.open(&OUTPUT, "pin"), Err(Denial::Revoked));
    assert_eq!(a.drop_handle(OUTPUT.id, index), Ok(()), "its handle is still a handle, to be dropped");
    assert_eq!(a.stop_reason(), None);
}

/// Puts what is granted under `label` into the table, as lowering a result does.
fn insert(run: &Run<'_>, label: &str) -> u32 {
    let Ok(Rep::Capability(capability)) = run.open(&OUTPUT, label) else { panic!("{label} is granted") };
    run.insert(OUTPUT.id, capability).unwrap().unwrap()
}

/// Lifts a borrowed output, as generated glue does.
fn lend(run: &Run<'_>, index: u32) -> Result<(), Stop> {
    struct Output;
    impl locket_abi::Resource for Output {
        const ID: locket_kernel::ResourceId = OUTPUT_ID;
    }
    const OUTPUT_ID: locket_kernel::ResourceId = locket_kernel::ResourceId::of("locket:gpio/digital@0.1.0/output");
    let mut lends = Lends::new();
    let lifted = run.lift(locket_abi::Memory::EMPTY, &mut lends, |cx| {
        locket_abi::Borrow::<Output, Rep>::lift(cx, &mut locket_abi::Flat::new(&[index.into()]))
    });
    run.end_lends(lends);
    lifted.map(drop)
}

#[test]
fn principle_4_attenuation_only_shrinks() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| output(c, "pin", "pin1", READ | SET, Some(rate(4))))
            .container("b", |c| c),
    );
    let (a, b) = (start(&kernel, "a"), start(&kernel, "b"));
    let root = kernel.capability(a.id(), "digital-out", "pin").unwrap();
    let read = kernel.derive(&root, READ, None, None, b.id()).unwrap();
    assert_eq!(touch(&b, &read.into(), READ), Ok(()));
    assert_eq!(touch(&b, &read.into(), SET), Err(Denial::NotPermitted));
    assert_eq!(kernel.derive(&read, READ | SET, None, None, b.id()), Err(DeriveError::Wider));
    assert_eq!(kernel.derive(&root, Rights::flag(2), None, None, b.id()), Err(DeriveError::Wider));
    assert_eq!(kernel.derive(&root, READ, Some(rate(5)), None, b.id()), Err(DeriveError::Wider));
    let slow = kernel.derive(&root, READ, Some(rate(2)), None, b.id()).unwrap();
    assert_eq!(kernel.derive(&slow, READ, Some(rate(3)), None, b.id()), Err(DeriveError::Wider));

    // One of the four was used above. The derived one takes from its own and from what it descends from.
    let uses = |rep: Rep| std::iter::from_fn(|| touch(&b, &rep, READ).ok()).take(100).count();
    assert_eq!(uses(slow.into()), 2);
    assert_eq!(uses(read.into()), 1, "siblings share what their parent has");
    assert_eq!(touch(&a, &root.into(), SET), Err(Denial::QuotaExceeded));
    kernel.board().advance(SECOND);
    assert_eq!(uses(read.into()), 4);
}

#[test]
fn principle_4_a_quota_only_shrinks() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| {
                let quoted = output(c, "pin", "pin1", SET, None).quota(100);
                output(quoted, "free", "pin2", SET, None)
            })
            .container("b", |c| c),
    );
    let (a, b) = (start(&kernel, "a"), start(&kernel, "b"));
    let root = kernel.capability(a.id(), "digital-out", "pin").unwrap();
    let bytes = NonZeroU32::new;
    let derive = |parent, quota| kernel.derive(parent, SET, None, quota, b.id());
    assert_eq!(derive(&root, bytes(101)), Err(DeriveError::Wider));
    let inherited = derive(&root, None).unwrap();
    let small = derive(&inherited, bytes(40)).unwrap();
    assert_eq!(derive(&small, bytes(41)), Err(DeriveError::Wider));
    let smallest = derive(&small, None).unwrap();
    let quota = |rep: Rep| with(&b, &rep, SET, |access| access.quota()).unwrap();
    assert_eq!([inherited, small, smallest].map(|derived| quota(derived.into())), [Some(100), Some(40), Some(40)]);

    let free = kernel.capability(a.id(), "digital-out", "free").unwrap();
    let limited = derive(&free, bytes(7)).unwrap();
    assert_eq!(quota(limited.into()), Some(7));
    assert_eq!(with(&a, &free.into(), SET, |access| access.quota()), Ok(None));
}

#[test]
fn a_provider_that_refuses_for_a_quota_leaves_a_record() {
    let kernel = kernel(PolicyBuilder::new().container("a", |c| output(c, "pin", "pin1", SET, None).quota(1)));
    let a = start(&kernel, "a");
    let root = kernel.capability(a.id(), "digital-out", "pin").unwrap();
    let denial = with(&a, &root.into(), SET, |access| access.deny_over_quota());
    assert_eq!(denial, Ok(Denial::QuotaExceeded));
    let record = kernel.audit().last().unwrap();
    assert_eq!((record.denial, record.label.as_str()), (Denial::QuotaExceeded, "pin"));
    assert_eq!(a.account().denials, 1);
}

#[test]
fn principle_4_revoking_takes_everything_derived_with_it() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| output(output(c, "pin", "pin1", SET, None), "other", "pin2", SET, None))
            .container("b", |c| c)
            .container("c", |c| c),
    );
    let (a, b, c) = (start(&kernel, "a"), start(&kernel, "b"), start(&kernel, "c"));
    let before = kernel.capability_count();
    let root = kernel.capability(a.id(), "digital-out", "pin").unwrap();
    let other = kernel.capability(a.id(), "digital-out", "other").unwrap();
    let child = kernel.derive(&root, SET, None, None, b.id()).unwrap();
    let sibling = kernel.derive(&root, SET, None, None, c.id()).unwrap();
    let grandchild = kernel.derive(&child, SET, None, None, c.id()).unwrap();

    assert!(kernel.revoke(&child));
    assert_eq!(touch(&b, &child.into(), SET), Err(Denial::Revoked));
    assert_eq!(touch(&c, &grandchild.into(), SET), Err(Denial::Revoked));
    assert_eq!(touch(&c, &sibling.into(), SET), Ok(()));
    assert_eq!(touch(&a, &root.into(), SET), Ok(()));
    assert!(!kernel.revoke(&child), "it is gone already");
    assert_eq!(kernel.derive(&child, SET, None, None, b.id()), Err(DeriveError::Revoked));
    assert_eq!(kernel.capability_count(), before + 1);

    // What takes its place in the table has nothing to do with it.
    let reused = kernel.derive(&other, SET, None, None, b.id()).unwrap();
    assert_eq!(touch(&b, &child.into(), SET), Err(Denial::Revoked));
    assert_eq!(with(&b, &reused.into(), SET, |access| access.object()), Ok(2));

    kernel.finish(a, ExitReason::Exited(0));
    assert_eq!(touch(&c, &sibling.into(), SET), Err(Denial::Revoked), "authority ends with the run it comes from");
    assert_eq!(kernel.capability_count(), 0);
}

#[test]
fn principle_4_no_operation_completes_after_revoke_has_returned() {
    let kernel = testing::kernel(
        FakePlatform::threaded(),
        PolicyBuilder::new()
            .container("a", |c| output(c, "pin", "pin1", SET, None))
            .container("b", |c| c)
            .container("c", |c| c)
            .build(),
    );
    let a = start(&kernel, "a");
    let root = kernel.capability(a.id(), "digital-out", "pin").unwrap();
    let holders = [start(&kernel, "b"), start(&kernel, "c")];
    let ids = [holders[0].id(), holders[1].id()];
    let rounds = 100;
    // The capabilities of the round, and whether they have been revoked.
    let current = std::sync::Mutex::new(None);
    let revoked = AtomicBool::new(false);
    let (started, late, done) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for (holder, run) in holders.into_iter().enumerate() {
            let (current, revoked, started, late, done) = (&current, &revoked, &started, &late, &done);
            scope.spawn(move || {
                while !done.load(SeqCst) {
                    let Some(capabilities): Option<[Rep; 2]> = *current.lock().unwrap() else {
                        std::thread::yield_now();
                        continue;
                    };
                    while let Ok(access) = run.enter(&capabilities[holder], SET) {
                        started.fetch_add(1, SeqCst);
                        // The operation, up to its very end.
                        std::hint::spin_loop();
                        if revoked.load(SeqCst) {
                            late.fetch_add(1, SeqCst);
                        }
                        drop(access);
                    }
                }
                drop(run);
            });
        }
        for _ in 0..rounds {
            let child = kernel.derive(&root, SET, None, None, ids[0]).unwrap();
            let grandchild = kernel.derive(&child, SET, None, None, ids[1]).unwrap();
            let before = started.load(SeqCst);
            *current.lock().unwrap() = Some([child.into(), grandchild.into()]);
            while started.load(SeqCst) == before {
                std::thread::yield_now();
            }
            kernel.revoke(&child);
            revoked.store(true, SeqCst);
            std::thread::yield_now();
            *current.lock().unwrap() = None;
            revoked.store(false, SeqCst);
        }
        done.store(true, SeqCst);
    });
    assert!(started.load(SeqCst) >= rounds);
    assert_eq!(late.load(SeqCst), 0);
    assert_eq!(kernel.capability_count(), 1);
}

#[test]
fn principle_4_guest_code_in_the_middle_of_an_operation_does_not_hold_up_a_revocation() {
    let kernel: &'static _ = Box::leak(kernel(
        PolicyBuilder::new()
            .container("a", |c| c)
            .container("b", |c| output(c, "pin", "pin1", SET, None))
            .channel("news", channel(&["a"], &["b"], 4, None, WhenFull::Reject)),
    ));
    let (a, b) = (start(kernel, "a"), start(kernel, "b"));
    let (sender, receiver) = (a.open(&SENDER, "news").unwrap(), b.open(&RECEIVER, "news").unwrap());
    send(&a, &sender, b"hello").unwrap().unwrap();
    let capability = kernel.capability(b.id(), "receiver", "news").unwrap();
    // The guest's allocator runs while `receive` is under way, and the capability is revoked meanwhile. All on one
    // thread: if the revocation waited for the guest, this would never end.
    let mut guest = FakeGuest::new(1024);
    guest.on_realloc = Some(Box::new(move || {
        assert!(kernel.revoke(&capability));
        Ok(())
    }));
    assert_eq!(receive_into(&b, &mut guest, &receiver), Ok(Err(ChannelError::Denied(Denial::Revoked))));

    // A provider that lets the guest allocate where no error can be returned any more: the container ends.
    let pin = b.open(&OUTPUT, "pin").unwrap();
    let capability = kernel.capability(b.id(), "digital-out", "pin").unwrap();
    let ended = with(&b, &pin, SET, |access| {
        access.instance().reenter(|| {
            assert!(kernel.revoke(&capability));
            Ok(())
        })
    });
    assert_eq!(ended, Ok(Err(Trap::Guest)));
    assert_eq!(b.stop_reason(), Some(Stop::Revoked));
}

#[test]
fn principle_4_an_access_is_worth_nothing_after_its_operation() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| output(c, "pin", "pin1", SET, None))
            .container("b", |c| c)
            .channel("news", channel(&["a"], &["b"], 4, None, WhenFull::Reject)),
    );
    let (a, b) = (start(&kernel, "a"), start(&kernel, "b"));
    let (pin, sender) = (a.open(&OUTPUT, "pin").unwrap(), a.open(&SENDER, "news").unwrap());
    let denied = locket_kernel::Step::Done(Err(ChannelError::Denied(Denial::NotPermitted)));
    // A provider that keeps it over a wait, and over the writing of a result.
    let access = a.enter(&sender, SEND).unwrap();
    a.wait(&Wait::from(WaitSource::Ready)).unwrap();
    assert_eq!(access.send(b"1"), denied);
    let second = a.enter(&sender, SEND).unwrap();
    drop(access);
    assert_eq!(a.enter(&pin, SET).err(), Some(Denial::NotPermitted), "the second one is still open, and one at a time");
    a.lower(&mut FakeGuest::new(64), |_| Ok(())).unwrap();
    assert_eq!(second.send(b"1"), denied);
    drop(second);
    // And one for another kind of object: a pin's number is no channel's number.
    assert_eq!(with(&a, &pin, SET, |access| access.send(b"1")), Ok(denied));
    assert_eq!(receive(&b, &b.open(&RECEIVER, "news").unwrap()), Err(ChannelError::Empty));
}

#[test]
fn principle_4_a_slice_ends_guest_code_that_a_revocation_waits_for() {
    let kernel = testing::kernel(
        FakePlatform::threaded(),
        PolicyBuilder::new().container("a", |c| output(c, "pin", "pin1", SET, None)).build(),
    );
    let a = start(&kernel, "a");
    let pin = a.open(&OUTPUT, "pin").unwrap();
    let capability = kernel.capability(a.id(), "digital-out", "pin").unwrap();
    let (entered, revoked) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let a = a;
            let access = a.enter(&pin, SET).unwrap();
            entered.store(true, SeqCst);
            // The guest loops for ever in its allocator, and the engine did not say that it re-entered it.
            while a.refill(10_000) != Refill::End {}
            assert!(!revoked.load(SeqCst), "the revocation waits for it");
            assert_eq!(a.stop_reason(), Some(Stop::Revoked));
            drop(access);
        });
        while !entered.load(SeqCst) {
            std::thread::yield_now();
        }
        kernel.revoke(&capability);
        revoked.store(true, SeqCst);
    });
}

#[test]
fn principle_4_a_revocation_does_not_wait_for_a_container_that_is_held_for_its_share() {
    let kernel = testing::kernel(
        FakePlatform::threaded(),
        PolicyBuilder::new().container("a", |c| output(c.cpu(100), "pin", "pin1", SET, None)).build(),
    );
    let a = start(&kernel, "a");
    let (id, pin) = (a.id(), a.open(&OUTPUT, "pin").unwrap());
    let capability = kernel.capability(id, "digital-out", "pin").unwrap();
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let a = a;
            a.begin();
            kernel.board().work(SECOND);
            let access = a.enter(&pin, SET).unwrap();
            // Guest code runs in the middle of the operation.
            let ended = a.refill(10_000);
            drop(access);
            (ended, a.stop_reason())
        });
        kernel.board().wait_until_parked(id);
        assert_eq!(kernel.state(id), ContainerState::Throttled);
        // The clock stands still: it is not let go before this returns.
        kernel.revoke(&capability);
        kernel.board().advance(10 * SECOND);
        assert_eq!(thread.join().unwrap(), (Refill::End, Some(Stop::Revoked)));
    });
}

#[test]
fn principle_4_two_containers_can_revoke_each_others_in_the_middle_of_operations() {
    let kernel = testing::kernel(
        FakePlatform::threaded(),
        PolicyBuilder::new()
            .container("a", |c| output(c, "pin", "pin1", SET, None))
            .container("b", |c| output(c, "pin", "pin2", SET, None))
            .build(),
    );
    let runs = [start(&kernel, "a"), start(&kernel, "b")];
    let capabilities = [&runs[0], &runs[1]].map(|run| kernel.capability(run.id(), "digital-out", "pin").unwrap());
    let both_inside = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        for (run, (own, other)) in runs.into_iter().zip([(0, 1), (1, 0)]) {
            let (both_inside, capabilities) = (&both_inside, &capabilities);
            scope.spawn(move || {
                let access = run.enter(&capabilities[own].into(), SET).unwrap();
                both_inside.wait();
                access.instance().revoke(&capabilities[other]);
                drop(access);
                assert_eq!(run.handle_count(), 0);
            });
        }
    });
    assert_eq!(kernel.capability_count(), 0);
}

#[test]
fn principle_4_a_sending_end_can_be_passed_on_and_a_receiving_end_cannot() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| c)
            .container("b", |c| c)
            .container("c", |c| c)
            .channel("news", channel(&["a"], &["b"], 8, Some(rate(3)), WhenFull::Reject)),
    );
    let (a, b, c) = (start(&kernel, "a"), start(&kernel, "b"), start(&kernel, "c"));
    let sender = kernel.capability(a.id(), "sender", "news").unwrap();
    let receiver = kernel.capability(b.id(), "receiver", "news").unwrap();
    let news = b.open(&RECEIVER, "news").unwrap();
    assert_eq!(kernel.derive(&receiver, RECEIVE, None, None, c.id()), Err(DeriveError::NotPassedOn));

    let passed_on = kernel.derive(&sender, SEND, Some(rate(2)), None, c.id()).unwrap();
    let own = kernel.derive(&sender, SEND, None, None, a.id()).unwrap();
    assert_eq!(send(&c, &passed_on.into(), b"1"), Ok(Ok(())));
    assert_eq!(receive(&b, &news), Ok(b"1".to_vec()));
    assert_eq!(send(&c, &passed_on.into(), b"2"), Ok(Ok(())));
    let quota = Ok(Err(ChannelError::Denied(Denial::QuotaExceeded)));
    assert_eq!(send(&c, &passed_on.into(), b"3"), quota);
    assert_eq!(send(&a, &own.into(), b"3"), Ok(Ok(())));
    assert_eq!(send(&a, &own.into(), b"4"), quota, "all of them together are one sender to the policy");
    assert_eq!([receive(&b, &news), receive(&b, &news)], [Ok(b"2".to_vec()), Ok(b"3".to_vec())]);
    // The channel is closed when the last sending end is gone, and not before.
    assert!(kernel.revoke(&own));
    assert_eq!(receive(&b, &news), Err(ChannelError::Empty));
    kernel.finish(a, ExitReason::Exited(0));
    assert_eq!(receive(&b, &news), Err(ChannelError::Closed));
}

#[test]
fn principle_5_the_sender_pays() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| c)
            .container("b", |c| c)
            .container("c", |c| c)
            .channel("news", channel(&["a", "b"], &["c"], 8, Some(rate(3)), WhenFull::Reject))
            .channel("other", channel(&["a"], &["c"], 1, Some(rate(2)), WhenFull::Reject)),
    );
    let (a, b, c) = (start(&kernel, "a"), start(&kernel, "b"), start(&kernel, "c"));
    let open = |run: &Run<'_>, label| run.open(&SENDER, label).unwrap();
    let quota = Err(ChannelError::Denied(Denial::QuotaExceeded));
    for _ in 0..3 {
        assert_eq!(send(&a, &open(&a, "news"), b"1"), Ok(Ok(())));
    }
    assert_eq!(send(&a, &open(&a, "news"), b"1"), Ok(quota));
    assert_eq!(send(&b, &open(&b, "news"), b"1"), Ok(Ok(())), "each sender has a rate of its own");
    // What is not stored costs nothing.
    assert_eq!(send(&b, &open(&b, "news"), b"far too long"), Ok(Err(ChannelError::TooLong)));
    assert_eq!(send(&a, &open(&a, "other"), b"1"), Ok(Ok(())));
    for _ in 0..5 {
        assert_eq!(send(&a, &open(&a, "other"), b"2"), Ok(Err(ChannelError::Full)));
    }
    assert_eq!(receive(&c, &c.open(&RECEIVER, "other").unwrap()), Ok(b"1".to_vec()));
    assert_eq!(send(&a, &open(&a, "other"), b"3"), Ok(Ok(())));
    assert_eq!(send(&a, &open(&a, "other"), b"4"), Ok(quota));
    // Asking what to wait for is not a message.
    for _ in 0..10 {
        assert!(with(&b, &open(&b, "news"), SEND, |access| access.sendable()).unwrap().is_ok());
    }
    assert_eq!(send(&b, &open(&b, "news"), b"2"), Ok(Ok(())));
    assert_eq!((a.account().messages_sent, b.account().messages_sent, c.account().messages_sent), (5, 2, 0));
    assert_eq!((a.account().messages_received, c.account().messages_received), (0, 1));
}

#[test]
fn principle_5_one_call_is_one_use_however_often_it_waits() {
    let kernel = kernel(PolicyBuilder::new().container("a", |c| output(c, "pin", "pin1", SET, Some(rate(2)))));
    let a = start(&kernel, "a");
    let pin = a.open(&OUTPUT, "pin").unwrap();
    let call = || {
        let mut done = Ok(());
        testing::call(&a, &mut FakeGuest::new(64), &DIGITAL, c"[method]output.set", |call| {
            for _ in 0..10 {
                done = done.and(call.instance.enter(&pin, SET).map(drop));
                call.instance.wait(&Wait::from(WaitSource::Ready))?;
            }
            Ok(())
        })
        .unwrap();
        done
    };
    assert_eq!([call(), call(), call()], [Ok(()), Ok(()), Err(Denial::QuotaExceeded)]);
}

#[test]
fn principle_5_a_send_that_waits_pays_once_and_waits_no_longer_than_allowed() {
    let timeout = WhenFull::Wait { timeout_ms: 50.try_into().unwrap() };
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| c)
            .container("b", |c| c)
            .channel("news", channel(&["a"], &["b"], 1, Some(rate(2)), timeout)),
    );
    let (a, b) = (start(&kernel, "a"), start(&kernel, "b"));
    let (sender, receiver) = (a.open(&SENDER, "news").unwrap(), b.open(&RECEIVER, "news").unwrap());
    assert_eq!(send(&a, &sender, b"1"), Ok(Ok(())));
    let began = kernel.board().events().len();
    // A token that was left over wakes it too early; it does not wait anew for that.
    kernel.board().unpark(a.id());
    for _ in 0..2 {
        let before = kernel.board().monotonic();
        assert_eq!(send(&a, &sender, b"2"), Ok(Err(ChannelError::Full)));
        assert_eq!(kernel.board().monotonic(), before + 50 * MS);
    }
    assert_eq!(kernel.board().events().len(), began, "a full channel is no denial");
    assert_eq!(receive(&b, &receiver), Ok(b"1".to_vec()));
    assert_eq!(send(&a, &sender, b"3"), Ok(Ok(())), "what was not stored was not paid for");
    assert_eq!(send(&a, &sender, b"4"), Ok(Err(ChannelError::Denied(Denial::QuotaExceeded))));
}

fn waiting<T: Send>(
    act: impl FnOnce(&locket_kernel::Kernel<FakePlatform>),
    wait: impl FnOnce(&Run<'_>) -> T + Send,
) -> T {
    let kernel = testing::kernel(
        FakePlatform::threaded(),
        PolicyBuilder::new()
            .container("a", |c| c)
            .container("b", |c| c)
            .channel("news", channel(&["b"], &["a"], 1, None, WhenFull::Reject))
            .build(),
    );
    let (a, _b) = (start(&kernel, "a"), start(&kernel, "b"));
    let id = a.id();
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let a = a;
            wait(&a)
        });
        kernel.board().wait_until_parked(id);
        assert_eq!(kernel.state(id), ContainerState::Waiting);
        act(&kernel);
        thread.join().unwrap()
    })
}

fn receivable(run: &Run<'_>) -> WaitSource {
    let receiver = run.open(&RECEIVER, "news").unwrap();
    with(run, &receiver, RECEIVE, |access| access.receivable()).unwrap().unwrap()
}

#[test]
fn principle_6_a_kill_and_a_shutdown_end_every_wait_at_once() {
    // The clock stands still in all of these: nothing but the kernel can end the wait.
    let never = |run: &Run<'_>| run.wait(&Wait::from(WaitSource::Never)).err();
    let far = |run: &Run<'_>| run.wait(&Wait::from(WaitSource::Instant(Instant::at(u64::MAX))).until(u64::MAX)).err();
    let message = |run: &Run<'_>| run.wait(&Wait::from(receivable(run))).err();
    let killed = Some(Stop::Killed);
    assert_eq!(waiting(|kernel| assert!(kernel.kill(kernel.find("a").unwrap())), never), killed);
    assert_eq!(waiting(|kernel| assert!(kernel.kill(kernel.find("a").unwrap())), far), killed);
    assert_eq!(waiting(|kernel| assert!(kernel.kill(kernel.find("a").unwrap())), message), killed);
    assert_eq!(waiting(locket_kernel::Kernel::shutdown, far), killed);
}

#[test]
fn principle_6_a_revocation_a_message_and_a_closing_end_a_wait() {
    let message = |run: &Run<'_>| run.wait(&Wait::from(receivable(run))).map(|woken| woken.is_ready(0));
    let revoke = |kernel: &locket_kernel::Kernel<FakePlatform>| {
        kernel.revoke(&kernel.capability(kernel.find("a").unwrap(), "receiver", "news").unwrap());
    };
    assert_eq!(waiting(revoke, message), Ok(true));
    // The receiving end stays; what is taken back is only what was waited for.
    let derived = std::sync::Mutex::new(None);
    let wait_for_derived = |run: &Run<'_>| {
        let root = run.kernel().capability(run.id(), "receiver", "news").unwrap();
        let own = run.kernel().derive(&root, RECEIVE, None, None, run.id()).unwrap();
        let source = with(run, &own.into(), RECEIVE, |access| access.receivable()).unwrap().unwrap();
        *derived.lock().unwrap() = Some(own);
        run.wait(&Wait::from(source)).map(|woken| woken.is_ready(0))
    };
    assert_eq!(waiting(|kernel| assert!(kernel.revoke(&derived.lock().unwrap().unwrap())), wait_for_derived), Ok(true));
    // The only sender ends.
    let close = |kernel: &locket_kernel::Kernel<FakePlatform>| {
        kernel.revoke(&kernel.capability(kernel.find("b").unwrap(), "sender", "news").unwrap());
    };
    assert_eq!(waiting(close, message), Ok(true));
    assert_eq!(
        waiting(
            |kernel| kernel.board().advance(SECOND),
            |run| run.wait(&Wait::from(WaitSource::Never).until(2 * SECOND)).map(|woken| woken.timed_out())
        ),
        Ok(true)
    );
}

#[test]
fn principle_6_a_kill_ends_the_wait_for_a_restart() {
    let kernel = testing::kernel(
        FakePlatform::threaded(),
        PolicyBuilder::new().container("a", |c| c.restart(RestartWhen::Always, 9)).build(),
    );
    let a = start(&kernel, "a");
    let id = a.id();
    assert_eq!(kernel.finish(a, ExitReason::Exited(1)), Restart::After(10 * MS));
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| kernel.pause(id, u64::MAX));
        kernel.board().wait_until_parked(id);
        assert!(kernel.kill(id));
        assert!(!thread.join().unwrap());
    });
    assert_eq!(kernel.start(id).err(), Some(StartError::Killed));
    let a = kernel.start(id).expect("a start that somebody asks for afterwards is a new one");
    assert!(matches!(a.refill(0), Refill::Continue(_)), "for which the kill was not meant");
    kernel.shutdown();
    assert_eq!(kernel.finish(a, ExitReason::Exited(1)), Restart::Never);
    assert_eq!(kernel.start(id).err(), Some(StartError::ShuttingDown));
}

#[test]
fn principle_6_over_its_share_a_container_is_held_in_the_kernels_wait() {
    let kernel = kernel(PolicyBuilder::new().container("a", |c| c.cpu(100)));
    let a = start(&kernel, "a");
    a.begin();
    let mut worked = 0;
    let before = kernel.board().now();
    while worked < 10 * SECOND {
        kernel.board().work(MS);
        worked += MS;
        assert!(matches!(a.refill(10_000), Refill::Continue(_)));
    }
    let passed = kernel.board().now() - before;
    assert!((99 * SECOND..=101 * SECOND).contains(&passed), "{passed}");
    assert_eq!(a.account().cpu_time, worked);
}

#[test]
fn principle_9_what_is_used_after_the_last_slice_is_accounted_too() {
    let kernel = kernel(PolicyBuilder::new().container("a", |c| c));
    let a = start(&kernel, "a");
    let id = a.id();
    a.begin();
    kernel.board().work(7_000);
    kernel.finish(a, ExitReason::Exited(0));
    assert_eq!(kernel.account(id).cpu_time, 7_000);
}

#[test]
fn principle_7_a_policy_that_does_not_fit_is_refused_with_the_arithmetic() {
    let policy = || {
        PolicyBuilder::new()
            .container("a", |c| c.memory(10_000))
            .container("b", |c| c.memory(20_000))
            .channel("small", channel(&["a"], &["b"], 2, None, WhenFull::Reject))
            .channel("large", channel(&["a"], &["b"], 4, None, WhenFull::Reject))
            .build()
    };
    let refused = |board: FakePlatform, storage| testing::try_kernel(board, policy(), storage).err().unwrap();
    let error = refused(FakePlatform::new(), 70);
    assert_eq!(error.short_by(), Some(2));
    assert_eq!(
        error.to_string(),
        "short by 2 bytes, because the channels need 72 bytes of message storage and the board reserves 70; \
         the largest is `large` with 48"
    );
    let error = refused(FakePlatform::new().with_container_memory(25_000), 72);
    assert_eq!(
        error.to_string(),
        "short by 5000 bytes, because the containers may use 30000 bytes of memory and the board has 25000 for them; \
         the largest is `b` with 20000"
    );
    assert!(testing::try_kernel(FakePlatform::new().with_container_memory(30_000), policy(), 72).is_ok());

    let unknown = PolicyBuilder::new().container("a", |c| output(c, "valve", "nothing", SET, None)).build();
    assert_eq!(
        testing::try_kernel(FakePlatform::new(), unknown, 0).err().unwrap().to_string(),
        "container `a`, grant `valve`: the board has no digital-out called `nothing`"
    );
}

#[test]
fn principle_7_a_policy_for_a_larger_kernel_names_the_table() {
    let refused = |policy| testing::try_kernel(FakePlatform::new(), policy, 0).err().map(|error| error.to_string());
    let lamps = |count| {
        let lamp = |c, n: usize| output(c, &format!("lamp{n}"), "pin1", SET, None);
        PolicyBuilder::new().container("a", |c| (0..count).fold(c, lamp)).build()
    };
    let room = capacity::GRANTS;
    assert_eq!(refused(lamps(room)), None);
    let error = format!("the policy has {} grants; this kernel has room for {room}", room + 1);
    assert_eq!(refused(lamps(room + 1)), Some(error));
    // Where the kernel has room for more than any policy has, there is nothing to refuse.
    let room = capacity::CONTAINERS;
    if room < locket_policy::MAX_CONTAINERS {
        let containers = (0..=room).fold(PolicyBuilder::new(), |policy, n| policy.container(&format!("c{n}"), |c| c));
        let error = format!("the policy has {} containers; this kernel has room for {room}", room + 1);
        assert_eq!(refused(containers.build()), Some(error));
    }
}

#[test]
fn principle_7_every_table_has_a_bound_and_an_answer() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| output(c, "pin", "pin1", SET, None).interface(LOGGING.name, "log", Some(rate(2))))
            .container("b", |c| output(c, "pin", "pin2", SET, None))
            .channel("news", channel(&["b"], &["a"], 1, None, WhenFull::Reject)),
    );
    let (a, b) = (start(&kernel, "a"), start(&kernel, "b"));
    // Handles.
    let receiver = a.open(&RECEIVER, "news").unwrap();
    while a.has_room() {
        insert(&a, "pin");
    }
    assert_eq!(a.open(&OUTPUT, "pin"), Err(Denial::QuotaExceeded));
    let subscribed = with(&a, &receiver, RECEIVE, |access| access.receivable()).unwrap();
    assert_eq!(subscribed, Err(ChannelError::Denied(Denial::QuotaExceeded)));
    // Capabilities.
    let root = kernel.capability(a.id(), "digital-out", "pin").unwrap();
    while kernel.capability_count() < capacity::CAPABILITIES {
        kernel.derive(&root, SET, None, None, b.id()).unwrap();
    }
    assert_eq!(kernel.derive(&root, SET, None, None, b.id()), Err(DeriveError::TableFull));
    let id = b.id();
    kernel.finish(b, ExitReason::Exited(0));
    while kernel.capability_count() < capacity::CAPABILITIES - 1 {
        kernel.derive(&root, SET, None, None, a.id()).unwrap();
    }
    assert_eq!(kernel.start(id).err(), Some(StartError::TableFull), "one of its two grants would fit");
    assert_eq!(kernel.capability_count(), capacity::CAPABILITIES - 1, "and what was begun is undone");
    assert!(matches!(kernel.state(id), ContainerState::Ended(_)));
    // Calls of an interface, and the ring of denials.
    let logs = |run: &Run<'_>| {
        let mut denied = None;
        testing::call(run, &mut FakeGuest::new(16), &LOGGING, c"log", |call| {
            denied = call.instance.enter_interface(&LOGGING).err();
            Ok(())
        })
        .unwrap();
        denied
    };
    assert_eq!([logs(&a), logs(&a), logs(&a)], [None, None, Some(Denial::QuotaExceeded)]);
    for label in 0..10 * capacity::AUDIT {
        let _ = a.open(&OUTPUT, &label.to_string());
    }
    assert_eq!(kernel.audit().count(), capacity::AUDIT);
    assert_eq!(kernel.audit().last().unwrap().label.as_str(), (10 * capacity::AUDIT - 1).to_string());
}

#[test]
fn principle_8_guest_code_may_not_call_from_inside_its_allocator() {
    let kernel = kernel(PolicyBuilder::new().container("a", |c| output(c, "pin", "pin1", SET, None)));
    let a = start(&kernel, "a");
    let mut guest = FakeGuest::new(64);
    let ended = testing::call(&a, &mut guest, &DIGITAL, c"[method]output.set", |call| {
        // The engine runs `cabi_realloc`, which calls an import.
        let nested = call.instance.reenter(|| {
            testing::call(&a, &mut FakeGuest::new(16), &DIGITAL, c"[method]output.set", |_| panic!("it got in"))
                .map_err(|_| Trap::Guest)
        });
        nested.map_err(Stop::from)
    });
    assert_eq!(ended, Err(Stop::Trap(Trap::Guest)));
    assert_eq!(a.stop_reason(), Some(Stop::Trap(Trap::MayNotLeave)), "the first reason is the true one");
    assert!(testing::call(&a, &mut guest, &DIGITAL, c"f", |_| Ok(())).is_err(), "nothing of it runs any more");

    // Post-return, outside of any call.
    kernel.finish(a, ExitReason::Killed);
    let a = start(&kernel, "a");
    let nested = a.reenter(|| testing::call(&a, &mut guest, &DIGITAL, c"f", |_| Ok(())).map_err(|_| Trap::Guest));
    assert_eq!(nested, Err(Trap::Guest));
    assert_eq!(a.stop_reason(), Some(Stop::Trap(Trap::MayNotLeave)));
}

#[test]
fn principle_8_every_call_is_counted_traced_and_stopped_at_one_place() {
    let kernel = kernel(PolicyBuilder::new().container("a", |c| c));
    let a = start(&kernel, "a");
    let mut guest = FakeGuest::new(64);
    let mut call = |trap: Result<(), Stop>| testing::call(&a, &mut guest, &DIGITAL, c"f", |_| trap);
    call(Ok(())).unwrap();
    kernel.set_tracing(true);
    call(Ok(())).unwrap();
    call(Err(Stop::Trap(Trap::InvalidUtf8))).unwrap_err();
    assert_eq!(a.account().calls, 3);
    let line = format!("a: {} f (0ns)", DIGITAL.name);
    assert_eq!(kernel.board().events(), ["a: started", &line, &format!("{line}: string is not UTF-8")]);

    kernel.finish(a, ExitReason::Killed);
    let a = start(&kernel, "a");
    assert!(kernel.kill(a.id()));
    let stopped = testing::call(&a, &mut guest, &DIGITAL, c"f", |_| panic!("it got in"));
    assert_eq!(stopped, Err(Stop::Killed));
    assert_eq!(a.refill(1), Refill::End);
    assert_eq!(a.wait(&Wait::from(WaitSource::Ready)), Err(Stop::Killed));
}

#[test]
fn principle_9_an_end_takes_everything_of_the_run_and_nothing_of_others() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| output(c, "pin", "pin1", SET, None).restart(RestartWhen::Failed, 1))
            .container("b", |c| output(c, "pin", "pin1", SET, None))
            .channel("to-a", channel(&["b"], &["a"], 2, None, WhenFull::Reject))
            .channel("to-b", channel(&["a"], &["b"], 2, None, WhenFull::Reject)),
    );
    let (a, b) = (start(&kernel, "a"), start(&kernel, "b"));
    let id = a.id();
    let to_a = b.open(&SENDER, "to-a").unwrap();
    send(&a, &a.open(&SENDER, "to-b").unwrap(), b"last").unwrap().unwrap();
    send(&b, &to_a, b"1").unwrap().unwrap();
    send(&b, &to_a, b"2").unwrap().unwrap();
    insert(&a, "pin");
    let (capabilities, restart) =
        (kernel.capability_count(), kernel.finish(a, ExitReason::Trapped(TrapKind::StackOverflow)));

    assert_eq!(restart, Restart::After(10 * MS));
    assert_eq!(kernel.state(id), ContainerState::Ended(ExitReason::Trapped(TrapKind::StackOverflow)));
    assert_eq!(kernel.capability_count(), capabilities - 3);
    assert_eq!(send(&b, &to_a, b"3"), Ok(Err(ChannelError::Closed)), "nobody receives");
    let receiver = b.open(&RECEIVER, "to-b").unwrap();
    assert_eq!(receive(&b, &receiver), Ok(b"last".to_vec()), "what was sent arrives");
    assert_eq!(receive(&b, &receiver), Err(ChannelError::Closed), "nobody sends");

    let a = start(&kernel, "a");
    assert_eq!(a.handle_count(), 0);
    assert_eq!(kernel.start_count(id), 2);
    assert_eq!((a.account(), kernel.account(id)), Default::default());
    let successor = a.open(&RECEIVER, "to-a").unwrap();
    assert_eq!(receive(&a, &successor), Err(ChannelError::Empty), "the predecessor's messages are not for it");
    send(&b, &to_a, b"4").unwrap().unwrap();
    assert_eq!(receive(&a, &successor), Ok(b"4".to_vec()));
    assert_eq!(kernel.finish(a, ExitReason::Trapped(TrapKind::Unreachable)), Restart::GaveUp);
    assert_eq!(touch(&b, &b.open(&OUTPUT, "pin").unwrap(), SET), Ok(()));
    assert_eq!(
        kernel.board().events()[2..],
        [
            "a: trapped: stack overflow",
            "a: restarts in 10ms",
            "a: started (start 2)",
            "a: trapped: unreachable executed",
            "a: failed 2 times, stays down",
        ]
    );
}

#[test]
fn principle_9_fuel_ends_a_busy_loop_and_leaves_honest_work_alone() {
    let kernel = kernel(PolicyBuilder::new().container("a", |c| c.fuel(25_000)));
    let a = start(&kernel, "a");
    for _ in 0..100 {
        assert_eq!(a.refill(20_000), Refill::Continue(5_000));
        a.wait(&Wait::from(WaitSource::Ready)).unwrap();
    }
    assert_eq!(a.refill(0), Refill::Continue(10_000));
    assert_eq!(a.refill(10_000), Refill::Continue(10_000));
    assert_eq!(a.refill(10_000), Refill::Continue(5_000));
    assert_eq!(a.refill(5_000), Refill::End);
    assert_eq!(a.stop_reason().map(ExitReason::from), Some(ExitReason::OutOfFuel));
    assert_eq!(a.account().fuel, 2_025_000);
    assert_eq!(kernel.account(a.id()).fuel, 2_025_000);
}

#[test]
fn principle_9_a_run_whose_thread_is_lost_ends_too() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| output(c, "pin", "pin1", SET, None))
            .container("b", |c| c)
            .channel("news", channel(&["a"], &["b"], 1, None, WhenFull::Reject)),
    );
    let (id, b) = (kernel.find("a").unwrap(), start(&kernel, "b"));
    let lost = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let a = start(&kernel, "a");
        let pin = a.open(&OUTPUT, "pin").unwrap();
        with(&a, &pin, SET, |_| std::panic::resume_unwind(Box::new("a provider's bug"))).unwrap();
    }));
    assert!(lost.is_err());
    assert_eq!(kernel.state(id), ContainerState::Ended(ExitReason::Killed));
    assert_eq!(kernel.capability_count(), 1);
    assert_eq!(receive(&b, &b.open(&RECEIVER, "news").unwrap()), Err(ChannelError::Closed));
}

#[test]
fn principle_10_the_kernel_opens_exactly_what_the_decision_function_allows() {
    let kernel = kernel(
        PolicyBuilder::new()
            .container("a", |c| output(output(c, "pin", "pin1", READ, None), "x", "pin2", SET, None))
            .container("b", |c| c.grant((DIGITAL.name, "input", "digital-in"), "pin", "pin3", 1, None))
            .container("c", |c| c),
    );
    for name in ["a", "b", "c"] {
        let run = start(&kernel, name);
        let index = kernel.policy().find_container(name).unwrap();
        for kind in [&OUTPUT, &INPUT, &SENDER] {
            for label in ["pin", "x", "", "pin1"] {
                for rights in [Rights::empty(), READ, SET, READ | SET] {
                    let request = Request {
                        kind: kernel.policy().find_kind(kind.interface.name, kind.resource),
                        label,
                        rights: locket_policy::Rights::from_bits(rights.bits()),
                    };
                    let decided = kernel.policy().decide(index, &request);
                    let done = run.open(kind, label).and_then(|rep| touch(&run, &rep, rights));
                    assert_eq!(done.is_ok(), matches!(decided, Decision::Allowed(_)), "{name} {label} {rights:?}");
                    if done.is_err() {
                        assert_eq!(kernel.audit().last().unwrap().rule, decided.rule(), "and names the same line");
                    }
                }
            }
        }
    }
}

#[test]
fn principle_11_every_principle_has_a_test() {
    let tests = include_str!("principles.rs");
    for principle in 1..=10 {
        assert!(tests.contains(&format!("fn principle_{principle}_")), "principle {principle}");
    }
}

/// What the tests need of a guest beyond its bytes.
#[test]
fn the_fake_guest_is_a_guest() {
    let mut guest = FakeGuest::new(64);
    let ptr = locket_abi::allocate(&mut guest, 8, 8).unwrap();
    assert_eq!(ptr % 8, 0);
    assert_eq!(locket_abi::allocate(&mut guest, 1, 64), Err(Trap::BadRealloc));
    assert_eq!(guest.memory().slice(ptr, 8).map(<[u8]>::len), Ok(8));
}
