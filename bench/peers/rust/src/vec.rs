// SPDX-License-Identifier: MIT OR Apache-2.0
//! Of the subject `vec`: `virtual_buffer::vec::Vec`, with the length for its maximum.

use std::hint::black_box;
use std::time::Instant;

use virtual_buffer::vec::Vec;

use crate::protocol::{Answer, Wanted};

pub fn run(wanted: &Wanted) -> Answer {
    match wanted.case.as_str() {
        "push" => push(wanted.size),
        "life" => life(wanted.size, wanted.ops.div_ceil(wanted.size)),
        _ => Answer::absent("has no such thing"),
    }
}

/// So many pushes, the making of the vector included.
fn push(n: u64) -> Answer {
    let start = Instant::now();
    let vec = filled(n);
    let ns = start.elapsed().as_nanos() as u64;

    Answer::of(n, ns).if_right(vec.len() as u64 == n, "elements are lost")
}

#[inline(never)]
fn filled(n: u64) -> Vec<u64> {
    let mut vec = Vec::new(n as usize);

    for i in 0..n {
        vec.push(i);
    }
    vec
}

/// Make one, push so many, drop it, over and over.
fn life(n: u64, times: u64) -> Answer {
    lives(n, 3);
    let start = Instant::now();
    lives(n, times);
    Answer::of(n * times, start.elapsed().as_nanos() as u64)
}

#[inline(never)]
fn lives(n: u64, times: u64) {
    for _ in 0..times {
        let mut vec = Vec::new(n as usize);

        for i in 0..n {
            vec.push(i);
        }
        black_box(vec.as_ptr()); // or it may all be seen to be in vain
    }
}
