// SPDX-License-Identifier: MIT OR Apache-2.0
//! The loops of bench/slotmap/loops.h, each a function of its own with all operations inline.

use std::hint::black_box;
use std::ptr;

use super::map::{Map, Value};

#[inline(always)]
pub fn value_of(i: u64) -> Value {
    Value { a: i + 1, b: !i }
}

#[inline(always)]
fn insert_one<M: Map>(map: &mut M, i: u64) -> M::Key {
    let pin = map.pin();

    map.insert(value_of(i), &pin)
}

#[inline(always)]
pub fn remove_one<M: Map>(map: &mut M, key: M::Key) -> bool {
    let pin = map.pin();

    map.remove(key, &pin)
}

#[inline(never)]
pub fn pins<M: Map>(map: &M, n: u64) {
    for _ in 0..n {
        black_box(map.pin());
    }
}

/// The handle is read anew each time, so that nothing of the look-up leaves the loop.
#[inline(always)]
fn anew<K: Copy>(hot: &K) -> K {
    // SAFETY: it is a reference.
    unsafe { ptr::read_volatile(hot) }
}

#[inline(never)]
pub fn get_each<M: Map>(map: &M, hot: M::Key, n: u64) -> u64 {
    let mut sum: u64 = 0;

    for _ in 0..n {
        let pin = map.pin();

        sum = sum.wrapping_add(map.get(anew(&hot), &pin));
    }
    sum
}

#[inline(never)]
pub fn get_hot<M: Map>(map: &M, hot: M::Key, n: u64) -> u64 {
    let mut sum: u64 = 0;
    let pin = map.pin();

    for _ in 0..n {
        sum = sum.wrapping_add(map.get(anew(&hot), &pin));
    }
    sum
}

#[inline(never)]
pub fn get_all<M: Map>(map: &M, keys: &[M::Key], times: u64) -> u64 {
    let mut sum: u64 = 0;
    let pin = map.pin();

    for _ in 0..times {
        for &key in keys {
            sum = sum.wrapping_add(map.get(key, &pin));
        }
    }
    sum
}

#[inline(never)]
pub fn fill<M: Map>(map: &mut M, ret_keys: &mut [M::Key]) {
    for (i, key) in ret_keys.iter_mut().enumerate() {
        *key = insert_one(map, i as u64);
    }
}

#[inline(never)]
pub fn fill_pinned<M: Map>(map: &mut M, ret_keys: &mut [M::Key]) {
    let pin = map.pin();

    for (i, key) in ret_keys.iter_mut().enumerate() {
        *key = map.insert(value_of(i as u64), &pin);
    }
}

#[inline(never)]
pub fn churn<M: Map>(map: &mut M, n: u64) -> bool {
    (0..n).all(|i| {
        let key = insert_one(map, i);

        remove_one(map, key)
    })
}

/// A pin for all n of them, and what is removed waits so long.
#[inline(never)]
pub fn churn_pinned<M: Map>(map: &mut M, n: u64) -> bool {
    let pin = map.pin();

    (0..n).all(|i| {
        let key = map.insert(value_of(i), &pin);

        map.remove(key, &pin)
    })
}

#[inline(never)]
pub fn walk<M: Map>(map: &M, times: u64) -> u64 {
    (0..times).fold(0, |sum, _| {
        let pin = map.pin();

        black_box(map).sum(&pin).wrapping_add(sum)
    })
}

#[inline(never)]
pub fn walk_handles<M: Map>(map: &M, times: u64) -> u64 {
    (0..times).fold(0, |sum, _| {
        let pin = map.pin();

        black_box(map).sum_with_handles(&pin).wrapping_add(sum)
    })
}
