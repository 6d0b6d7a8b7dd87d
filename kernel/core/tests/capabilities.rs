//! The capability table against a model that is too simple to be wrong: a list of nodes with parents.

#![allow(
    clippy::large_stack_arrays,
    clippy::redundant_closure_for_method_calls,
    reason = "the method of `Access` is of one lifetime, and the closure of any"
)]

mod support;

use locket_kernel::testing::PolicyBuilder;
use locket_kernel::{Capability, Denial, DeriveError, ExitReason, Rep, Rights};
use proptest::prelude::*;
use support::*;

/// Containers, and the rights of the grants of each.
const GRANTS: [&[u16]; 4] = [&[0b111, 0b001], &[0b011], &[0b110, 0b101, 0b111], &[]];
const NAMES: [&str; 4] = ["a", "b", "c", "d"];

#[derive(Clone, Copy, Debug)]
enum Op {
    Start(usize),
    Finish(usize),
    /// Number of a capability among all that there ever were, modulo their count.
    Derive(usize, u16, usize),
    Revoke(usize),
    /// The capability, who uses it, for what.
    Use(usize, usize, u16),
}

fn op() -> impl Strategy<Value = Op> {
    let container = 0..GRANTS.len();
    let rights = 0..8_u16;
    prop_oneof![
        1 => container.clone().prop_map(Op::Start),
        1 => container.clone().prop_map(Op::Finish),
        4 => (any::<usize>(), rights.clone(), container.clone()).prop_map(|(from, rights, to)| Op::Derive(from, rights, to)),
        2 => any::<usize>().prop_map(Op::Revoke),
        6 => (any::<usize>(), container, rights).prop_map(|(of, by, rights)| Op::Use(of, by, rights)),
    ]
}

struct Node {
    real: Capability,
    parent: Option<usize>,
    holder: usize,
    rights: u16,
    object: u32,
    alive: bool,
}

/// Kills node `root` and all below it.
fn kill(nodes: &mut [Node], root: usize) {
    nodes[root].alive = false;
    for child in 0..nodes.len() {
        if nodes[child].parent == Some(root) && nodes[child].alive {
            kill(nodes, child);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_table_does_what_a_list_of_nodes_does(ops in prop::collection::vec(op(), 1..120)) {
        let mut policy = PolicyBuilder::new();
        let mut object = 0;
        for (name, grants) in NAMES.iter().zip(GRANTS) {
            policy = policy.container(name, |container| {
                grants.iter().enumerate().fold(container, |container, (label, rights)| {
                    object += 1;
                    let rights = Rights::from_bits_retain(*rights);
                    output(container, &format!("l{label}"), &format!("pin{object}"), rights, None)
                })
            });
        }
        let kernel = kernel(policy);
        let mut runs: [Option<Run<'_>>; 4] = [const { None }; 4];
        let mut nodes: Vec<Node> = Vec::new();

        for op in ops {
            match op {
                Op::Start(container) if runs[container].is_none() => {
                    let run = start(&kernel, NAMES[container]);
                    for (label, rights) in GRANTS[container].iter().enumerate() {
                        let real = kernel.capability(run.id(), "digital-out", &format!("l{label}")).unwrap();
                        let object = kernel.object(&real);
                        nodes.push(Node { real, parent: None, holder: container, rights: *rights, object, alive: true });
                    }
                    runs[container] = Some(run);
                }
                Op::Finish(container) => {
                    let Some(run) = runs[container].take() else { continue };
                    kernel.finish(run, ExitReason::Exited(0));
                    for node in 0..nodes.len() {
                        if nodes[node].holder == container && nodes[node].alive {
                            kill(&mut nodes, node);
                        }
                    }
                }
                Op::Derive(from, rights, to) if !nodes.is_empty() => {
                    let parent = from % nodes.len();
                    let node = &nodes[parent];
                    let id = kernel.find(NAMES[to]).unwrap();
                    let derived = kernel.derive(&node.real, Rights::from_bits_retain(rights), None, None, id);
                    let expected = if runs[to].is_none() {
                        Err(DeriveError::NotRunning)
                    } else if !node.alive {
                        Err(DeriveError::Revoked)
                    } else if rights & !node.rights != 0 {
                        Err(DeriveError::Wider)
                    } else {
                        Ok(())
                    };
                    prop_assert_eq!(derived.map(drop), expected);
                    if let Ok(real) = derived {
                        let object = node.object;
                        nodes.push(Node { real, parent: Some(parent), holder: to, rights, object, alive: true });
                    }
                }
                Op::Revoke(of) if !nodes.is_empty() => {
                    let root = of % nodes.len();
                    prop_assert_eq!(kernel.revoke(&nodes[root].real), nodes[root].alive);
                    kill(&mut nodes, root);
                }
                Op::Use(of, by, rights) if !nodes.is_empty() => {
                    let node = &nodes[of % nodes.len()];
                    let Some(run) = &runs[by] else { continue };
                    let used = with(run, &Rep::from(node.real), Rights::from_bits_retain(rights), |a| a.object());
                    let expected = if node.holder != by || rights & !node.rights != 0 {
                        Err(Denial::NotPermitted)
                    } else if node.alive {
                        Ok(node.object)
                    } else {
                        Err(Denial::Revoked)
                    };
                    prop_assert_eq!(used, expected);
                }
                _ => {}
            }
            prop_assert_eq!(kernel.capability_count(), nodes.iter().filter(|node| node.alive).count());
        }
        for run in runs.into_iter().flatten() {
            kernel.finish(run, ExitReason::Exited(0));
        }
        prop_assert_eq!(kernel.capability_count(), 0, "nothing is left");
    }
}
