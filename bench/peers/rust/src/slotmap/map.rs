// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the loops ask of a map.

#[derive(Clone, Copy)]
pub struct Value {
    pub a: u64,
    /// Stored, and never asked for.
    #[allow(dead_code)]
    pub b: u64,
}

pub trait Map {
    type Key: Copy;
    /// Until it is dropped, what was found stays.
    type Pin;

    fn open(max: u64) -> Self;
    /// A handle of no element.
    fn none() -> Self::Key;
    fn pin(&self) -> Self::Pin;
    /// a of the element, 0 if it has gone.
    fn get(&self, key: Self::Key, pin: &Self::Pin) -> u64;
    fn insert(&mut self, value: Value, pin: &Self::Pin) -> Self::Key;
    /// Was it there?
    fn remove(&mut self, key: Self::Key, pin: &Self::Pin) -> bool;
    /// The sum of a over all elements.
    fn sum(&self, pin: &Self::Pin) -> u64;
    /// The same, and all handles have to be right.
    fn sum_with_handles(&self, pin: &Self::Pin) -> u64;
}
