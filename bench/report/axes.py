# SPDX-License-Identifier: MIT OR Apache-2.0
"""Ticks of axes, with units."""
import math

import text


def trimmed(x):
    return f'{x:g}' if abs(x) < 1e4 else f'{x:,.0f}'.replace(',', ' ')


def ns(x):
    for limit, factor, unit in ((1e3, 1, 'ns'), (1e6, 1e3, 'µs'), (1e9, 1e6, 'ms')):
        if x < limit * 0.9999:
            return f'{trimmed(x / factor)} {unit}'
    return f'{trimmed(x / 1e9)} s'


def count(x):
    exponent = round(math.log10(x)) if x > 0 else 0
    if x >= 1e4 and math.isclose(x, 10**exponent):
        return f'10^{{{exponent}}}'
    return f'{x:,.0f}'.replace(',', ' ') if x >= 1 else trimmed(x)


def short_count(x):
    """With a prefix, where that is shorter."""
    for limit, unit in ((1e9, ' G'), (1e6, ' M'), (1e3, ' k')):
        if x >= limit:
            return f'{trimmed(x / limit)}{unit}'
    return trimmed(x)


def percent(x):
    return f'{trimmed(x)} %'


FORMS = {'ns': ns, 'count': count, 'percent': percent, 'bytes': text.size, 'plain': trimmed}


# where so many decades are seen, these steps in each
STEPS = ((1.1, (1, 1.5, 2, 3, 4, 5, 7)), (2.6, (1, 2, 5)), (4, (1, 3)), (math.inf, (1,)))


def decades(low, high):
    """The fewer decades are seen, the more ticks in each; of very many, every other one."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    span = math.log10(high / low) if high > low else 0
    steps = next(some for most, some in STEPS if span < most)
    every = 1 if span < 9 else 2
    ticks = [step * 10.0**e for e in range(first - 1, last + 1, every) for step in steps]
    return [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]


def even(low, high):
    """Some five round steps."""
    if high <= low:
        return [low]
    raw = (high - low) / 5
    power = 10.0**math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw * 0.999)
    first = math.ceil(low / step)
    return [i * step for i in range(first, math.floor(high / step * 1.0001) + 1)]


def bytes_even(high):
    """Steps that are powers of two."""
    step = 2.0**math.ceil(math.log2(max(high, 1) / 6))
    return [i * step for i in range(int(high / step * 1.0001) + 1)]


def limits(values, log, pad):
    """What an axis shows, with some room around."""
    low, high = min(values), max(values)
    if log:
        room = max((high / low)**pad, 1.15)
        return low / room, high * room
    return 0, high * (1 + pad) or 1
