//! Containers that could all be waiting for each other.
//!
//! A sender on a `wait` channel that is full waits for the receiver. If the receiver in turn waits to send, and so on
//! around to the first, nobody takes messages until a timeout ends it: the policy is refused instead.

use locket_policy::WhenFull;

use crate::{channels::Channel, containers::Container, diagnostics::Notes};

pub(crate) fn check(channels: &[Channel<'_>], containers: &[Container<'_>], notes: &mut Notes) {
    let waits: Vec<&Channel<'_>> =
        channels.iter().filter(|channel| matches!(channel.when_full, Some(WhenFull::Wait { .. }))).collect();
    let mut reported: Vec<Vec<usize>> = Vec::new();
    for start in 0..containers.len() {
        let Some(path) = shortest_cycle(start, &waits, containers.len()) else { continue };
        // The same cycle is found from each of its containers.
        let mut members: Vec<usize> = path.iter().map(|&(container, _)| container).collect();
        members.sort_unstable();
        if reported.contains(&members) {
            continue;
        }
        report(&path, containers, notes);
        reported.push(members);
    }
}

/// The shortest way from a container back to itself: each step's sender and channel.
fn shortest_cycle<'c, 'd>(
    start: usize,
    waits: &[&'c Channel<'d>],
    count: usize,
) -> Option<Vec<(usize, &'c Channel<'d>)>> {
    let mut reached_by: Vec<Option<(usize, &'c Channel<'d>)>> = vec![None; count];
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(sender) = queue.pop_front() {
        for channel in waits.iter().filter(|channel| channel.from.containers.contains(&sender)) {
            for &receiver in &channel.to.containers {
                let step = reached_by.get_mut(receiver)?;
                if step.is_none() {
                    *step = Some((sender, channel));
                    queue.push_back(receiver);
                }
            }
        }
    }
    let mut path = Vec::new();
    let mut at = start;
    loop {
        let step = (*reached_by.get(at)?)?;
        path.push(step);
        at = step.0;
        if at == start {
            path.reverse();
            return Some(path);
        }
    }
}

fn report(path: &[(usize, &Channel<'_>)], containers: &[Container<'_>], notes: &mut Notes) {
    let Some((first, rest)) = path.split_first() else { return };
    let name = |container: usize| containers.get(container).map_or("", |container| container.name);
    let mut way: Vec<String> = path.iter().map(|&(sender, _)| format!("`{}`", name(sender))).collect();
    way.push(format!("`{}`", name(first.0)));
    let waits = |sender: usize| format!("`{}` can wait here", name(sender));
    let message = format!("containers that can all be waiting for each other: {}", way.join(" → "));
    let problem = notes.error(&first.1.span, message);
    problem.label(waits(first.0));
    for &(sender, channel) in rest {
        problem.also(&channel.span, waits(sender));
    }
    problem.help("let one of these channels \"reject\" or \"drop-oldest\" when it is full");
}
