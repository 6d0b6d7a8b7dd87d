use core::alloc::{GlobalAlloc, Layout};
use core::ptr::NonNull;
use std::vec::Vec;

use proptest::prelude::*;

use super::{Arena, GRANULE, Granule, HEAD, Heap};

/// A heap in memory of its own, and what a correct allocator may have handed out of it.
struct Bench {
    memory: Vec<u64>,
    live: Vec<Block>,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    at: NonNull<u8>,
    layout: Layout,
    /// What every byte of the block holds.
    fill: u8,
}

impl Bench {
    fn new(bytes: usize) -> Self {
        Self { memory: std::vec![0; bytes / GRANULE], live: Vec::new() }
    }

    fn heap(&mut self) -> Heap {
        Heap {
            start: NonNull::new(self.memory.as_mut_ptr()).unwrap().cast::<Granule>(),
            len: u32::try_from(self.memory.len()).unwrap(),
        }
    }

    fn allocate(&mut self, size: usize, align: usize) -> Option<NonNull<u8>> {
        let layout = Layout::from_size_align(size, align).unwrap();
        let block = self.heap().allocate(layout);
        if let Some(at) = block {
            self.admit(Block { at, layout, fill: 0 });
        } else {
            assert!(!self.a_gap_fits(size, align), "refused {layout:?} although it fits: {:?}", self.gaps());
        }
        block
    }

    fn free(&mut self, index: usize) {
        let block = self.live.swap_remove(index);
        check_contents(&block);
        // SAFETY: the block was live until now.
        unsafe { self.heap().free(block.at, block.layout) };
    }

    fn resize(&mut self, index: usize, new_size: usize) -> bool {
        let block = self.live.swap_remove(index);
        // SAFETY: the block is live.
        let done = unsafe { self.heap().resize(block.at, block.layout, new_size) };
        let mut kept = block;
        if done {
            kept.layout = Layout::from_size_align(block.layout.size().min(new_size), block.layout.align()).unwrap();
            check_contents(&kept);
            kept.layout = Layout::from_size_align(new_size, block.layout.align()).unwrap();
        }
        self.admit(kept);
        done
    }

    /// Checks a block that the heap handed out, fills it and counts it as live.
    fn admit(&mut self, mut block: Block) {
        let range = self.range(&block);
        assert!(block.at.addr().get().is_multiple_of(block.layout.align()), "{block:?} is misaligned");
        assert!(range.0 >= GRANULE && range.1 <= self.memory.len() * GRANULE, "{block:?} is out of bounds");
        for other in &self.live {
            let (start, end) = self.range(other);
            assert!(range.1 <= start || end <= range.0, "{block:?} overlaps {other:?}");
        }
        block.fill = block.fill.wrapping_add(u8::try_from(self.live.len() % 200).unwrap()).wrapping_add(1);
        // SAFETY: the block is in bounds and overlaps no other.
        unsafe { block.at.write_bytes(block.fill, block.layout.size()) };
        self.live.push(block);
    }

    fn range(&self, block: &Block) -> (usize, usize) {
        let start = block.at.addr().get() - self.memory.as_ptr().addr();
        (start, start + block.layout.size().next_multiple_of(GRANULE))
    }

    /// The ranges that no live block uses.
    fn gaps(&self) -> Vec<(usize, usize)> {
        let mut ranges: Vec<_> = self.live.iter().map(|block| self.range(block)).collect();
        ranges.push((self.memory.len() * GRANULE, 0));
        ranges.sort_unstable();
        let mut from = GRANULE;
        let mut gaps = Vec::new();
        for (start, end) in ranges {
            if from < start {
                gaps.push((from, start));
            }
            from = end;
        }
        gaps
    }

    fn a_gap_fits(&self, size: usize, align: usize) -> bool {
        let base = self.memory.as_ptr().addr();
        self.gaps().iter().any(|(start, end)| (base + start).next_multiple_of(align) + size <= base + end)
    }

    /// The free list is what the gaps say: ascending, in bounds, and no two of its blocks touch.
    fn check_list(&mut self) {
        let gaps = self.gaps();
        let heap = self.heap();
        let mut listed = Vec::new();
        let mut at = heap.get(HEAD).next;
        while at != 0 {
            let free = heap.get(at);
            listed.push((at as usize * GRANULE, (at + free.len) as usize * GRANULE));
            at = free.next;
        }
        assert_eq!(listed, gaps);
    }
}

fn check_contents(block: &Block) {
    for offset in 0..block.layout.size() {
        // SAFETY: the block is live and was filled when it was handed out.
        let byte = unsafe { block.at.add(offset).read() };
        assert_eq!(byte, block.fill, "byte {offset} of {block:?} changed");
    }
}

#[test]
fn a_fresh_heap_gives_all_but_its_head() {
    let mut bench = Bench::new(64);
    assert!(bench.allocate(57, 1).is_none());
    assert!(bench.allocate(56, 8).is_some());
    assert!(bench.allocate(1, 1).is_none());
}

#[test]
fn freed_neighbours_become_one_block_in_any_order() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut bench = Bench::new(32);
        let blocks = [0; 3].map(|_| bench.allocate(8, 1).unwrap());
        for which in order {
            let index = bench.live.iter().position(|block| block.at == blocks[which]).unwrap();
            bench.free(index);
            bench.check_list();
        }
        assert!(bench.allocate(24, 1).is_some());
    }
}

#[test]
fn a_block_grows_into_the_free_memory_after_it() {
    let mut bench = Bench::new(64);
    bench.allocate(8, 8).unwrap();
    assert!(bench.resize(0, 40));
    assert!(bench.resize(0, 56));
    assert!(!bench.resize(0, 57));
    assert!(bench.resize(0, 9));
    bench.check_list();
}

#[test]
fn a_block_does_not_grow_over_the_next_one() {
    let mut bench = Bench::new(64);
    bench.allocate(8, 8).unwrap();
    bench.allocate(8, 8).unwrap();
    assert!(!bench.resize(0, 16));
    assert!(bench.resize(0, 8));
}

#[test]
fn memory_in_front_of_an_aligned_block_stays_usable() {
    let mut bench = Bench::new(256);
    let aligned = bench.allocate(64, 64).unwrap();
    assert!(aligned.addr().get().is_multiple_of(64));
    bench.check_list();
    while bench.allocate(8, 8).is_some() {}
    assert_eq!(bench.gaps(), []);
}

#[test]
fn an_impossible_size_is_refused() {
    let mut bench = Bench::new(64);
    for layout in [(isize::MAX as usize - 7, 1), (8, 1 << 40), (1 << 35, 8)] {
        let layout = Layout::from_size_align(layout.0, layout.1).unwrap();
        assert!(bench.heap().allocate(layout).is_none());
    }
    bench.allocate(8, 8).unwrap();
    assert!(!bench.resize(0, 1 << 35));
    bench.check_list();
}

#[test]
fn a_global_allocator_moves_a_block_that_cannot_grow_in_place() {
    let arena = Arena::<128>::new();
    let small = Layout::new::<[u8; 8]>();
    // SAFETY: the layouts have a size, and each block is freed with the layout that it has.
    unsafe {
        let block = arena.alloc(small);
        block.write_bytes(7, 8);
        let neighbour = arena.alloc(small);
        let moved = arena.realloc(block, small, 32);
        assert!(!moved.is_null() && moved != block);
        assert_eq!(moved.cast::<[u8; 8]>().read(), [7; 8]);
        assert!(arena.realloc(moved, Layout::new::<[u8; 32]>(), 1024).is_null());
        arena.dealloc(moved, Layout::new::<[u8; 32]>());
        arena.dealloc(neighbour, small);
        assert_eq!(arena.alloc(Layout::new::<[u8; 120]>()), block, "all of it is free again");
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Allocate { size: usize, align: usize },
    Free { which: usize },
    Resize { which: usize, size: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let size = prop_oneof![4 => 1..64usize, 1 => 64..600usize];
    prop_oneof![
        4 => (size.clone(), 0..7u32).prop_map(|(size, align)| Step::Allocate { size, align: 1 << align }),
        3 => any::<usize>().prop_map(|which| Step::Free { which }),
        2 => (any::<usize>(), size).prop_map(|(which, size)| Step::Resize { which, size }),
    ]
}

proptest! {
    /// Whatever a guest does, blocks are aligned, in bounds, disjoint and keep their contents; an allocation fails
    /// only if no gap could hold it; and freeing everything gives the whole arena back.
    #[test]
    fn behaves_like_an_allocator(steps in prop::collection::vec(step(), 0..200)) {
        let mut bench = Bench::new(1024);
        for step in steps {
            match step {
                Step::Allocate { size, align } => {
                    bench.allocate(size, align);
                }
                Step::Free { which } if !bench.live.is_empty() => bench.free(which % bench.live.len()),
                Step::Resize { which, size } if !bench.live.is_empty() => {
                    let index = which % bench.live.len();
                    let smaller = size <= bench.live[index].layout.size();
                    prop_assert!(bench.resize(index, size) || !smaller);
                }
                Step::Free { .. } | Step::Resize { .. } => {}
            }
            if bench.heap().get(HEAD).len != 0 {
                bench.check_list();
            }
        }
        while !bench.live.is_empty() {
            bench.free(0);
        }
        prop_assert!(bench.allocate(1024 - GRANULE, 8).is_some());
    }
}
