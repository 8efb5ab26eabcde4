// SPDX-License-Identifier: MIT OR Apache-2.0
//! Of the subject `cvec`: `virtual_buffer::concurrent::vec::Vec`. It has no appender, and then
//! pushes singly, as the other peers do.

use std::hint::black_box;
use std::time::Instant;

use virtual_buffer::concurrent::vec::Vec;

use crate::protocol::{Answer, Wanted};
use crate::random;
use crate::team::together;

const SPARE: u64 = 2 * 64 + 1024;

pub fn run(wanted: &Wanted) -> Answer {
    match wanted.case.as_str() {
        "push" | "append" => push(wanted),
        "reads" => reads(wanted),
        "get" => get(wanted),
        _ => Answer::absent("has no such call"),
    }
}

#[inline(never)]
fn push_all(vec: &Vec<u64>, from: u64, n: u64) {
    for i in 0..n {
        vec.push(from + i);
    }
}

fn full(n: u64) -> Vec<u64> {
    let vec = Vec::new(n as usize);

    push_all(&vec, 1, n);
    vec
}

/// One vector, its making not included.
fn push(wanted: &Wanted) -> Answer {
    let each = wanted.size / wanted.threads;
    let vec = Vec::new((wanted.size + SPARE) as usize);
    let told = together(wanted.threads, |from| {
        push_all(black_box(&vec), from, each);
        true
    });
    let ops = each * wanted.threads;

    Answer::Measured {
        ops,
        ns: told.ns,
        metrics: told.metrics,
    }
    .if_right(vec.len() as u64 == ops, "elements are lost")
}

#[inline(never)]
fn sum(vec: &Vec<u64>, n: u64) -> u64 {
    let mut sum: u64 = 0;

    for i in 0..n {
        if let Some(x) = vec.get(i as usize) {
            sum = sum.wrapping_add(*x);
        }
    }
    sum
}

fn reads(wanted: &Wanted) -> Answer {
    let (n, times) = (wanted.size, wanted.ops.div_ceil(wanted.size));
    let vec = full(n);
    let expected = n * (n + 1) / 2;
    let mut right = sum(black_box(&vec), n) == expected;
    let start = Instant::now();

    for _ in 0..times {
        right &= sum(black_box(&vec), n) == expected;
    }
    Answer::of(n * times, start.elapsed().as_nanos() as u64).if_right(right, "the sum is wrong")
}

/// The element i if it is there, else 0: through a pointer, as in C.
#[inline(never)]
fn look(vec: &Vec<u64>, i: u64) -> u64 {
    vec.get(i as usize).copied().unwrap_or(0)
}

fn get(wanted: &Wanted) -> Answer {
    let ops = wanted.ops_for_threads();
    let vec = full(wanted.size);
    let call: fn(&Vec<u64>, u64) -> u64 = black_box(look);
    let told = together(wanted.threads, |from| {
        let (mut state, mut missing) = (from, 0u64);

        for _ in 0..ops {
            missing += u64::from(call(&vec, random::next(&mut state) % wanted.size) == 0);
        }
        missing == 0
    });

    Answer::Measured {
        ops,
        ns: told.ns,
        metrics: told.metrics,
    }
    .if_right(told.good, "an element is missing")
}
