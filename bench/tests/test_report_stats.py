# SPDX-License-Identifier: MIT OR Apache-2.0
"""The statistics of the report against what can be counted by hand, or by trying all."""
import collections
import itertools
import random
import statistics
import unittest
from math import comb

import reporting  # noqa: F401  finds the others
import stats
import taprunner


class Intervals(unittest.TestCase):
    def test_resampling_is_what_all_draws_come_to(self):
        for n in (1, 3, 5, 4, 6):
            draws = n - 1 + n % 2
            medians = collections.Counter(
                statistics.median(drawn) for drawn in itertools.product(range(n), repeat=draws))
            for value, weight in enumerate(stats.resampled_median(n)):
                self.assertAlmostEqual(weight, medians[value] / n**draws, places=12)

    def test_the_weights_of_many_are_whole(self):
        for n in (15, 30, 1000):
            self.assertAlmostEqual(sum(stats.resampled_median(n)), 1, places=9)

    def test_interval_of_fifteen(self):
        low, high, level = stats.median_interval(range(15))
        self.assertEqual((low, high), (3, 11))  # what Efron's tables have
        self.assertAlmostEqual(level, 1 - 2 * (1 + 15 + 105 + 455) / 2**15)

    def test_interval_moves_out_until_it_covers(self):
        self.assertEqual(stats.ends(list(enumerate(stats.resampled_median(10))), 0.95), (2, 7))
        self.assertEqual(stats.median_interval(range(10))[:2], (1, 8))
        self.assertGreaterEqual(stats.median_interval(range(10))[2], 0.95)

    def test_few_samples_say_how_little_they_cover(self):
        self.assertEqual(stats.median_interval([5, 1, 3]), (1, 5, 0.75))
        self.assertEqual(stats.median_interval([2]), (2, 2, 0))

    def test_interval_covers_as_often_as_it_says(self):
        for n in (7, 15):
            draw, held = random.Random(n), 0
            for _ in range(2000):
                values = [draw.expovariate(1) for _ in range(n)]
                low, high, level = stats.median_interval(values)
                held += low <= 0.6931 <= high  # the median of that distribution
            self.assertAlmostEqual(held / 2000, level, delta=0.02)

    def test_ratio_of_rounds_does_not_mind_a_slow_round(self):
        slow = [1, 1, 7, 1, 30, 2, 1]
        ratio = stats.of_rounds([3 * x for x in slow], [2 * x for x in slow])
        self.assertEqual(ratio[:3], (1.5, 1.5, 1.5))

    def test_ratio_of_nothing(self):
        self.assertIsNone(stats.of_rounds([1, 2], [0, 0]))
        self.assertIsNone(stats.of_runs([1, 2], [0, 1]))

    def test_ratio_of_runs(self):
        ratio = stats.of_runs([20, 22, 21], [10, 11, 12])
        self.assertEqual(ratio.value, 21 / 11)
        draws = collections.Counter(
            statistics.median(a) / statistics.median(b)
            for a in itertools.product([20, 21, 22], repeat=3)
            for b in itertools.product([10, 11, 12], repeat=3))
        below = sum(n for value, n in draws.items() if value < ratio.low) / 27**2
        upto = sum(n for value, n in draws.items() if value <= ratio.low) / 27**2
        self.assertLessEqual(below, 0.025)
        self.assertGreater(upto, 0.025)


class Tests(unittest.TestCase):
    def test_orders_are_those_of_all_arrangements(self):
        for n, m in ((1, 1), (3, 2), (4, 4), (2, 6)):
            counted = collections.Counter(
                sum(a > b for a in first for b in set(range(n + m)) - set(first))
                for first in itertools.combinations(range(n + m), n))
            self.assertEqual(stats.orders(n, m), [counted[i] for i in range(n * m + 1)])

    def test_surprise_is_what_all_permutations_come_to(self):
        a, b = [3.1, 4.2, 9.5, 7.7], [1.0, 2.5, 4.0, 3.9, 8.0]

        def above(first, second):
            return sum(x > y for x in first for y in second)
        middle, seen, total = 10, 0, 0
        for chosen in itertools.combinations(range(9), 4):
            first = [(a + b)[i] for i in chosen]
            second = [(a + b)[i] for i in range(9) if i not in chosen]
            seen += abs(above(first, second) - middle) >= abs(above(a, b) - middle)
            total += 1
        self.assertAlmostEqual(stats.surprise(a, b), seen / total)
        self.assertAlmostEqual(stats.surprise(b, a), seen / total)

    def test_five_beside_five(self):
        self.assertAlmostEqual(stats.surprise(range(5), range(5, 10)), 2 / comb(10, 5))
        self.assertEqual(stats.surprise([1, 1, 1], [1, 1, 1]), 1)

    def test_many_samples_go_by_the_normal_distribution(self):
        draw = random.Random(3)
        a, b = ([draw.gauss(mean, 1) for _ in range(49)] for mean in (0, 0.5))
        exact = stats.surprise(a, b)
        kept, stats.EXACT = stats.EXACT, 0
        try:
            self.assertAlmostEqual(stats.surprise(a, b), exact, delta=exact / 10)
        finally:
            stats.EXACT = kept

    def test_an_error_is_shared_by_those_who_can_make_it(self):
        able, unable = 1e-5, 0.1
        self.assertEqual(stats.error_of_each([able] * 100, 0.05), 0.05 / 100)
        self.assertEqual(stats.error_of_each([able] * 10 + [unable] * 90, 0.05), 0.05 / 10)
        self.assertIsNone(stats.error_of_each([unable] * 3, 0.05))
        self.assertIsNone(stats.error_of_each([], 0.05))


if __name__ == '__main__':
    taprunner.main()
