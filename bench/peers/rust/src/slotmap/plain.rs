// SPDX-License-Identifier: MIT OR Apache-2.0
//! `slotmap`, for one thread. It has nothing to pin, and grows as it likes.

use slotmap::{DefaultKey, Key, SlotMap};

use super::map::{Map, Value};

pub struct Plain(SlotMap<DefaultKey, Value>);

impl Map for Plain {
    type Key = DefaultKey;
    type Pin = ();

    fn open(_: u64) -> Plain {
        Plain(SlotMap::new())
    }

    fn none() -> DefaultKey {
        DefaultKey::null()
    }

    #[inline(always)]
    fn pin(&self) {}

    #[inline(always)]
    fn get(&self, key: DefaultKey, _: &()) -> u64 {
        self.0.get(key).map_or(0, |value| value.a)
    }

    #[inline(always)]
    fn insert(&mut self, value: Value, _: &()) -> DefaultKey {
        self.0.insert(value)
    }

    #[inline(always)]
    fn remove(&mut self, key: DefaultKey, _: &()) -> bool {
        self.0.remove(key).is_some()
    }

    #[inline(always)]
    fn sum(&self, _: &()) -> u64 {
        self.0
            .values()
            .fold(0, |sum, value| sum.wrapping_add(value.a))
    }

    #[inline(always)]
    fn sum_with_handles(&self, _: &()) -> u64 {
        let (sum, all) = self
            .0
            .iter()
            .fold((0u64, 0u64), |(sum, all), (key, value)| {
                (
                    sum.wrapping_add(value.a),
                    all.wrapping_add(key.data().as_ffi()),
                )
            });
        if all != 0 { sum } else { 0 }
    }
}
