# SPDX-License-Identifier: MIT OR Apache-2.0
"""The statistics of ratios; bench/README.md says why these. Nothing is drawn: what resampling
would come to is computed in full, so that the same lines always give the same figures."""
import collections
import functools
import statistics
from math import comb, sqrt

Ratio = collections.namedtuple('Ratio', 'value low high level')
LEVEL = 0.95
NEVER = 1e-9
EXACT = 2500  # so many pairs of samples; of more the normal distribution knows enough


@functools.lru_cache(maxsize=None)
def resampled_median(n):
    """How likely each of n ascending values is to be the median of n draws from them, each as
    likely; of n - 1 draws when n is even, which makes the median one of the values, and no surer."""
    draws = n if n % 2 else n - 1
    ways = [(k, comb(draws, k)) for k in range(draws // 2 + 1, draws + 1)]

    def at_or_below(i):  # most of the draws are
        p = i / n
        return sum(way * p**k * (1 - p)**(draws - k) for k, way in ways)
    below = [at_or_below(i) for i in range(n + 1)]
    return tuple(below[i + 1] - below[i] for i in range(n))


def ends(weighted, level):
    """The values that leave so much of the weights between them: (low, high)."""
    tail, found = (1 - level) / 2 * (1 + 1e-9), []
    for order in (sorted(weighted), sorted(weighted, reverse=True)):
        total = 0
        for value, weight in order:
            total += weight
            if total > tail:
                found.append(value)
                break
    return tuple(found)


def median_interval(values, level=LEVEL):
    """(low, high, level): the bootstrap's percentile interval of the median. With few values it
    holds the true median too rarely; then its ends move outward as far as they must, or can."""
    ascending = sorted(values)
    n = len(ascending)
    rank, _ = ends(list(enumerate(resampled_median(n))), level)
    while rank > 0 and held(n, rank) < level:
        rank -= 1
    return ascending[rank], ascending[n - 1 - rank], held(n, rank)


def held(n, rank):
    """How likely values rank and n - 1 - rank of n, ascending, enclose the true median: unless more
    than n - 1 - rank fall on one side of it, and sides fall like coins."""
    return 1 - 2 * sum(comb(n, k) for k in range(rank + 1)) / 2**n


def of_rounds(a, b):
    """The ratio of a to b, samples of two variants in one run, whose nth are of the same round: the
    median over the rounds, and its interval; None where there is nothing to divide by."""
    each = [x / y for x, y in zip(a, b) if y > 0]
    return Ratio(statistics.median(each), *median_interval(each)) if each else None


def of_runs(after, before, level=LEVEL):
    """The ratio of the medians of two runs, whose samples have nothing to do with each other, and
    its bootstrap interval: each median resampled by itself. None where times are 0."""
    if min(*after, *before) <= 0:
        return None
    tops, bottoms = ([(value, weight) for value, weight in
                      zip(sorted(values), resampled_median(len(values))) if weight > NEVER]
                     for values in (after, before))
    quotients = [(a / b, of_a * of_b) for a, of_a in tops for b, of_b in bottoms]
    return Ratio(statistics.median(after) / statistics.median(before), *ends(quotients, level), level)


@functools.lru_cache(maxsize=None)
def orders(n, m):
    """In how many orders of n and m values 0, 1, 2, ... pairs stand the wrong way: Mann and Whitney's
    distribution, the coefficients of a Gaussian binomial."""
    counts = [1]
    for i in range(1, n + 1):
        counts = counts + [0] * m
        for k in range(len(counts) - 1, m + i - 1, -1):
            counts[k] -= counts[k - m - i]
        for k in range(i, len(counts)):
            counts[k] += counts[k - i]
    return counts


def surprise(after, before):
    """Mann and Whitney's test: how likely two samples of one distribution are to differ so much, in
    either direction. Ties count for no difference."""
    n, m = len(after), len(before)
    pairs = [(a > b) - (a < b) for a in after for b in before]
    wrong = n * m - max(pairs.count(1), pairs.count(-1))
    if n * m <= EXACT:
        part = sum(orders(n, m)[:wrong + 1]) / comb(n + m, n)
    else:
        normal = statistics.NormalDist(n * m / 2, sqrt(n * m * (n + m + 1) / 12))
        part = normal.cdf(wrong + 0.5)
    return min(1.0, 2 * part)


def least_surprise(n, m):
    """What n and m samples tell at best."""
    return min(1.0, 2 / comb(n + m, n))


def error_of_each(least, error):
    """How likely an error each of many tests may be, so that an error in any of them is only so
    likely: an equal share (Bonferroni), of which those take none that could not find anything with
    it (Tarone). least has what each can tell at best. None if none can."""
    for sharing in range(1, len(least) + 1):
        able = sum(one <= error / sharing for one in least)
        if able <= sharing:
            return error / sharing if able else None
    return None
