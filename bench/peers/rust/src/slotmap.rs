// SPDX-License-Identifier: MIT OR Apache-2.0
//! Of the subject `slotmap`: values of 16 bytes, in `concurrent-slotmap` and in `slotmap`.

mod loops;
mod map;
mod plain;
mod shared;

use std::hint::black_box;
use std::time::Instant;

use crate::protocol::{Answer, Wanted};
use crate::random;
use crate::team::together;
use loops::value_of;
use map::Map;
use plain::Plain;
use shared::Shared;

const FEW: u64 = 1000;

pub fn run(wanted: &Wanted, who: &str) -> Answer {
    match (who, wanted.case.as_str()) {
        ("concurrent", "get") if wanted.threads > 1 => get_together(wanted),
        ("concurrent", "churn") => churn_together(wanted, loops::churn),
        ("concurrent", case) => one_thread::<Shared>(wanted, case),

        ("pinned", "get") => get::<Shared>(wanted, loops::get_hot),
        ("pinned", "churn") => churn_together(wanted, loops::churn_pinned),
        ("pinned", "fresh") => fresh::<Shared>(wanted, loops::fill_pinned),

        ("handles", case) => walk::<Shared>(wanted, case, loops::walk_handles),

        ("plain", _) if wanted.threads > 1 => Answer::absent("not made for threads"),
        ("plain", "pin") => Answer::absent("has nothing to pin"),
        ("plain", "churn") => churn(wanted),
        ("plain", case) => one_thread::<Plain>(wanted, case),

        _ => Answer::absent("has no such thing"),
    }
}

fn one_thread<M: Map>(wanted: &Wanted, case: &str) -> Answer {
    match case {
        "pin" => pin::<M>(wanted),
        "get" => get::<M>(wanted, loops::get_each),
        "get-pinned" => get::<M>(wanted, loops::get_hot),
        "get-random" => get_random::<M>(wanted),
        "fresh" => fresh::<M>(wanted, loops::fill),
        _ => walk::<M>(wanted, case, loops::walk),
    }
}

/// Room for so many handles, touched, so that it takes no part in what is measured.
fn handles<M: Map>(n: u64) -> Vec<M::Key> {
    black_box(vec![M::none(); n as usize])
}

fn full<M: Map>(n: u64) -> (M, Vec<M::Key>) {
    let mut map = M::open(n);
    let mut keys = handles::<M>(n);

    loops::fill(&mut map, &mut keys);
    (black_box(map), keys)
}

fn timed<R>(work: impl FnOnce() -> R) -> (R, u64) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed().as_nanos() as u64)
}

fn pin<M: Map>(wanted: &Wanted) -> Answer {
    let map = black_box(M::open(FEW));
    let (_, ns) = timed(|| loops::pins(&map, wanted.ops));

    Answer::of(wanted.ops, ns)
}

/// A map with few elements, of which one is hot.
fn get<M: Map>(wanted: &Wanted, read: fn(&M, M::Key, u64) -> u64) -> Answer {
    if wanted.threads > 1 {
        return Answer::absent("is measured in one thread");
    }
    let (map, keys) = full::<M>(FEW);
    let hot = FEW / 2;
    let (sum, ns) = timed(|| read(&map, keys[hot as usize], wanted.ops));

    Answer::of(wanted.ops, ns).if_right(sum == wanted.ops * (hot + 1), "the sum is wrong")
}

fn get_together(wanted: &Wanted) -> Answer {
    let (map, keys) = full::<Shared>(FEW);
    let (hot, ops) = (FEW / 2, wanted.ops_for_threads());
    let told = together(wanted.threads, |_| {
        loops::get_each(&map, keys[hot as usize], ops) == ops * (hot + 1)
    });

    Answer::Measured {
        ops,
        ns: told.ns,
        metrics: told.metrics,
    }
    .if_right(told.good, "the sum is wrong")
}

fn get_random<M: Map>(wanted: &Wanted) -> Answer {
    let (n, times) = (wanted.size, wanted.ops.div_ceil(wanted.size));
    let (map, mut keys) = full::<M>(n);

    random::shuffle(&mut keys);
    let (sum, ns) = timed(|| loops::get_all(&map, &keys, times));
    Answer::of(n * times, ns).if_right(sum == n * (n + 1) / 2 * times, "the sum is wrong")
}

/// Insertions into memory that the process has not had; the making of the map not included.
fn fresh<M: Map>(wanted: &Wanted, fill: fn(&mut M, &mut [M::Key])) -> Answer {
    let mut keys = handles::<M>(wanted.size);
    let mut map = black_box(M::open(wanted.size));
    let (_, ns) = timed(|| fill(&mut map, &mut keys));

    Answer::of(wanted.size, ns)
}

/// So many stay while one comes and goes; in parts, the first of which is warm-up.
const MOST: u64 = 100_000;
const PART: u64 = 10_000;

fn churning<M: Map>(most: u64, part: fn(&mut M, u64) -> bool) -> M {
    let mut map = M::open(most);

    loops::fill(&mut map, &mut handles::<M>(FEW));
    assert!(part(&mut map, PART), "the first time round");
    black_box(map)
}

fn in_parts<M: Map>(map: &mut M, ops: u64, part: fn(&mut M, u64) -> bool) -> bool {
    (0..ops)
        .step_by(PART as usize)
        .all(|from| part(map, PART.min(ops - from)))
}

fn churn(wanted: &Wanted) -> Answer {
    let mut map = churning::<Plain>(MOST, loops::churn);
    let (good, ns) = timed(|| in_parts(&mut map, wanted.ops, loops::churn));

    Answer::of(wanted.ops, ns).if_right(good, "an element is missing")
}

fn churn_together(wanted: &Wanted, part: fn(&mut Shared, u64) -> bool) -> Answer {
    let ops = wanted.ops_for_threads();
    // While a thread has lost its processor within a pin, nothing is used again that others remove:
    // with more threads than processors 100000 slots are not enough.
    let others = ops * (wanted.threads - 1);
    let map = churning::<Shared>(MOST + others, part);
    let told = together(wanted.threads, |_| in_parts(&mut map.clone(), ops, part));

    Answer::Measured {
        ops,
        ns: told.ns,
        metrics: told.metrics,
    }
    .if_right(told.good, "an element is missing")
}

/// An operation is a slot, whether there is an element in it or not.
fn walk<M: Map>(wanted: &Wanted, case: &str, walk: fn(&M, u64) -> u64) -> Answer {
    let (slots, live) = match case {
        "walk" => (wanted.size, wanted.size),
        "sparse" => (wanted.size, wanted.size / 100),
        "occupancy" => (if wanted.smoke { 10_000 } else { 1_000_000 }, wanted.size),
        _ => return Answer::absent("has no such thing"),
    };
    let (mut map, keys) = full::<M>(slots);
    let expected = thin_out(&mut map, keys, live);
    let times = wanted.ops.div_ceil(slots);
    let right = walk(&map, 1) == expected;
    let (sum, ns) = timed(|| walk(&map, times));

    Answer::of(slots * times, ns).if_right(
        right && sum == expected.wrapping_mul(times),
        "the sum is wrong",
    )
}

/// The elements that stay are scattered. Returns the sum of them.
fn thin_out<M: Map>(map: &mut M, keys: Vec<M::Key>, live: u64) -> u64 {
    let mut all: Vec<_> = (0..).map(|i| value_of(i).a).zip(keys).collect();

    if live < all.len() as u64 {
        random::shuffle(&mut all);
        for &(_, key) in &all[live as usize..] {
            assert!(loops::remove_one(map, key), "an element is missing");
        }
        all.truncate(live as usize);
    }
    all.iter().map(|&(a, _)| a).sum()
}
