# SPDX-License-Identifier: MIT OR Apache-2.0
"""Figures for people."""


def digits(x):
    """Three that count, or all before the point."""
    return f'{x:.{2 if abs(x) < 10 else 1 if abs(x) < 100 else 0}f}'


def scaled(ns, micro='us'):
    """A time with the unit that suits it."""
    for limit, factor, unit in ((1e3, 1, 'ns'), (1e6, 1e3, micro), (1e9, 1e6, 'ms')):
        if ns < limit:
            break
    else:
        factor, unit = 1e9, 's'
    return digits(ns / factor), unit


def time(ns):
    return ' '.join(scaled(ns, 'µs'))


def ratio(x):
    return f'{x:.3f}' if x < 10 else f'{x:.1f}'


def short_ratio(x):
    """A ratio with the digits that mean something to a reader."""
    return digits(x) if x >= 0.1 else f'{x:.3f}' if x >= 0.001 else f'{x:.2g}'


def spread(found):
    """The interval of a ratio."""
    return f'{short_ratio(found.low)} .. {short_ratio(found.high)}'


def size(n):
    """A number of bytes in the largest unit that divides it, or in the one that suits it."""
    units, unit = ('B', 'KiB', 'MiB', 'GiB', 'TiB'), 0
    while n >= 1024 and unit < 4:
        n, unit = n / 1024, unit + 1
    return f'{n:.0f} {units[unit]}' if n == int(n) else f'{digits(n)} {units[unit]}'


def number(x):
    return f'{x:.4g}' if abs(x) < 1e4 else f'{x:,.0f}'.replace(',', ' ')


def metric(name, value):
    if value is None:
        return 'unknown'
    return ' '.join(scaled(value)) if name.endswith('_ns') else f'{value:.4g}'
