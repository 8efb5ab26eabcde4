// SPDX-License-Identifier: MIT OR Apache-2.0
//! The numbers and orders that the cases in C have.

/// Marsaglia's xorshift.
#[inline]
pub fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Always into the same order.
pub fn shuffle<T>(some: &mut [T]) {
    let mut state = 88172645463325252;

    for i in (2..=some.len()).rev() {
        some.swap((next(&mut state) % i as u64) as usize, i - 1);
    }
}
