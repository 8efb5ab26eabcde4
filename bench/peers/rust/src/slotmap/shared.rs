// SPDX-License-Identifier: MIT OR Apache-2.0
//! `concurrent-slotmap`: any thread, through a reference.

use concurrent_slotmap::hyaline::Guard;
use concurrent_slotmap::{SlotId, SlotMap};

use super::map::{Map, Value};

/// The map ends with the process, which has but one.
#[derive(Clone)]
pub struct Shared(&'static SlotMap<SlotId, Value>);

impl Map for Shared {
    type Key = SlotId;
    type Pin = Guard<'static>;

    fn open(max: u64) -> Shared {
        let max = max.try_into().expect("no more than a u32 can count");

        Shared(Box::leak(Box::new(SlotMap::new(max))))
    }

    fn none() -> SlotId {
        SlotId::INVALID
    }

    #[inline(always)]
    fn pin(&self) -> Guard<'static> {
        self.0.pin()
    }

    #[inline(always)]
    fn get(&self, key: SlotId, pin: &Guard<'static>) -> u64 {
        self.0.get(key, pin).map_or(0, |value| value.a)
    }

    #[inline(always)]
    fn insert(&mut self, value: Value, pin: &Guard<'static>) -> SlotId {
        self.0.insert(value, pin)
    }

    #[inline(always)]
    fn remove(&mut self, key: SlotId, pin: &Guard<'static>) -> bool {
        self.0.remove(key, pin).is_some()
    }

    #[inline(always)]
    fn sum(&self, pin: &Guard<'static>) -> u64 {
        self.0
            .iter(pin)
            .fold(0, |sum, (_, value)| sum.wrapping_add(value.a))
    }

    #[inline(always)]
    fn sum_with_handles(&self, pin: &Guard<'static>) -> u64 {
        let (sum, all) = self
            .0
            .iter(pin)
            .fold((0u64, 0u64), |(sum, all), (key, value)| {
                let bits = u64::from(key.generation()) << 32 | u64::from(key.index());

                (sum.wrapping_add(value.a), all.wrapping_add(bits))
            });
        if all != 0 { sum } else { 0 }
    }
}
